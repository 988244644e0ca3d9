from __future__ import annotations

import pytest

from harken.channels.mastodon.settings import read_account
from harken.channels.port import ChannelUnavailable
from tests.unit.channels.instance import (
    CONNECTION,
    REQUEST,
    SOURCE,
    FakeInstance,
    notification,
    status,
)

NOTIFICATIONS = "/api/v1/notifications"
CONTEXT = "/api/v1/statuses/S1/context"


@pytest.fixture
def instance() -> FakeInstance:
    made = FakeInstance()
    made.on("GET", NOTIFICATIONS, [notification("1", in_reply_to_id="C")])
    return made


def ancestors(*pairs: tuple[str, str | None]) -> dict[str, object]:
    return {
        "ancestors": [status(id=each, in_reply_to_id=parent) for each, parent in pairs],
        "descendants": [],
    }


async def root(instance: FakeInstance) -> str:
    (mention,) = (await instance.channel().fetch(CONNECTION, SOURCE, "")).parsed.mentions
    return mention.thread_root


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (ancestors(("A", None), ("B", "A"), ("C", "B")), "A"),
        (ancestors(("C", "B"), ("B", "A"), ("A", None)), "A"),
        (ancestors(("B", "A"), ("C", "B")), "A"),
        (ancestors(("C", "B")), "B"),
        (ancestors(), "C"),
        (ancestors(("C", "B"), ("B", "C")), "B"),
        ({"ancestors": [{"broken": 1}], "descendants": []}, "C"),
        ({"error": "odd"}, "C"),
        (b"<html>", "C"),
    ],
)
async def test_the_root_is_the_furthest_ancestor_known(
    instance: FakeInstance, told: object, expected: str
) -> None:
    instance.on("GET", CONTEXT, told)
    assert await root(instance) == expected


async def test_where_the_context_is_closed_the_parent_stands_in(instance: FakeInstance) -> None:
    instance.on("GET", CONTEXT, {"error": "no"}, code=403)
    assert await root(instance) == "C"


async def test_a_context_is_read_once_for_a_thread(instance: FakeInstance) -> None:
    thread = [notification("2", in_reply_to_id="C"), notification("1", in_reply_to_id="C")]
    instance.on("GET", NOTIFICATIONS, thread)
    instance.on("GET", CONTEXT, ancestors(("A", None), ("C", "A")))
    page = await instance.channel().fetch(CONNECTION, SOURCE, "")
    assert [mention.thread_root for mention in page.parsed.mentions] == ["A", "A"]
    assert len([each for each in instance.asked if "context" in each.url.path]) == 1


async def test_an_answer_to_our_answer_needs_no_context(instance: FakeInstance) -> None:
    instance.on("POST", "/api/v1/statuses", {"id": "OURS"})
    channel = instance.channel()
    await channel.publish(CONNECTION, REQUEST)
    instance.on("GET", NOTIFICATIONS, [notification("5", in_reply_to_id="OURS")])
    (mention,) = (await channel.fetch(CONNECTION, SOURCE, "")).parsed.mentions
    assert mention.thread_root == REQUEST.parent_source_id
    assert not [each for each in instance.asked if "context" in each.url.path]


async def test_a_passing_failure_is_not_made_into_a_root(instance: FakeInstance) -> None:
    instance.on("GET", CONTEXT, b"", code=500)
    channel = instance.channel()
    with pytest.raises(ChannelUnavailable):
        await channel.fetch(CONNECTION, SOURCE, "")
    instance.on("GET", CONTEXT, ancestors(("A", None), ("C", "A")))
    (mention,) = (await channel.fetch(CONNECTION, SOURCE, "")).parsed.mentions
    assert mention.thread_root == "A"


async def test_a_lasting_failure_does_not_hold_up_the_source(instance: FakeInstance) -> None:
    instance.on("GET", CONTEXT, b"", code=500)
    channel = instance.channel()
    for _ in range(2):
        with pytest.raises(ChannelUnavailable):
            await channel.fetch(CONNECTION, SOURCE, "")
    (mention,) = (await channel.fetch(CONNECTION, SOURCE, "")).parsed.mentions
    assert mention.thread_root == "C"


async def test_a_rate_limit_is_waited_out_however_long(instance: FakeInstance) -> None:
    instance.on("GET", CONTEXT, b"", code=429)
    channel = instance.channel()
    for _ in range(5):
        with pytest.raises(ChannelUnavailable):
            await channel.fetch(CONNECTION, SOURCE, "")


async def test_what_is_remembered_is_bounded(
    instance: FakeInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harken.channels.mastodon.threads._REMEMBERED", 3)
    threads = instance.channel()._threads
    account = read_account(CONNECTION)
    for number in range(10):
        threads.remember(account, str(number), "root")
    assert len(threads._roots) == 3
