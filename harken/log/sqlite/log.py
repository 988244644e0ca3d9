"""The `EventLog` port on the embedded file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TypeVar

from harken.clock import Clock
from harken.domain.time import Instant
from harken.embedded.file import EmbeddedFile, FileUnavailable
from harken.events.topics import TOPICS, Topic
from harken.log.headers import pack_headers
from harken.log.partitioner import partition_of
from harken.log.port import LogUnavailable, NewRecord, TopicPartition
from harken.log.sqlite import retention, tables
from harken.log.sqlite.consumer import SqliteConsumer

T = TypeVar("T")

LOOK_SECONDS = 0.5
"""How soon a waiting consumer sees what another process, or another log object, published."""


class SqliteLog:
    """Does not own the file: whoever opened it closes it. One per file and process is best."""

    def __init__(
        self, file: EmbeddedFile, clock: Clock, topics: Mapping[str, Topic], places: tables.Places
    ) -> None:
        """Use `open`."""
        self._file = file
        self._clock = clock
        self._topics = topics
        self._places = places
        self._ends: dict[int, int] = {}
        self._looked_at_commit = -1
        self.ends_seen = 0
        self._grown = asyncio.Event()

    @classmethod
    async def open(
        cls, file: EmbeddedFile, clock: Clock, topics: Mapping[str, Topic] = TOPICS
    ) -> SqliteLog:
        """Creates the log's tables. Raises `LogUnavailable`, and ``ValueError`` where a topic's
        partition count is not the one that the file was made with."""
        with _as_log_unavailable():
            places = await file.write(partial(tables.create, topics=list(topics.values())))
        log = cls(file, clock, topics, places)
        await log._look()
        return log

    async def publish(self, records: Sequence[NewRecord]) -> None:
        """All of them or none. Raises ``KeyError`` for a topic that is not declared."""
        rows: defaultdict[int, list[tables.NewRow]] = defaultdict(list)
        for record in records:
            partition = partition_of(record.key, self._topics[record.topic].partitions)
            place = self._places[TopicPartition(record.topic, partition)]
            rows[place].append((record.key, record.value, pack_headers(record.headers)))
        if not rows:
            return

        def append(connection: sqlite3.Connection) -> Mapping[int, int]:
            return tables.append(connection, rows, self._clock.now())

        with _as_log_unavailable():
            self._grow(await self._file.write(append))

    def consumer(self, group: str, topics: Sequence[str]) -> SqliteConsumer:  # noqa: ARG002
        """The group matters to whoever stores positions; nothing is divided in one process."""
        return SqliteConsumer(self, self._places_of(topics))

    async def ends(self, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
        ends = await self.read(tables.ends)
        return {at: ends[place] for at, place in self._places_of(topics).items()}

    async def newest(self) -> Instant:
        """When the latest record that is kept was published."""
        return Instant(await self.read(tables.newest))

    async def trim(self, now: Instant) -> int:
        """Removes records past their topic's retention, except what a registered group has not
        read. Returns how many. Raises `LogUnavailable`."""
        with _as_log_unavailable():
            return await retention.trim(self._file, self._topics, self._places, now)

    async def close(self) -> None:
        """Nothing to do: see the class."""

    def _places_of(self, topics: Sequence[str]) -> tables.Places:
        return {
            at: self._places[at]
            for topic in topics
            for at in (TopicPartition(topic, n) for n in range(self._topics[topic].partitions))
        }

    # --- for consumers

    async def read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        with _as_log_unavailable():
            return await self._file.read(job)

    def end(self, place: int) -> int:
        """The partition's next offset as last seen: it may be greater by now, never smaller."""
        return self._ends[place]

    async def look(self, place: int) -> int:
        await self._look()
        return self._ends[place]

    async def wait(self, seconds: float, seen: int) -> None:
        """Until some partition has grown since ``seen`` (`ends_seen`), or the time is over."""
        if seen != self.ends_seen:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, LOOK_SECONDS)):
                await self._grown.wait()
                return
        if self._file.commits != self._looked_at_commit:
            await self._look()

    async def _look(self) -> None:
        commit = self._file.commits
        self._grow(await self.read(tables.ends))
        self._looked_at_commit = commit

    def _grow(self, ends: Mapping[int, int]) -> None:
        grown = {place: end for place, end in ends.items() if end > self._ends.get(place, -1)}
        if grown:
            self._ends.update(grown)
            self.ends_seen += 1
            self._grown.set()
            self._grown = asyncio.Event()


@contextmanager
def _as_log_unavailable() -> Iterator[None]:
    try:
        yield
    except FileUnavailable as error:
        raise LogUnavailable(str(error), error.retry_after) from error
