from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path

import pytest

from harken.domain.time import Duration, days, hours
from harken.embedded.file import EmbeddedFile
from harken.events.topics import TOPICS, Topic
from harken.log.port import (
    Consumer,
    LogUnavailable,
    NewRecord,
    Polled,
    PositionOutOfRange,
    Record,
    TopicPartition,
)
from harken.log.sqlite import SqliteLog, retention
from harken.store.changes import ChangeSet, Position
from harken.store.sqlite import SqliteStore
from harken.testing.fakes.clock import FakeClock

PATIENCE = 10.0
PLACE = TopicPartition("dead-letters", 0)
KEPT = TOPICS["dead-letters"].retention
LONGER = Duration(KEPT + 1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def file(tmp_path: Path, clock: FakeClock) -> AsyncIterator[EmbeddedFile]:
    file = await EmbeddedFile.open(tmp_path / "harken.db", clock)
    yield file
    await file.close()


@pytest.fixture
async def store(file: EmbeddedFile, clock: FakeClock) -> SqliteStore:
    return await SqliteStore.open(file, clock)


@pytest.fixture
async def log(file: EmbeddedFile, clock: FakeClock, store: SqliteStore) -> SqliteLog:
    return await SqliteLog.open(file, clock)


async def publish(log: SqliteLog, *values: int) -> None:
    await log.publish([NewRecord(PLACE.topic, b"k", b"%d" % value) for value in values])


async def from_the_start(log: SqliteLog, offset: int | None = None) -> Consumer:
    consumer = log.consumer("g", [PLACE.topic])
    await consumer.poll(1, 0)
    consumer.seek(PLACE, offset)
    return consumer


def values(records: object) -> list[int]:
    assert isinstance(records, list | tuple)
    return [int(record.value) for record in records if isinstance(record, Record)]


async def kept(log: SqliteLog) -> list[int]:
    consumer = await from_the_start(log)
    return values((await consumer.poll(10_000, 0)).records)


async def registered(store: SqliteStore, group: str, following: int, at: TopicPartition) -> None:
    await store.submit(ChangeSet(positions=[Position(group, at, None, following)]))


# --- retention


async def test_old_records_go(log: SqliteLog, clock: FakeClock) -> None:
    await publish(log, 0, 1)
    clock.advance(hours(1))
    await publish(log, 2)
    clock.advance(KEPT)
    assert await log.trim(clock.now()) == 2
    assert await kept(log) == [2]
    assert await log.trim(clock.now()) == 0


async def test_offsets_go_on_after_everything_is_gone(log: SqliteLog, clock: FakeClock) -> None:
    await publish(log, 0, 1, 2)
    clock.advance(LONGER)
    assert await log.trim(clock.now()) == 3
    assert await log.ends([PLACE.topic]) == {PLACE: 3}
    consumer = await from_the_start(log)
    await publish(log, 3)
    records = (await consumer.poll(10, PATIENCE)).records
    assert [record.offset for record in records] == [3]


async def test_what_a_group_has_not_read_stays(
    log: SqliteLog, store: SqliteStore, clock: FakeClock
) -> None:
    await publish(log, *range(6))
    await registered(store, "fast", 5, PLACE)
    await registered(store, "slow", 2, PLACE)
    clock.advance(LONGER)
    assert await log.trim(clock.now()) == 2
    assert await kept(log) == [2, 3, 4, 5]


async def test_a_group_that_began_in_another_partition_holds_this_one_too(
    log: SqliteLog, store: SqliteStore, clock: FakeClock
) -> None:
    await log.publish([NewRecord("work", b"%d" % n, b"") for n in range(100)])
    ends = await log.ends(["work"])
    started = TopicPartition("work", 3)
    await registered(store, "search", ends[started], started)
    clock.advance(days(30))
    assert await log.trim(clock.now()) == ends[started]


async def test_a_group_of_another_topic_holds_nothing(
    log: SqliteLog, store: SqliteStore, clock: FakeClock
) -> None:
    await publish(log, 0)
    await registered(store, "g", 0, TopicPartition("work", 0))
    clock.advance(LONGER)
    assert await log.trim(clock.now()) == 1


async def test_much_is_trimmed_a_little_at_once(
    log: SqliteLog, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "RECORDS_AT_ONCE", 3)
    await publish(log, *range(7))
    clock.advance(LONGER)
    assert await log.trim(clock.now()) == 7


async def test_a_position_before_what_is_kept_is_out_of_range(
    log: SqliteLog, clock: FakeClock
) -> None:
    await publish(log, 0, 1)
    clock.advance(LONGER)
    await log.trim(clock.now())
    consumer = await from_the_start(log, 1)
    with pytest.raises(PositionOutOfRange, match=r"dead-letters\[0\].* 1 "):
        await consumer.poll(10, 0)
    await publish(log, 2)
    with pytest.raises(PositionOutOfRange):
        await consumer.poll(10, 0)


# --- others on the same file


async def test_a_consumer_sees_what_another_process_publishes(
    log: SqliteLog, file: EmbeddedFile, clock: FakeClock
) -> None:
    consumer = await from_the_start(log)
    waiting = asyncio.create_task(consumer.poll(10, PATIENCE * 10))
    await asyncio.sleep(0.05)
    another = await EmbeddedFile.open(file.path, clock)
    await publish(await SqliteLog.open(another, clock), 7)
    await another.close()
    assert values((await asyncio.wait_for(waiting, PATIENCE)).records) == [7]


async def test_a_position_that_another_process_reached_is_in_range(
    log: SqliteLog, file: EmbeddedFile, clock: FakeClock
) -> None:
    await publish(await SqliteLog.open(file, clock), 0, 1)
    consumer = await from_the_start(log, 2)
    assert not (await consumer.poll(10, 0)).records


async def test_partition_counts_are_for_life(
    log: SqliteLog, file: EmbeddedFile, clock: FakeClock
) -> None:
    def with_partitions(count: int) -> Mapping[str, Topic]:
        return {"work": dataclasses.replace(TOPICS["work"], partitions=count)}

    await SqliteLog.open(file, clock, with_partitions(TOPICS["work"].partitions))
    for count in (4, 16):
        with pytest.raises(ValueError, match="work has"):
            await SqliteLog.open(file, clock, with_partitions(count))
    await SqliteLog.open(file, clock)


# --- trouble


async def test_a_full_disk_is_said_and_survived(log: SqliteLog, file: EmbeddedFile) -> None:
    def limit(connection: object, pages: int) -> None:
        run = connection.execute  # type: ignore[attr-defined]
        run(f"PRAGMA max_page_count = {run('PRAGMA page_count').fetchone()[0] + pages}")

    await publish(log, 0)
    await file.write(partial(limit, pages=1))
    with pytest.raises(LogUnavailable, match="full") as refused:
        await log.publish([NewRecord(PLACE.topic, b"k", b"x" * 100_000)])
    assert refused.value.retry_after > 0
    await file.write(partial(limit, pages=1_000))
    await publish(log, 1)
    assert await kept(log) == [0, 1]


async def test_a_seek_during_a_poll_wins(log: SqliteLog) -> None:
    await publish(log, *range(5))
    consumer = await from_the_start(log)
    polling = asyncio.create_task(consumer.poll(10, 0))
    await asyncio.sleep(0)
    consumer.seek(PLACE, 3)
    assert values((await polling).records) == []
    assert values((await consumer.poll(10, PATIENCE)).records) == [3, 4]


async def test_a_pause_during_a_poll_wins(log: SqliteLog) -> None:
    await publish(log, 0)
    consumer = await from_the_start(log)
    polling = asyncio.create_task(consumer.poll(10, 0))
    await asyncio.sleep(0)
    consumer.pause([PLACE])
    assert values((await polling).records) == []
    consumer.resume([PLACE])
    assert values((await consumer.poll(10, PATIENCE)).records) == [0]


async def test_a_cancelled_poll_loses_nothing(log: SqliteLog) -> None:
    await publish(log, 0, 1)
    consumer = await from_the_start(log)
    for turns in range(1, 6):
        polling = asyncio.create_task(consumer.poll(10, PATIENCE))
        for _ in range(turns):
            await asyncio.sleep(0)
        polling.cancel()
        outcome = (await asyncio.gather(polling, return_exceptions=True))[0]
        if isinstance(outcome, Polled):
            # A reader was so quick that there was nothing left to cancel.
            assert values(outcome.records) == [0, 1]
            consumer.seek(PLACE, None)
        else:
            assert isinstance(outcome, asyncio.CancelledError)
    assert values((await consumer.poll(10, PATIENCE)).records) == [0, 1]


async def test_foreign_partitions_are_refused(log: SqliteLog) -> None:
    consumer = await from_the_start(log)
    for place in (TopicPartition("work", 0), TopicPartition(PLACE.topic, 1)):
        with pytest.raises(KeyError):
            consumer.seek(place, None)
        with pytest.raises(KeyError):
            consumer.pause([place])
