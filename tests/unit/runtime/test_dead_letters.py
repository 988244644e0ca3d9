"""Dead letters can be listed, shown and sent again with their bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from harken.domain.time import Instant, minutes
from harken.events.codec import DeadLetter
from harken.log.port import LogUnavailable, Record, TopicPartition
from harken.runtime.dead_letters import (
    RETRY_HEADER,
    NoSuchDeadLetter,
    NotRetryable,
    bury,
    list_dead_letters,
    recent,
    retry_dead_letter,
    row,
    show_dead_letter,
)
from harken.store.changes import ChangeSet
from harken.store.port import Store
from harken.testing.fakes.clock import START, FakeClock
from harken.testing.fakes.event_log import FakeEventLog
from harken.testing.fakes.store import store_in
from harken.testing.runtime import TOPIC


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Store]:
    async with store_in(tmp_path, clock) as opened:
        yield opened


def letter(offset: int = 3, group: str = "g", reason: str = "bad", at: int = START) -> DeadLetter:
    headers = (("traceparent", b"00-x"), (RETRY_HEADER, b"earlier"))
    record = Record(TOPIC.name, 2, offset, b"key", b"\xff\x00bytes", headers, START)
    return bury(group, record, reason, Instant(at))


async def keep(store: Store, *letters: DeadLetter) -> None:
    await store.submit(ChangeSet(writes=[row(one) for one in letters]))


async def test_what_was_buried_is_shown_with_its_bytes(store: Store) -> None:
    await keep(store, letter())
    shown = await show_dead_letter(store, letter().id)
    assert shown.letter == letter()
    assert shown.retried_at is None


async def test_burying_the_same_record_twice_makes_one_dead_letter(store: Store) -> None:
    await keep(store, letter(reason="first"))
    await keep(store, letter(reason="second"))
    (only,) = await list_dead_letters(store)
    assert only.letter.reason == "first"


async def test_the_newest_come_first_by_group_and_topic(store: Store) -> None:
    await keep(store, *(letter(n, group, at=START + n) for n, group in enumerate("aba")))
    assert [each.letter.offset for each in await list_dead_letters(store)] == [2, 1, 0]
    assert [each.letter.offset for each in await list_dead_letters(store, group="a")] == [2, 0]
    assert [each.letter.offset for each in await list_dead_letters(store, limit=1)] == [2]
    assert await list_dead_letters(store, topic="work") == []


async def test_a_retry_sends_the_same_bytes_under_the_same_key_and_is_marked(
    store: Store, clock: FakeClock
) -> None:
    log = FakeEventLog(clock)
    await keep(store, letter())
    retried = await retry_dead_letter(store, log, letter().id)
    (sent,) = [record for records in log.records.values() for record in records]
    assert (sent.topic, sent.key, sent.value) == (TOPIC.name, b"key", b"\xff\x00bytes")
    assert dict(sent.headers) == {
        "traceparent": b"00-x",
        RETRY_HEADER: letter().id.encode(),
    }
    assert retried.retried_at == clock.now()
    assert await list_dead_letters(store) == []
    assert len(await list_dead_letters(store, pending=False)) == 1
    with pytest.raises(NotRetryable, match="before"):
        await retry_dead_letter(store, log, letter().id)


async def test_a_retry_that_the_log_does_not_take_is_not_marked(
    store: Store, clock: FakeClock
) -> None:
    log = FakeEventLog(clock)
    log.unavailable = LogUnavailable("away")
    await keep(store, letter())
    with pytest.raises(LogUnavailable):
        await retry_dead_letter(store, log, letter().id)
    assert len(await list_dead_letters(store)) == 1


async def test_what_was_in_no_topic_cannot_be_sent_again(store: Store, clock: FakeClock) -> None:
    await keep(store, replace(letter(), topic=""))
    with pytest.raises(NotRetryable, match="no topic"):
        await retry_dead_letter(store, FakeEventLog(clock), letter().id)


async def test_an_unknown_id_is_said_to_be_unknown(store: Store) -> None:
    with pytest.raises(NoSuchDeadLetter):
        await show_dead_letter(store, "nothing")


async def test_the_rate_counts_one_group_within_the_window(store: Store, clock: FakeClock) -> None:
    await keep(store, letter(1), letter(2), letter(3, group="other"))
    assert (await recent(store, "g", minutes(5)))[0] == 2
    clock.advance(minutes(6))
    assert await recent(store, "g", minutes(5)) == (0, clock.now())


async def test_any_reason_can_be_stored(store: Store) -> None:
    await keep(store, letter(reason="odd \ud800 \x00" + "x" * 10_000))
    shown = await show_dead_letter(store, letter().id)
    assert shown.letter.reason.startswith("odd ? ")
    assert len(shown.letter.reason) == 2_000


def test_a_place_names_the_letter() -> None:
    assert TopicPartition(letter().topic, letter().partition) == TopicPartition(TOPIC.name, 2)
    assert letter(1).id != letter(2).id
    assert letter(1).id != letter(1, group="other").id
