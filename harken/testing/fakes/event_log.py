"""An event log in lists. Tests may take it away, and take partitions from its consumers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from harken.clock import Clock
from harken.events.topics import TOPICS, Topic
from harken.log.partitioner import partition_of
from harken.log.port import (
    LogUnavailable,
    NewRecord,
    Polled,
    PositionOutOfRange,
    Record,
    TopicPartition,
)


class FakeEventLog:
    """``records`` holds what was published. While ``unavailable`` is set, everything raises it."""

    def __init__(self, clock: Clock, topics: Mapping[str, Topic] = TOPICS) -> None:
        self._clock = clock
        self._topics = topics
        self.records: dict[TopicPartition, list[Record]] = {
            TopicPartition(topic.name, n): []
            for topic in topics.values()
            for n in range(topic.partitions)
        }
        self.unavailable: LogUnavailable | None = None
        self.grown = asyncio.Event()

    async def publish(self, records: Sequence[NewRecord]) -> None:
        await asyncio.sleep(0)
        self.check()
        for new in records:
            partition = partition_of(new.key, self._topics[new.topic].partitions)
            kept = self.records[TopicPartition(new.topic, partition)]
            kept.append(
                Record(
                    topic=new.topic,
                    partition=partition,
                    offset=len(kept),
                    key=new.key,
                    value=new.value,
                    headers=new.headers,
                    published_at=self._clock.now(),
                )
            )
        self.grown.set()
        self.grown = asyncio.Event()

    def consumer(self, group: str, topics: Sequence[str]) -> FakeConsumer:  # noqa: ARG002
        return FakeConsumer(self, self._places(topics))

    async def ends(self, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
        self.check()
        return {place: len(self.records[place]) for place in self._places(topics)}

    async def close(self) -> None:
        """Nothing to do."""

    def check(self) -> None:
        if self.unavailable is not None:
            raise self.unavailable

    def _places(self, topics: Sequence[str]) -> list[TopicPartition]:
        return [
            TopicPartition(topic, n)
            for topic in topics
            for n in range(self._topics[topic].partitions)
        ]


class FakeConsumer:
    def __init__(self, log: FakeEventLog, places: Sequence[TopicPartition]) -> None:
        self._log = log
        self._assigned = list(places)
        self._news: list[Polled] = [Polled(assigned=tuple(places))]
        self._next: dict[TopicPartition, int] = {}
        self._paused: set[TopicPartition] = set()

    async def poll(self, max_records: int, timeout: float) -> Polled:
        await asyncio.sleep(0)
        self._log.check()
        if self._news:
            return self._news.pop(0)
        if not self._ready():
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._grown()
            self._log.check()
        return Polled(records=self._take(max_records))

    def seek(self, place: TopicPartition, offset: int | None) -> None:
        """Raises ``KeyError`` for a partition that is not assigned."""
        if place not in self._assigned:
            raise KeyError(place)
        self._next[place] = 0 if offset is None else offset

    def pause(self, places: Sequence[TopicPartition]) -> None:
        self._paused.update(places)

    def resume(self, places: Sequence[TopicPartition]) -> None:
        self._paused.difference_update(places)

    async def close(self) -> None:
        """Nothing to leave."""

    def revoke(self, places: Sequence[TopicPartition]) -> None:
        """The next poll says that these partitions are another consumer's by now."""
        for place in places:
            self._assigned.remove(place)
            self._next.pop(place, None)
            self._paused.discard(place)
        self._news.append(Polled(revoked=tuple(places)))

    def assign(self, places: Sequence[TopicPartition]) -> None:
        """The next poll says that these partitions are this consumer's now."""
        self._assigned.extend(places)
        self._news.append(Polled(assigned=tuple(places)))

    async def _grown(self) -> None:
        while not self._ready():
            await self._log.grown.wait()

    def _ready(self) -> list[TopicPartition]:
        ready = []
        for place in self._assigned:
            if place not in self._next or place in self._paused:
                continue
            end = len(self._log.records[place])
            if not 0 <= self._next[place] <= end:
                raise PositionOutOfRange(f"{place}: {self._next[place]} is not within 0 and {end}")
            if self._next[place] < end:
                ready.append(place)
        return ready

    def _take(self, limit: int) -> list[Record]:
        """One record of each partition in turn; the order of turns moves on."""
        taken: dict[TopicPartition, list[Record]] = {}
        count = 0
        while count < limit and (ready := self._ready()):
            for place in ready[: limit - count]:
                taken.setdefault(place, []).append(self._log.records[place][self._next[place]])
                self._next[place] += 1
                self._assigned.remove(place)
                self._assigned.append(place)
                count += 1
        return [record for records in taken.values() for record in records]
