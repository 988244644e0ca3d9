"""One member of a Kafka consumer group, placed by stored positions alone."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord
from aiokafka import TopicPartition as KafkaPlace
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError

from harken.domain.time import Instant
from harken.events.topics import Topic
from harken.log.kafka.connecting import telling_why
from harken.log.kafka.errors import as_log_unavailable
from harken.log.kafka.settings import KafkaSettings
from harken.log.port import Polled, PositionOutOfRange, Record, TopicPartition

SESSION_SECONDS = 45
REBALANCE_SECONDS = 60
FETCH_MILLISECONDS = 100
"""How long the broker keeps an empty fetch: a partition that starts to flow meanwhile waits."""


class KafkaConsumer:
    """Its members divide the partitions. Positions are the store's: nothing is committed here.

    A partition delivers nothing between its assignment and `seek`: it is paused meanwhile.
    """

    def __init__(self, settings: KafkaSettings, group: str, topics: Sequence[Topic]) -> None:
        self._settings = settings
        self._group = settings.prefix + group
        self._names = [settings.prefix + topic.name for topic in topics]
        self._compact = {topic.name for topic in topics if topic.compact}
        self._consumer: AIOKafkaConsumer | None = None
        self._joining: asyncio.Task[None] | None = None
        self._assigned: set[TopicPartition] = set()
        self._revoked: set[TopicPartition] = set()
        self._sought: dict[TopicPartition, int | None] = {}
        self._paused: set[TopicPartition] = set()
        # Fetched and not delivered, by partition, the one that waited longest first.
        self._waiting: dict[TopicPartition, deque[ConsumerRecord[bytes, bytes]]] = {}

    async def poll(self, max_records: int, timeout: float) -> Polled:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        with as_log_unavailable():
            consumer = await self._joined(timeout)
            if consumer is None:
                return Polled()
            while True:
                await self._place(consumer)
                if self._assigned or self._revoked:
                    return self._moved()
                records = self._take(max_records)
                left = max(deadline - loop.time(), 0.0)
                await self._fetch(consumer, 0.0 if records else left)
                records += self._take(max_records - len(records))
                if records or not left:
                    return Polled(records)

    def seek(self, place: TopicPartition, offset: int | None) -> None:
        """Does nothing for a partition that was lost since the last poll: the next one tells of it.

        Raises ``KeyError`` for any other that is not assigned.
        """
        if place in self._revoked and place not in self._waiting:
            return
        self._waiting[place].clear()
        self._sought[place] = offset

    def pause(self, places: Sequence[TopicPartition]) -> None:
        self._paused.update(places)

    def resume(self, places: Sequence[TopicPartition]) -> None:
        self._paused.difference_update(places)

    async def close(self) -> None:
        joining, self._joining = self._joining, None
        if joining is not None:
            joining.cancel()
            await asyncio.gather(joining, return_exceptions=True)
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    async def _joined(self, timeout: float) -> AIOKafkaConsumer | None:
        """None while the group has not taken us in: it waits for members that were killed, and
        aiokafka for a broker that is away, longer than a poll may."""
        if self._consumer is None:
            self._joining = self._joining or asyncio.create_task(self._join())
            await asyncio.wait({self._joining}, timeout=timeout)
            if self._joining.done():
                joining, self._joining = self._joining, None
                await joining
        return self._consumer

    async def _join(self) -> None:
        consumer = AIOKafkaConsumer(
            **self._settings.client(),
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            partition_assignment_strategy=(RoundRobinPartitionAssignor,),
            session_timeout_ms=SESSION_SECONDS * 1000,
            rebalance_timeout_ms=REBALANCE_SECONDS * 1000,
            heartbeat_interval_ms=3_000,
            fetch_max_wait_ms=FETCH_MILLISECONDS,
        )
        consumer.subscribe(self._names, listener=_Moves(self, consumer))
        try:
            async with (
                asyncio.timeout(SESSION_SECONDS + REBALANCE_SECONDS),
                telling_why(self._settings),
            ):
                await consumer.start()
        except BaseException:
            self.give_up([self._theirs(place) for place in self._waiting])
            await consumer.stop()
            raise
        self._consumer = consumer

    def take_over(self, consumer: AIOKafkaConsumer, places: Iterable[KafkaPlace]) -> None:
        """Called within a rebalance: nothing may be fetched before it is known from where."""
        for at in places:
            place = self._ours(at)
            self._waiting[place] = deque()
            self._assigned.add(place)
            consumer.seek(at, 0)
            consumer.pause(at)

    def give_up(self, places: Iterable[KafkaPlace]) -> None:
        for at in places:
            place = self._ours(at)
            self._waiting.pop(place, None)
            self._sought.pop(place, None)
            self._paused.discard(place)
            self._assigned.discard(place)
            self._revoked.add(place)

    def _moved(self) -> Polled:
        moved = Polled(assigned=sorted(self._assigned), revoked=sorted(self._revoked))
        self._assigned, self._revoked = set(), set()
        return moved

    async def _place(self, consumer: AIOKafkaConsumer) -> None:
        """Moves to where `seek` said, and lets the partitions flow, all of them at one moment: a
        fetch that is under way for some holds up the others. What a compact topic has no more is
        passed over: what is newer says it, too."""
        beginnings = {}
        asked = [
            self._theirs(place)
            for place, offset in self._sought.items()
            if offset is None or place.topic in self._compact
        ]
        if asked:
            beginnings = await consumer.beginning_offsets(asked)
        for place, offset in list(self._sought.items()):
            at = self._theirs(place)
            start = offset
            if offset is None or place.topic in self._compact:
                start = None if at not in beginnings else max(beginnings[at], offset or 0)
            if start is not None:  # else it was sought while we asked: the next poll asks again
                del self._sought[place]
                consumer.seek(at, start)
                consumer.resume(at)

    async def _fetch(self, consumer: AIOKafkaConsumer, timeout: float) -> None:
        """Waits for records of partitions that have none waiting, so that none hides another."""
        empty = [self._theirs(place) for place in self._flowing() if not self._waiting[place]]
        if not empty and timeout == 0:
            return
        try:
            # While the group settles, aiokafka waits without an end.
            async with asyncio.timeout(timeout + 1.0):
                if empty or not self._waiting:
                    fetched = await consumer.getmany(*empty, timeout_ms=int(timeout * 1000))
                else:
                    await asyncio.sleep(min(timeout, 0.1))
                    return
        except TimeoutError:
            return
        except NoOffsetForPartitionError:
            return  # assigned, and not placed yet
        except OffsetOutOfRangeError as error:
            raise PositionOutOfRange(f"{self._group}: {error}") from error
        for at, records in fetched.items():
            waiting = self._waiting.get(self._ours(at))
            if waiting is not None and self._ours(at) not in self._sought:
                waiting.extend(records)

    def _flowing(self) -> list[TopicPartition]:
        held_back = self._paused | self._sought.keys() | self._assigned
        return [place for place in self._waiting if place not in held_back]

    def _take(self, most: int) -> list[Record]:
        """An equal share of each partition, as far as it has that many."""
        flowing = [place for place in self._flowing() if self._waiting[place]]
        shares = dict.fromkeys(flowing, 0)
        left = min(most, sum(len(self._waiting[place]) for place in flowing))
        while left:
            for place in flowing:
                if left and shares[place] < len(self._waiting[place]):
                    shares[place] += 1
                    left -= 1
        records: list[Record] = []
        for place, share in shares.items():
            if share:
                waiting = self._waiting.pop(place)
                records += [_record(place, waiting.popleft()) for _ in range(share)]
                self._waiting[place] = waiting  # at the end: the others' turn comes first
        return records

    def _theirs(self, place: TopicPartition) -> KafkaPlace:
        return KafkaPlace(self._settings.prefix + place.topic, place.partition)

    def _ours(self, at: KafkaPlace) -> TopicPartition:
        return TopicPartition(at.topic.removeprefix(self._settings.prefix), at.partition)


class _Moves(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no types
    def __init__(self, member: KafkaConsumer, consumer: AIOKafkaConsumer) -> None:
        self._member = member
        self._consumer = consumer

    def on_partitions_revoked(self, revoked: Iterable[KafkaPlace]) -> None:
        self._member.give_up(revoked)

    def on_partitions_assigned(self, assigned: Iterable[KafkaPlace]) -> None:
        self._member.take_over(self._consumer, assigned)


def _record(place: TopicPartition, got: ConsumerRecord[bytes, bytes]) -> Record:
    return Record(
        place.topic,
        place.partition,
        got.offset,
        got.key or b"",
        got.value or b"",
        tuple(got.headers),
        Instant(got.timestamp * 1_000),
    )
