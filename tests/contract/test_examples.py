"""Each topic has examples of all that it may carry, and the codec reads every one of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from harken.domain.case import CaseState
from harken.domain.facts import DecisionKind, NoticeKind
from harken.domain.ids import mention_id
from harken.domain.mention import Kind, Mention, Visibility
from harken.domain.reply import DeliveryState
from harken.events import codec
from harken.events.topics import DELIVERIES, LANES, MENTIONS_TAGGED, REPLIES, TOPICS, WORK, Payload
from harken.events.v1 import mention_pb2
from harken.testing.examples import EXAMPLES, Example, all_examples, examples

ALL = all_examples()
LIVE_STATES = {DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.CANCELLED}

AGAIN: dict[Payload, Callable[[Any], Any]] = {
    Payload.MENTION: lambda m: codec.encode_mention(codec.decode_mention(m)),
    Payload.REPLY: lambda m: codec.encode_reply(codec.decode_reply(m)),
    Payload.DELIVERY: lambda m: codec.encode_delivery(codec.decode_delivery(m)),
    Payload.PARTIAL_COUNTS: lambda m: codec.encode_counts(codec.decode_counts(m)),
    Payload.DEAD_LETTER: lambda m: codec.encode_dead_letter(codec.decode_dead_letter(m)),
}


def again(example: Example) -> Any:
    """The message, rebuilt from what the domain understood of it."""
    message: Any = example.message()
    match example.topic.payload:
        case Payload.TAGGED_MENTION:
            read = codec.decode_tagged(message)
            return codec.tag(codec.encode_mention(read.mention), read.tone, read.tagged_at)
        case Payload.WORK if message.WhichOneof("what") == "mention":
            placed = message.mention
            severity = codec.decode_severity(placed.severity)
            return codec.place(placed.tagged, placed.case_id, severity)
        case Payload.WORK:
            fact = codec.decode_work(message)
            return None if fact is None else codec.encode_work(fact)  # type: ignore[arg-type]
        case payload:
            return AGAIN[payload](message)


def mentions() -> list[Mention]:
    return [
        codec.decode_mention(message)
        for topic in LANES.values()
        for example in examples(topic)
        if isinstance(message := example.message(), mention_pb2.Mention)
    ]


def test_every_topic_has_several_examples_one_of_a_newer_producer() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == set(TOPICS)
    for topic in TOPICS.values():
        names = [example.name for example in examples(topic)]
        assert len(names) >= 4
        assert "from-a-newer-producer" in names


@pytest.mark.parametrize("example", ALL, ids=str)
def test_what_the_domain_understands_of_an_example_is_all_that_is_known_of_it(
    example: Example,
) -> None:
    message = example.message()
    rebuilt = again(example)
    if example.name == "from-a-newer-producer":
        assert rebuilt is None or rebuilt.SerializeToString() != example.value
    else:
        assert rebuilt == message


@pytest.mark.parametrize("example", ALL, ids=str)
def test_forwarding_keeps_every_byte(example: Example) -> None:
    assert example.message().SerializeToString() == example.value


@pytest.mark.parametrize("example", ALL, ids=str)
def test_each_has_the_key_that_its_topic_declares(example: Example) -> None:
    record = example.record()
    assert record.topic == example.topic.name
    if example.name != "from-a-newer-producer" and example.topic.payload is not Payload.DEAD_LETTER:
        assert record.key.startswith((b"tarn-toll|", b"brass-owl|"))


def test_json_files_are_written_as_protobuf_writes_them() -> None:
    from google.protobuf import json_format

    for path in EXAMPLES.glob("*/*.json"):
        message = codec.MESSAGES[TOPICS[path.parent.name].payload]()
        text = path.read_text(encoding="utf-8")
        json_format.Parse(text, message)
        written = json_format.MessageToDict(message, preserving_proto_field_name=True)
        assert json.loads(text) == written, path


def test_mentions_cover_what_a_consumer_has_to_cope_with() -> None:
    every = mentions()
    assert {one.language for one in every} >= {"en", "pl", "cs", "ru", "lv", ""}
    assert {one.kind for one in every} == set(Kind)
    assert {one.visibility for one in every} == set(Visibility)
    assert {one.tenant for one in every} == {"tarn-toll", "brass-owl"}
    for has in (
        lambda one: one.historical,
        lambda one: one.echo,
        lambda one: one.change == "retraction",
        lambda one: one.revision > 1,
        lambda one: not one.text,
        lambda one: len(one.text) > 5_000,
        lambda one: not one.author.id,
        lambda one: one.created_at > one.received_at,
        lambda one: one.capability.by_person_only,
        lambda one: not one.capability.public and not one.capability.private,
        lambda one: one.parent,
        lambda one: not one.direct,
        lambda one: one.copy_of,
    ):
        assert any(has(one) for one in every)


def test_mention_ids_are_derived_as_everywhere() -> None:
    for one in mentions():
        assert one.id == mention_id(one.tenant, one.network, one.scope, one.source_id)


def test_what_is_silent_has_no_tone() -> None:
    for example in examples(MENTIONS_TAGGED):
        tagged = codec.decode_tagged(example.message())
        silent = tagged.mention.echo or tagged.mention.change == "retraction"
        assert (tagged.tone is None) == silent


def test_work_has_every_kind_of_decision_and_notice_and_most_states() -> None:
    facts = [codec.decode_work(example.message()) for example in examples(WORK)]
    kinds = {getattr(fact, "kind", None) for fact in facts}
    assert kinds >= set(DecisionKind) | set(NoticeKind)
    states = {getattr(fact, "state", None) for fact in facts}
    assert states >= set(CaseState) - {CaseState.SNOOZED}
    assert None in facts


def test_replies_and_deliveries_end_in_every_way() -> None:
    replies = {codec.decode_reply(e.message()).state for e in examples(REPLIES)}
    told = {codec.decode_delivery(e.message()).state for e in examples(DELIVERIES)}
    assert replies | told >= set(DeliveryState) - LIVE_STATES
