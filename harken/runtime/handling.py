"""One try of a batch: decide, publish, submit; effects, dead letters and positions as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import TypeVar

from harken.domain.time import Duration, Instant
from harken.events.codec import DeadLetter
from harken.events.topics import Topic
from harken.log.port import EventLog, NewRecord
from harken.runtime.batch import Batch, Item
from harken.runtime.dead_letters import announcement, bury, recent, row
from harken.runtime.positions import Positions
from harken.runtime.stage import Decided, Stage
from harken.runtime.verdict import TooManyDeadLetters, UnburiableRecord
from harken.store.changes import ChangeSet, Outgoing, StoreUnavailable
from harken.store.port import Store
from harken.telemetry import tracing

Sent = TypeVar("Sent", NewRecord, Outgoing)


class Handling:
    """``limit``: dead letters that the group may bury within ``window``."""

    def __init__(
        self,
        stage: Stage,
        log: EventLog,
        store: Store,
        positions: Positions,
        limit: int,
        window: Duration,
    ) -> None:
        self._stage = stage
        self._log = log
        self._store = store
        self._positions = positions
        self._limit = limit
        self._window = window
        self._topics: Mapping[str, Topic] = {topic.name: topic for topic in stage.topics}

    async def apply(self, batch: Batch) -> None:
        """Returns when all of it is durable; raises what `harken.runtime.verdict` judges."""
        letters = await self._letters(batch.condemned())
        decided = await self._decide(batch)
        if decided.publish:
            await self._log.publish(_traced(decided.publish, batch))
        moves = self._positions.moves(item.record for item in batch.items)
        change = ChangeSet(
            positions=[*decided.change.positions, *moves],
            fence=decided.change.fence,
            writes=[*decided.change.writes, *(row(letter) for letter in letters)],
            outbox=[
                *_traced(decided.change.outbox, batch),
                *(announcement(letter) for letter in letters),
            ],
        )
        try:
            await self._store.submit(change)
        except StoreUnavailable:
            self._positions.unsure(moves)
            raise
        self._positions.moved(moves)

    async def _decide(self, batch: Batch) -> Decided:
        if not batch.good:
            return Decided()
        alone = len(batch.good) == 1 and batch.good[0].span.parent
        current = tracing.span(f"{self._stage.group} handle", alone) if alone else nullcontext()
        with current:
            return await self._stage.handle(batch.received())

    async def _letters(self, condemned: Sequence[Item]) -> list[DeadLetter]:
        """Raises `TooManyDeadLetters` where these would pass the limit."""
        if not condemned:
            return []
        for item in condemned:
            if not self._topics[item.record.topic].dead_letters:
                record = item.record
                raise UnburiableRecord(f"{record.topic}[{record.partition}]@{record.offset}")
        count, now = await recent(self._store, self._stage.group, self._window)
        if count + len(condemned) > self._limit:
            span = self._window // 1_000_000
            raise TooManyDeadLetters(f"{count} dead letters within {span} s, {self._limit} allowed")
        return [self._letter(item, now) for item in condemned]

    def _letter(self, item: Item, now: Instant) -> DeadLetter:
        return bury(self._stage.group, item.record, item.condemned, now)


def _traced(sent: Sequence[Sent], batch: Batch) -> Sequence[Sent]:
    """Outputs that carry a record's trace come after this stage's span in it."""
    if not tracing.exporting():
        return sent
    parents = {tracing.traceparent(i.record.headers): i.span.parent for i in batch.good}
    return [
        replace(one, headers=tracing.with_parent(one.headers, parents[parent]))
        if (parent := tracing.traceparent(one.headers)) in parents
        else one
        for one in sent
    ]
