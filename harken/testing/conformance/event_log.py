"""What every `EventLog` keeps to: examples, and a state machine against lists."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from harken.events.topics import TOPICS
from harken.log.partitioner import partition_of
from harken.log.port import (
    Consumer,
    EventLog,
    NewRecord,
    Polled,
    PositionOutOfRange,
    Record,
    TopicPartition,
)

TOPIC = "mentions.live"
OTHER = "mentions.urgent"
PATIENCE = 10.0
"""Seconds after which a record that has not come will not come."""

PARTITIONS = TOPICS[TOPIC].partitions
KEY_OF = {partition_of(b"k%d" % n, PARTITIONS): b"k%d" % n for n in range(200)}
"""A key for every partition of `TOPIC`."""


def new(value: bytes = b"v", key: bytes = b"k", topic: str = TOPIC) -> NewRecord:
    return NewRecord(topic, key, value)


async def started(log: EventLog, topics: Sequence[str] = (TOPIC,), group: str = "g") -> Consumer:
    """A consumer at the beginning of everything that it was assigned."""
    consumer = log.consumer(group, topics)
    wanted = {TopicPartition(topic, n) for topic in topics for n in range(_count(topic))}
    async with asyncio.timeout(PATIENCE):
        while wanted:
            polled = await consumer.poll(100, 0.1)
            assert not polled.records, "records came before seek"
            for place in polled.assigned:
                consumer.seek(place, None)
                wanted.discard(place)
    return consumer


async def take(consumer: Consumer, count: int, at_once: int = 100) -> list[Record]:
    records: list[Record] = []
    async with asyncio.timeout(PATIENCE):
        while len(records) < count:
            polled = await consumer.poll(at_once, 1.0)
            assert len(polled.records) <= at_once
            records += polled.records
    assert len(records) == count
    return records


def _count(topic: str) -> int:
    return TOPICS[topic].partitions


class EventLogConformance:
    """Subclass it and give a ``log`` fixture: empty, with the registry's topics."""

    @pytest.fixture
    def log(self) -> EventLog:
        raise NotImplementedError

    async def test_what_is_published_comes_whole(self, log: EventLog) -> None:
        headers = (("traceparent", b"00-ab"), ("traceparent", b"again"), ("empty", b""))
        sent = NewRecord(TOPIC, b"\x00\xff key", bytes(range(256)) * 4_000, headers)
        await log.publish([sent])
        (record,) = await take(await started(log), 1)
        assert (record.topic, record.key, record.value) == (TOPIC, sent.key, sent.value)
        assert record.headers == headers
        assert record.partition == partition_of(sent.key, PARTITIONS)
        assert record.offset == 0
        assert record.published_at > 0

    async def test_empty_values_and_no_records_are_fine(self, log: EventLog) -> None:
        await log.publish([])
        await log.publish([new(b"", key=b"")])
        (record,) = await take(await started(log), 1)
        assert (record.key, record.value, record.headers) == (b"", b"", ())

    async def test_a_key_keeps_its_order_and_its_partition(self, log: EventLog) -> None:
        keys = [b"a", b"b", b"c"]
        for n in range(30):
            await log.publish([new(b"%d" % (3 * n + i), key) for i, key in enumerate(keys)])
        by_key: dict[bytes, list[int]] = defaultdict(list)
        places: dict[bytes, set[int]] = defaultdict(set)
        for record in await take(await started(log), 90, at_once=7):
            by_key[record.key].append(int(record.value))
            places[record.key].add(record.partition)
        assert by_key == {key: list(range(i, 90, 3)) for i, key in enumerate(keys)}
        assert all(len(partitions) == 1 for partitions in places.values())

    async def test_offsets_have_no_gaps(self, log: EventLog) -> None:
        await log.publish([new(key=b"%d" % n) for n in range(200)])
        offsets: dict[TopicPartition, list[int]] = defaultdict(list)
        for record in await take(await started(log), 200, at_once=13):
            offsets[record.place].append(record.offset)
        assert all(found == list(range(len(found))) for found in offsets.values())

    async def test_nothing_comes_before_seek(self, log: EventLog) -> None:
        await log.publish([new()])
        consumer = log.consumer("g", [TOPIC])
        for _ in range(3):
            assert not (await consumer.poll(10, 0.01)).records

    async def test_seek_goes_to_an_offset(self, log: EventLog) -> None:
        await log.publish([new(b"%d" % n) for n in range(5)])
        consumer = await started(log)
        place = (await take(consumer, 5))[0].place
        consumer.seek(place, 3)
        assert [record.value for record in await take(consumer, 2)] == [b"3", b"4"]
        consumer.seek(place, None)
        assert (await take(consumer, 5))[0].value == b"0"

    async def test_the_end_is_a_position(self, log: EventLog) -> None:
        await log.publish([new() for _ in range(3)])
        consumer = await started(log)
        place = (await take(consumer, 3))[0].place
        consumer.seek(place, 3)
        assert not (await consumer.poll(10, 0.05)).records
        await log.publish([new(b"next")])
        assert [record.offset for record in await take(consumer, 1)] == [3]

    async def test_a_position_after_the_end_is_out_of_range(self, log: EventLog) -> None:
        await log.publish([new() for _ in range(3)])
        consumer = await started(log)
        consumer.seek((await take(consumer, 3))[0].place, 4)
        with pytest.raises(PositionOutOfRange):
            await self.poll_until_error(consumer)

    async def test_poll_returns_nothing_after_its_timeout(self, log: EventLog) -> None:
        consumer = await started(log)
        async with asyncio.timeout(PATIENCE):
            assert not (await consumer.poll(10, 0.05)).records
            assert not (await consumer.poll(10, 0)).records

    async def test_a_waiting_poll_is_woken_by_a_publish(self, log: EventLog) -> None:
        consumer = await started(log)
        waiting = asyncio.create_task(consumer.poll(10, PATIENCE * 10))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await log.publish([new(b"wake")])
        polled = await asyncio.wait_for(waiting, PATIENCE)
        assert [record.value for record in polled.records] == [b"wake"]

    async def test_no_partition_starves(self, log: EventLog) -> None:
        flood = [new(b"flood", KEY_OF[0]) for _ in range(400)]
        await log.publish(flood + [new(b"drop", KEY_OF[n]) for n in range(1, PARTITIONS)])
        consumer = await started(log)
        records = await take(consumer, 8 * PARTITIONS, at_once=4)
        assert Counter(record.value for record in records)[b"drop"] == PARTITIONS - 1

    async def test_no_topic_starves(self, log: EventLog) -> None:
        await log.publish([new(b"flood", b"%d" % n) for n in range(400)])
        await log.publish([new(b"drop", topic=OTHER)])
        consumer = await started(log, [TOPIC, OTHER])
        places = PARTITIONS + _count(OTHER)
        assert b"drop" in [record.value for record in await take(consumer, 8 * places, at_once=4)]

    async def test_paused_partitions_wait(self, log: EventLog) -> None:
        await log.publish([new(b"0", KEY_OF[0]), new(b"1", KEY_OF[1])])
        consumer = await started(log)
        consumer.pause([TopicPartition(TOPIC, 0)])
        assert [record.value for record in await take(consumer, 1)] == [b"1"]
        await log.publish([new(b"2", KEY_OF[0]), new(b"3", KEY_OF[1])])
        assert [record.value for record in await take(consumer, 1)] == [b"3"]
        consumer.resume([TopicPartition(TOPIC, 0)])
        assert [record.value for record in await take(consumer, 2)] == [b"0", b"2"]

    async def test_groups_read_for_themselves(self, log: EventLog) -> None:
        await log.publish([new(b"both")])
        for group in ("one", "two"):
            consumer = await started(log, group=group)
            assert [record.value for record in await take(consumer, 1)] == [b"both"]
            await consumer.close()

    async def test_the_log_keeps_no_positions(self, log: EventLog) -> None:
        await log.publish([new(b"again")])
        for _ in range(2):
            consumer = await started(log)
            assert [record.value for record in await take(consumer, 1)] == [b"again"]
            await consumer.close()

    async def test_ends_are_the_next_offsets(self, log: EventLog) -> None:
        assert await log.ends([OTHER]) == {TopicPartition(OTHER, n): 0 for n in range(4)}
        await log.publish([new(key=KEY_OF[2]) for _ in range(3)] + [new(key=KEY_OF[5])])
        ends = await log.ends([TOPIC])
        assert ends == {TopicPartition(TOPIC, n): {2: 3, 5: 1}.get(n, 0) for n in range(PARTITIONS)}

    async def test_an_undeclared_topic_is_an_error(self, log: EventLog) -> None:
        with pytest.raises(KeyError):
            await log.publish([new(topic="nobody.declared.this")])

    async def test_publishers_side_by_side_lose_nothing(self, log: EventLog) -> None:
        async def publish(n: int) -> None:
            for i in range(10):
                await log.publish([new(b"%d-%d" % (n, i), b"%d" % n)])

        consumer = await started(log)
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(take(consumer, 200))
            for n in range(20):
                group.create_task(publish(n))
        by_key: dict[bytes, list[bytes]] = defaultdict(list)
        for record in reading.result():
            by_key[record.key].append(record.value)
        assert by_key == {b"%d" % n: [b"%d-%d" % (n, i) for i in range(10)] for n in range(20)}

    async def poll_until_error(self, consumer: Consumer) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                await consumer.poll(10, 0.1)


OpenLog = Callable[[], AbstractAsyncContextManager[EventLog]]


def log_machine(open_log: OpenLog, *, at_once: bool = True) -> type[RuleBasedStateMachine]:
    """Publishes, reads, seeks, pauses in any order, against one list for each partition.

    ``at_once`` says that one poll without waiting brings all that is there: an engine behind a
    network brings it in its own time.
    """

    class LogMachine(_LogMachine):
        brings_at_once = at_once

        def open(self) -> AbstractAsyncContextManager[EventLog]:
            return open_log()

    return LogMachine


_TOPICS = (OTHER, "dead-letters")
_PLACES = st.sampled_from([TopicPartition(topic, n) for topic in _TOPICS for n in range(4)][:5])
_BATCHES = st.lists(
    st.tuples(st.sampled_from(_TOPICS), st.binary(max_size=2), st.binary(max_size=8)), max_size=12
)


class _LogMachine(RuleBasedStateMachine):
    brings_at_once: bool

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = contextlib.AsyncExitStack()
        self.kept: dict[TopicPartition, list[tuple[bytes, bytes]]] = defaultdict(list)
        self.at: dict[TopicPartition, int] = {}
        self.paused: set[TopicPartition] = set()

    def open(self) -> AbstractAsyncContextManager[EventLog]:
        raise NotImplementedError

    def run(self, awaitable: Any) -> Any:
        async def bounded() -> Any:
            async with asyncio.timeout(PATIENCE):
                return await awaitable

        return self.runner.run(bounded())

    @initialize()
    def start(self) -> None:
        self.log: EventLog = self.run(self.stack.enter_async_context(self.open()))
        self.consumer = self.log.consumer("g", _TOPICS)
        self.places = self.run(self.assigned())

    @rule(batch=_BATCHES)
    def publish(self, batch: list[tuple[str, bytes, bytes]]) -> None:
        self.run(self.log.publish([NewRecord(*record) for record in batch]))
        for topic, key, value in batch:
            place = TopicPartition(topic, partition_of(key, TOPICS[topic].partitions))
            self.kept[place].append((key, value))

    @rule(place=_PLACES, share=st.none() | st.floats(0, 1))
    def seek(self, place: TopicPartition, share: float | None) -> None:
        offset = None if share is None else round(share * len(self.kept[place]))
        self.consumer.seek(place, offset)
        self.at[place] = offset or 0

    @rule(place=_PLACES)
    def pause(self, place: TopicPartition) -> None:
        self.consumer.pause([place])
        self.paused.add(place)

    @rule(place=_PLACES)
    def resume(self, place: TopicPartition) -> None:
        self.consumer.resume([place])
        self.paused.discard(place)

    @rule(limit=st.integers(1, 10))
    def poll(self, limit: int) -> None:
        expected = self.unread()
        waiting_for = min(limit, sum(map(len, expected.values())))
        records = self.run(self.brought(limit, waiting_for))
        assert len(records) == waiting_for
        counts: Counter[TopicPartition] = Counter()
        for record in records:
            assert record.offset == self.at[record.place]
            assert (record.key, record.value) == self.kept[record.place][record.offset]
            self.at[record.place] += 1
            counts[record.place] += 1
        for place, waiting in expected.items():
            if self.brings_at_once and limit >= len(expected):
                assert counts[place] >= min(len(waiting), limit // len(expected))

    async def assigned(self) -> set[TopicPartition]:
        places: set[TopicPartition] = set()
        count = sum(_count(topic) for topic in _TOPICS)
        while len(places) < count:
            places.update((await self.consumer.poll(1, 0 if self.brings_at_once else 0.2)).assigned)
        return places

    async def brought(self, limit: int, count: int) -> Sequence[Record]:
        if self.brings_at_once or not count:
            polled: Polled = await self.consumer.poll(limit, 0)
            return polled.records
        records: list[Record] = []
        while len(records) < count:
            records += (await self.consumer.poll(limit - len(records), 0.5)).records
        return records

    @precondition(lambda self: self.unread())
    @rule()
    def drain(self) -> None:
        while sum(map(len, self.unread().values())):
            self.poll(10)

    @invariant()
    def ends_are_the_models(self) -> None:
        if not hasattr(self, "log"):
            return
        ends = self.run(self.log.ends(_TOPICS))
        assert ends == {place: len(self.kept[place]) for place in self.places}

    def unread(self) -> dict[TopicPartition, list[tuple[bytes, bytes]]]:
        unread = {
            place: self.kept[place][offset:]
            for place, offset in self.at.items()
            if place not in self.paused
        }
        return {place: records for place, records in unread.items() if records}

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
