"""The event log's conformance on a real broker, and what only a broker with a group can show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import TopicPartition as KafkaPlace
from aiokafka.admin import RecordsToDelete
from hypothesis import settings

from deploy.local import engines
from harken.domain.time import days
from harken.events.topics import MENTIONS_TAGGED, RATES, TOPICS, Topic
from harken.log.kafka import KafkaLog, KafkaSettings, KafkaTopics
from harken.log.partitioner import partition_of
from harken.log.port import (
    Consumer,
    EventLog,
    LogUnavailable,
    NewRecord,
    PositionOutOfRange,
    TopicPartition,
)
from harken.runtime.runner import StageRunner
from harken.runtime.stage import Received
from harken.store.changes import ChangeSet, Position
from harken.testing.conformance.event_log import (
    PARTITIONS,
    PATIENCE,
    TOPIC,
    EventLogConformance,
    log_machine,
    new,
    started,
)
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from harken.testing.kafka import administrator, own_topics
from harken.testing.runtime import (
    AT_ONCE,
    CountingStage,
    mention_record,
    outcome,
    quick_settings,
    running,
    until,
)
from harken.testing.runtime import TOPIC as BULK
from tests.engines import need_kafka

pytestmark = pytest.mark.engines

ALL = {TopicPartition(TOPIC, n) for n in range(PARTITIONS)}


@asynccontextmanager
async def cluster(**options: float) -> AsyncIterator[KafkaSettings]:
    """The registry's topics under a prefix of their own, removed in the end."""
    own = KafkaSettings(need_kafka(), prefix=f"test-{uuid4().hex[:10]}-", **options)  # type: ignore[arg-type]
    async with own_topics(own):
        yield own


@asynccontextmanager
async def kafka_log() -> AsyncIterator[EventLog]:
    async with cluster() as own:
        log = KafkaLog(own)
        try:
            yield log
        finally:
            await log.close()


class TestKafkaLog(EventLogConformance):
    @pytest.fixture
    async def log(self) -> AsyncIterator[EventLog]:
        async with kafka_log() as log:
            yield log


TestKafkaLogAgainstLists = log_machine(kafka_log, at_once=False).TestCase
TestKafkaLogAgainstLists.settings = settings(max_examples=8, stateful_step_count=25, deadline=None)


@pytest.fixture
async def own() -> AsyncIterator[KafkaSettings]:
    async with cluster(send_deadline=3.0) as own:
        yield own


@pytest.fixture
async def log(own: KafkaSettings) -> AsyncIterator[KafkaLog]:
    log = KafkaLog(own)
    yield log
    await log.close()


class Member:
    """Polls and places itself; knows what it holds and what it read."""

    def __init__(self, consumer: Consumer) -> None:
        self.consumer = consumer
        self.held: set[TopicPartition] = set()
        self.revoked: set[TopicPartition] = set()
        self.values: list[bytes] = []

    async def look(self) -> None:
        polled = await self.consumer.poll(100, 0.2)
        self.revoked |= set(polled.revoked)
        self.held = (self.held - set(polled.revoked)) | set(polled.assigned)
        for at in polled.assigned:
            self.consumer.seek(at, None)
        self.values += [record.value for record in polled.records]


async def test_members_divide_the_partitions_and_inherit_them(log: KafkaLog) -> None:
    first, second = (Member(log.consumer("g", [TOPIC])) for _ in range(2))
    async with asyncio.timeout(6 * PATIENCE):
        while first.held != ALL:
            await first.look()
        while not (second.held and first.held == ALL - second.held):
            await asyncio.gather(first.look(), second.look())
        assert first.revoked >= second.held
        await first.consumer.close()
        while second.held != ALL:
            await second.look()
        await log.publish([new(b"%d" % n, b"%d" % n) for n in range(50)])
        while len(second.values) < 50:
            await second.look()


async def test_a_partition_that_a_former_member_still_moved_goes_on_from_there(
    log: KafkaLog, tmp_path: Path
) -> None:
    clock = FakeClock()
    place = TopicPartition(BULK.name, partition_of(mention_record("ola").key, BULK.partitions))
    async with store_in(tmp_path, clock) as store:

        async def overtake(batch: Sequence[Received]) -> None:
            if batch[0].record.offset == 0:
                moved = Position("counting", place, None, 1)
                await store.submit(ChangeSet(positions=[moved]))

        async def all_done() -> bool:
            return (await outcome(store)).positions == {place: 3}

        await log.publish([mention_record("ola", text) for text in ("one", "two", "three")])
        stage = CountingStage(before=overtake)
        async with running(StageRunner(stage, log, store, clock, quick_settings(), AT_ONCE)):
            await until(all_done)
        at = place.partition
        assert (await outcome(store)).effects == {f"{at}@1": 1, f"{at}@2": 1}


async def test_a_broker_that_was_killed_loses_nothing_and_is_found_again(log: KafkaLog) -> None:
    consumer = await started(log)
    await log.publish([new(b"before")])
    engines.kill("kafka")
    try:
        with pytest.raises(LogUnavailable, match="repeat with the same ids"):
            await log.publish([new(b"meanwhile")])
    finally:
        await asyncio.to_thread(engines.start, ["kafka"])
    values: set[bytes] = set()
    async with asyncio.timeout(12 * PATIENCE):
        while True:
            try:
                await log.publish([new(b"after")])
                break
            except LogUnavailable:
                await asyncio.sleep(0.5)
        while not {b"before", b"after"} <= values:
            try:
                polled = await consumer.poll(100, 0.5)
            except LogUnavailable:
                continue
            for at in polled.assigned:
                consumer.seek(at, None)
            values |= {record.value for record in polled.records}


@pytest.mark.parametrize("topic", [MENTIONS_TAGGED, RATES], ids=lambda topic: topic.name)
async def test_only_of_a_compact_topic_removed_records_are_passed_over(
    own: KafkaSettings, log: KafkaLog, topic: Topic
) -> None:
    await log.publish([NewRecord(topic.name, b"same key", b"%d" % n) for n in range(10)])
    place = TopicPartition(topic.name, partition_of(b"same key", topic.partitions))
    removed = {KafkaPlace(own.prefix + place.topic, place.partition): RecordsToDelete(6)}
    async with administrator(own) as admin:
        await admin.delete_records(removed)
    consumer = log.consumer("g", [topic.name])
    values: list[bytes] = []

    async def read() -> None:
        while len(values) < 4:
            polled = await consumer.poll(100, 0.5)
            for at in polled.assigned:
                consumer.seek(at, 2 if at == place else None)
            values.extend(record.value for record in polled.records)

    async with asyncio.timeout(6 * PATIENCE):
        if topic.compact:
            await read()
            assert values == [b"6", b"7", b"8", b"9"]
        else:
            with pytest.raises(PositionOutOfRange):
                await read()


async def test_a_producer_that_gave_up_for_good_is_replaced(log: KafkaLog) -> None:
    """As aiokafka's does after an error that no retry mends."""
    await log.publish([new(b"one")])
    given_up = log._producer
    assert given_up is not None
    given_up._sender.sender_task.cancel()
    while not given_up._sender.sender_task.done():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await log.publish([new(b"two")])
    assert log._producer is not given_up


async def test_one_cluster_is_told_from_another_by_its_id_and_our_prefix(
    own: KafkaSettings,
) -> None:
    identity = await KafkaTopics(own).identity()
    assert identity.endswith(f"/{own.prefix}")
    assert identity != await KafkaTopics(KafkaSettings(own.servers)).identity()


async def test_topics_that_cannot_be_done_without_are_named(own: KafkaSettings) -> None:
    assert await KafkaTopics(own, replication=3).lacking(TOPICS.values()) == []
    fewer = replace(TOPICS[TOPIC], partitions=TOPICS[TOPIC].partitions + 1)
    unknown = replace(TOPICS[TOPIC], name="unheard-of")
    assert await KafkaTopics(own).lacking([fewer, unknown]) == [
        f"{own.prefix}{TOPIC} has {TOPICS[TOPIC].partitions} partitions, not {fewer.partitions}",
        f"{own.prefix}unheard-of is missing",
    ]


async def test_topics_are_compared_with_the_registry(own: KafkaSettings) -> None:
    topics = KafkaTopics(own)
    assert await topics.check(TOPICS.values()) == []
    assert await topics.apply(TOPICS.values()) == []
    stranger = KafkaTopics(KafkaSettings(own.servers, prefix=own.prefix + "other-"))
    missing = await stranger.check(TOPICS.values())
    assert len(missing) == len(TOPICS)
    assert all("is missing" in one for one in missing)


async def test_a_topic_that_was_changed_is_told_and_set_right(own: KafkaSettings) -> None:
    longer = [replace(TOPICS[TOPIC], retention=days(9))]
    name = own.prefix + TOPIC
    topics = KafkaTopics(own)
    assert await topics.check(longer) == [f"{name}: retention.ms is 604800000, not 777600000"]
    assert await topics.apply(longer) == [f"{name}: retention.ms set to 777600000"]
    assert await topics.check(longer) == []
    more = [replace(TOPICS[TOPIC], partitions=PARTITIONS + 1, retention=days(9))]
    assert await topics.check(more) == [f"{name} has {PARTITIONS} partitions, not {PARTITIONS + 1}"]


async def test_a_cluster_that_is_away_is_unavailable_not_a_crash() -> None:
    log = KafkaLog(KafkaSettings("127.0.0.1:9", send_deadline=2.0))
    with pytest.raises(LogUnavailable):
        await log.publish([new()])
    with pytest.raises(LogUnavailable):
        await log.consumer("g", [TOPIC]).poll(1, 0.1)
    with pytest.raises(LogUnavailable):
        await log.ends([TOPIC])
    await log.close()
