"""A consumer of the embedded log: one process, so every partition is its own from the start."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from harken.log.port import Polled, PositionOutOfRange, Record, TopicPartition
from harken.log.sqlite import tables
from harken.log.sqlite.tables import Wanted

if TYPE_CHECKING:
    from harken.log.sqlite.log import SqliteLog


class SqliteConsumer:
    def __init__(self, log: SqliteLog, places: tables.Places) -> None:
        self._log = log
        self._places = places
        self._turns = list(places)
        self._next: dict[TopicPartition, int | None] = {}
        self._paused: set[TopicPartition] = set()
        self._told = False

    async def poll(self, max_records: int, timeout: float) -> Polled:
        if not self._told:
            self._told = True
            return Polled(assigned=tuple(self._places))
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            seen = self._log.ends_seen
            if wanted := await self._ready():
                records = await self._fetch(wanted, max_records)
                if records:
                    return Polled(records)
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return Polled()
            await self._log.wait(left, seen)

    def seek(self, place: TopicPartition, offset: int | None) -> None:
        """Raises ``KeyError`` for a partition that is not assigned."""
        self._next[self._known(place)] = offset

    def pause(self, places: Sequence[TopicPartition]) -> None:
        self._paused.update(map(self._known, places))

    def resume(self, places: Sequence[TopicPartition]) -> None:
        self._paused.difference_update(places)

    async def close(self) -> None:
        """Nothing to leave: other members don't exist."""

    def _known(self, place: TopicPartition) -> TopicPartition:
        if place not in self._places:
            raise KeyError(place)
        return place

    async def _ready(self) -> list[Wanted]:
        """Partitions that have something to read, the one that waited longest first."""
        wanted = []
        for at in self._turns:
            if at not in self._next or at in self._paused:
                continue
            place, start = self._places[at], self._next[at]
            end = self._log.end(place)
            if start is not None and start > end:
                end = await self._log.look(place)
                if start > end:
                    raise PositionOutOfRange(f"{at.topic}[{at.partition}]: {start} is after {end}")
            if end and start != end:
                wanted.append(Wanted(at, place, start))
        return wanted

    async def _fetch(self, wanted: Sequence[Wanted], limit: int) -> Sequence[Record]:
        records = await self._log.read(partial(tables.read, wanted=wanted, limit=limit))
        started = {partition.at: partition.start for partition in wanted}
        current = [
            record
            for record in records
            # Sought elsewhere or paused while the thread was reading.
            if self._next[record.place] == started[record.place]
            and record.place not in self._paused
        ]
        for at, offset in {record.place: record.offset for record in current}.items():
            self._next[at] = offset + 1
            self._turns.remove(at)
            self._turns.append(at)
        return current
