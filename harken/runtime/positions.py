"""A group's positions: which partitions are held, and how far each of them is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from harken.log.port import Record, TopicPartition
from harken.store.changes import Position
from harken.store.port import Store
from harken.store.schema.infrastructure import POSITIONS


@dataclass(slots=True)
class Held:
    """``next`` is the stored position, None while there is no row.

    ``tried`` are positions that were submitted without learning whether they were stored.
    """

    next: int | None
    tried: set[int] = field(default_factory=set)


class Positions:
    def __init__(self, store: Store, group: str) -> None:
        self._store = store
        self._group = group
        self._held: dict[TopicPartition, Held] = {}
        self._doubt = False

    @property
    def held(self) -> list[TopicPartition]:
        return list(self._held)

    def next(self, place: TopicPartition) -> int | None:
        return self._held[place].next

    def to_do(self, record: Record) -> bool:
        """False for what is done, and for partitions that are not held."""
        held = self._held.get(record.place)
        return held is not None and record.offset >= (held.next or 0)

    async def take(self, places: Iterable[TopicPartition]) -> Mapping[TopicPartition, int | None]:
        """Holds them from their stored positions on. Raises ``StoreUnavailable``."""
        wanted = list(places)
        stored = await self._stored()
        for place in wanted:
            self._held[place] = Held(stored.get(place))
        return {place: stored.get(place) for place in wanted}

    def drop(self, places: Iterable[TopicPartition]) -> None:
        for place in places:
            self._held.pop(place, None)

    def moves(self, records: Iterable[Record]) -> list[Position]:
        """What the change set that handles these records has to say."""
        last = {record.place: record.offset for record in records}
        return [
            Position(self._group, place, self._held[place].next, offset + 1)
            for place, offset in last.items()
        ]

    def moved(self, moves: Iterable[Position]) -> None:
        for move in moves:
            self._held[move.place] = Held(move.next)

    def unsure(self, moves: Iterable[Position]) -> None:
        """It is not known whether these moves were stored."""
        for move in moves:
            self._held[move.place].tried.add(move.next)

    def doubt(self) -> None:
        """Somebody else moved one of them."""
        self._doubt = True

    @property
    def doubtful(self) -> bool:
        """True where `recheck` has something to find out."""
        return self._doubt or any(held.tried for held in self._held.values())

    async def recheck(self) -> list[TopicPartition]:
        """Compares with the store; drops and returns what others have moved.

        A stored position that we tried to store ourselves is ours. (Should another consumer
        have stored the very same, then nothing is lost either: every further move is
        compared again.) Raises ``StoreUnavailable``.
        """
        stored = await self._stored()
        moved: list[TopicPartition] = []
        for place, held in self._held.items():
            now = stored.get(place)
            if now is not None and now != held.next and now in held.tried:
                held.next = now
            elif now != held.next:
                moved.append(place)
        self.drop(moved)
        self._doubt = False
        return moved

    async def _stored(self) -> dict[TopicPartition, int]:
        table = POSITIONS.c
        query = select(table.topic, table.partition, table.next).where(
            table.consumer_group == self._group
        )
        async with self._store.reading() as snapshot:
            rows = await snapshot.across_tenants().all(query)
        return {TopicPartition(row.topic, row.partition): row.next for row in rows}
