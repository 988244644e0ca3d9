"""What is encoded comes back as it was, and what is not understood is kept."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import MISSING, fields, replace
from typing import Any, TypeVar, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.domain.case import Case, CaseState, ClockKind, PostSide
from harken.domain.facts import (
    DecisionKind,
    DecisionMade,
    Delivery,
    Notice,
    NoticeKind,
    PlacedMention,
)
from harken.domain.ids import CaseId
from harken.domain.mention import Change, Counting, Kind, Mention, Visibility
from harken.domain.rates import PartialCounts
from harken.domain.reply import Action, DeliveryState, Reply
from harken.domain.severity import Severity, SeverityClass
from harken.domain.time import LATEST, Instant
from harken.domain.tone import Emotion, Polarity, Tone
from harken.events import codec
from harken.events.codec.case import ROUTERS_OWN
from harken.events.codec.reply import RESPONDERS_OWN
from harken.events.codec.wire import EARLIEST, instant, stamp
from harken.events.topics import Payload
from harken.events.v1 import (
    case_pb2,
    dead_letter_pb2,
    mention_pb2,
    rates_pb2,
    reply_pb2,
    tone_pb2,
    work_pb2,
)
from harken.testing import strategies

T = TypeVar("T")

# Field 1000 with the value 7, as a producer of a newer schema might send it.
FUTURE_FIELD = bytes([0xC0, 0x3E, 0x07])


def without(value: T, names: AbstractSet[str]) -> T:
    """With the defaults of these fields; "" where there is none."""
    defaults = {
        field.name: "" if field.default is MISSING else field.default
        for field in fields(cast("Any", value))
        if field.name in names
    }
    return cast("T", replace(cast("Any", value), **defaults))


@given(strategies.MENTIONS)
def test_a_mention_comes_back_as_it_was(mention: Mention) -> None:
    wire = codec.encode_mention(mention).SerializeToString()
    assert codec.decode_mention(mention_pb2.Mention.FromString(wire)) == mention


@given(strategies.tones())
def test_a_tone_comes_back_as_it_was(tone: Tone) -> None:
    wire = codec.encode_tone(tone).SerializeToString()
    assert codec.decode_tone(tone_pb2.Tone.FromString(wire)) == tone


@given(strategies.CASES)
def test_a_case_comes_back_but_for_what_is_the_routers_own(case: Case) -> None:
    wire = codec.encode_case(case).SerializeToString()
    known = without(case, ROUTERS_OWN)
    assert codec.decode_case(case_pb2.Case.FromString(wire)) == known


@given(strategies.REPLIES)
def test_a_reply_comes_back_but_for_what_is_the_responders_own(reply: Reply) -> None:
    wire = codec.encode_reply(reply).SerializeToString()
    known = without(reply, RESPONDERS_OWN)
    assert codec.decode_reply(reply_pb2.Reply.FromString(wire)) == known


@given(strategies.DELIVERIES)
def test_a_delivery_comes_back_as_it_was(delivery: Delivery) -> None:
    wire = codec.encode_delivery(delivery).SerializeToString()
    assert codec.decode_delivery(reply_pb2.Delivery.FromString(wire)) == delivery


@given(strategies.PARTIAL_COUNTS)
def test_partial_counts_come_back_as_they_were(counts: PartialCounts) -> None:
    wire = codec.encode_counts(counts).SerializeToString()
    assert codec.decode_counts(rates_pb2.PartialCounts.FromString(wire)) == counts


@given(strategies.DECISIONS | strategies.NOTICES)
def test_decisions_and_notices_come_back_as_they_were(fact: DecisionMade | Notice) -> None:
    wire = codec.encode_work(fact).SerializeToString()
    assert codec.decode_work(work_pb2.Work.FromString(wire)) == fact


@given(strategies.MENTIONS, st.none() | strategies.tones(), strategies.SEVERITIES)
def test_a_placed_mention_comes_back_as_it_was(
    mention: Mention, tone: Tone | None, severity: Severity
) -> None:
    tagged = codec.tag(codec.encode_mention(mention), tone, Instant(5))
    wire = codec.place(tagged, CaseId("c1"), severity).SerializeToString()
    placed = codec.decode_work(work_pb2.Work.FromString(wire))
    assert isinstance(placed, PlacedMention)
    assert placed.tagged == codec.decode_tagged(tagged)
    assert (placed.tagged.mention, placed.tagged.tone) == (mention, tone)
    assert (placed.case, placed.severity) == ("c1", severity)


@given(st.builds(
    codec.DeadLetter, id=strategies.WORD, group=strategies.WORD, topic=strategies.WORD,
    partition=strategies.INT32, offset=strategies.INT64,
    headers=st.lists(st.tuples(strategies.WORD, st.binary())).map(tuple),
    reason=strategies.TEXT, at=strategies.INSTANTS,
))  # fmt: skip
def test_a_dead_letter_keeps_the_bytes(letter: codec.DeadLetter) -> None:
    wire = codec.encode_dead_letter(letter).SerializeToString()
    assert codec.decode_dead_letter(dead_letter_pb2.DeadLetter.FromString(wire)) == letter


@given(strategies.MENTIONS)
def test_what_a_newer_producer_sent_survives_tagging_and_placing(mention: Mention) -> None:
    sent = codec.encode_mention(mention)
    wire = sent.SerializeToString() + FUTURE_FIELD
    received = mention_pb2.Mention.FromString(wire)
    received.ClearField("kind")
    received.MergeFromString(bytes([9 << 3, 99]))

    tagged = codec.tag(received, None, Instant(0))
    work = codec.place(tagged, CaseId("c1"), Severity(0, SeverityClass.LOW))
    forwarded = work_pb2.Work.FromString(work.SerializeToString()).mention.tagged.mention

    assert int(forwarded.kind) == 99
    assert forwarded.SerializeToString().endswith(FUTURE_FIELD)


def test_words_of_a_newer_schema_read_as_the_documented_defaults() -> None:
    mention = mention_pb2.Mention.FromString(
        b"".join(bytes([field << 3, 0x63]) for field in (9, 10)) + bytes([0xD8, 0x01, 0x63])
    )
    mention.capability.MergeFromString(bytes([5 << 3, 0x63]))
    read = codec.decode_mention(mention)
    assert (read.kind, read.visibility, read.change) == (
        Kind.POST, Visibility.PRIVATE, Change.CONTENT,
    )  # fmt: skip
    assert read.capability.counting is Counting.UTF16_UNITS


def test_words_left_out_read_as_the_documented_defaults() -> None:
    reply = codec.decode_reply(reply_pb2.Reply())
    assert (reply.action, reply.state) == (Action.REPLY, DeliveryState.UNKNOWN)
    case = codec.decode_case(case_pb2.Case())
    assert case.state is CaseState.QUEUED
    assert case.severity.severity_class is SeverityClass.HIGH
    assert codec.decode_tone(tone_pb2.Tone()).polarity is Polarity.NEUTRAL


def test_parts_of_an_unknown_kind_are_left_out_of_the_reading() -> None:
    case = case_pb2.Case(
        posts=[case_pb2.Post(ref="a"), case_pb2.Post(ref="b", side="POST_SIDE_BRAND")],
        clocks=[case_pb2.SlaClock(), case_pb2.SlaClock(kind="CLOCK_KIND_APPROVAL")],
    )
    read = codec.decode_case(case)
    assert [(post.ref, post.side) for post in read.posts] == [("b", PostSide.BRAND)]
    assert [clock.kind for clock in read.clocks] == [ClockKind.APPROVAL]
    tone = tone_pb2.Tone(
        emotions=[
            tone_pb2.EmotionScore(probability=1),
            tone_pb2.EmotionScore(emotion="EMOTION_JOY"),
        ]
    )
    assert list(codec.decode_tone(tone).emotions) == [Emotion.JOY]


@pytest.mark.parametrize(
    "message",
    [
        work_pb2.Work(),
        work_pb2.Work(decision=work_pb2.Decision(id="d")),
        work_pb2.Work(notice=work_pb2.Notice(id="n")),
    ],
)
def test_facts_of_an_unknown_kind_are_passed_over(message: work_pb2.Work) -> None:
    assert codec.decode_work(message) is None


def test_every_word_of_the_domain_has_its_number() -> None:
    for kind, schema, prefix in (
        (Kind, mention_pb2.Kind, "KIND"),
        (DeliveryState, reply_pb2.DeliveryState, "DELIVERY_STATE"),
        (CaseState, case_pb2.CaseState, "CASE_STATE"),
        (DecisionKind, work_pb2.DecisionKind, "DECISION_KIND"),
        (NoticeKind, work_pb2.NoticeKind, "NOTICE_KIND"),
    ):
        named = {f"{prefix}_{member.name}" for member in kind} | {f"{prefix}_UNSPECIFIED"}
        assert named == set(schema.keys())


@pytest.mark.parametrize("seconds", [-(2**63), 2**63 - 1])
def test_impossible_times_are_held_within_what_can_be_said(seconds: int) -> None:
    timestamp = stamp(Instant(0))
    timestamp.seconds = seconds
    assert instant(timestamp) in {EARLIEST, LATEST}


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_as_undecodable(value: bytes) -> None:
    for payload in Payload:
        try:
            message = codec.parse(payload, value)
        except codec.Undecodable:
            continue
        assert type(message) is codec.MESSAGES[payload]


def test_a_lone_surrogate_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        codec.encode_tone(Tone(Polarity.NEUTRAL, {}, 0.5, model="\ud800"))
