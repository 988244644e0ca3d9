"""For tests of loops: quick settings, a pulse, and a stage whose every effect can be counted."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from harken.domain.ids import TenantId
from harken.domain.mention import Lane
from harken.events.codec import encode_mention
from harken.events.topics import LANES, MENTIONS_TAGGED, Topic
from harken.log.port import NewRecord, TopicPartition
from harken.runtime.flow import InvalidRecord
from harken.runtime.pulse import Pulse
from harken.runtime.retry import Backoff
from harken.runtime.service import Worker
from harken.runtime.settings import Settings
from harken.runtime.stage import Decided, Received
from harken.store.changes import ChangeSet, Outgoing
from harken.store.port import Store
from harken.store.schema.infrastructure import DEAD_LETTERS, OUTBOX, POSITIONS
from harken.testing.builders import TENANT, mention

TOPIC = LANES[Lane.BULK]
AT_ONCE = Backoff(first=0.0, longest=0.0, random=lambda: 0.0)
"""No pauses but those that an error itself asks for."""


LONGEST_WAIT = 240.0
"""Seconds."""


def quick_settings(**changes: Any) -> Settings:
    """Nobody's environment, and nothing that takes long."""
    quick: dict[str, Any] = {"poll_timeout": 0.01, "retry_first": 0.001, "retry_longest": 0.002}
    return Settings(_env_file=None, **{**quick, **changes})


def new_pulse() -> Pulse:
    return Pulse(asyncio.Event(), time.monotonic)


@asynccontextmanager
async def running(worker: Worker, pulse: Pulse | None = None) -> AsyncIterator[Pulse]:
    """The worker runs within the block, and is stopped gracefully at its end."""
    beat = new_pulse() if pulse is None else pulse
    task = asyncio.create_task(worker.run(beat))
    try:
        yield beat
    finally:
        beat.stopping.set()
        await task


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    """Waits for it. Who waits in vain is let go before the test runner's time limit, so that what
    else runs can say why."""
    async with asyncio.timeout(LONGEST_WAIT):
        while not await happened():  # noqa: ASYNC110 - what happens is in a store
            await asyncio.sleep(0.002)


def mention_record(name: str, text: str = "fine", topic: Topic = TOPIC) -> NewRecord:
    """A readable record whose author is ``name``."""
    message = encode_mention(mention(text, author=name, source_id=name))
    return NewRecord(topic.name, f"{TENANT}|{name}".encode(), message.SerializeToString())


@dataclass(slots=True)
class CountingStage:
    """Emits one event for each record, named by its mention, so that doing it twice shows.

    A text starting with ``poison`` makes it fail until it is ``mended``, ``invalid`` is refused as
    such. ``before`` is awaited at each call; ``batches`` are the texts that were seen.
    """

    group: str = "counting"
    topics: Sequence[Topic] = (TOPIC,)
    batch: int = 16
    before: Callable[[Sequence[Received]], Awaitable[None]] | None = None
    mended: bool = False
    batches: list[list[str]] = field(default_factory=list)

    async def handle(self, batch: Sequence[Received]) -> Decided:
        self.batches.append([received.message.text for received in batch])
        if self.before is not None:
            await self.before(batch)
        change = ChangeSet()
        for received in batch:
            self._check(received)
            change.emit(_counted(received))
        return Decided(change)

    def _check(self, received: Received) -> None:
        if received.message.text.startswith("poison") and not self.mended:
            raise ZeroDivisionError(received.message.text)
        if received.message.text.startswith("invalid"):
            raise InvalidRecord(received.record, "it says so itself")


def _counted(received: Received) -> Outgoing:
    return Outgoing(
        service="counting",
        tenant=TenantId(received.message.tenant),
        topic=MENTIONS_TAGGED.name,
        key=received.record.key,
        aggregate=f"{received.record.partition}@{received.record.offset}",
        revision=1,
        value=received.record.value,
        headers=received.record.headers,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the store says became of records, each named ``partition@offset``."""

    effects: Counter[str]
    dead: Counter[str]
    positions: dict[TopicPartition, int]


async def outcome(store: Store, group: str = "counting") -> Outcome:
    async with store.reading() as snapshot:
        rows = snapshot.across_tenants()
        sent = await rows.all(select(OUTBOX.c.aggregate).where(OUTBOX.c.service == group))
        dead = await rows.all(select(DEAD_LETTERS).where(DEAD_LETTERS.c.consumer_group == group))
        stored = await rows.all(select(POSITIONS).where(POSITIONS.c.consumer_group == group))
    return Outcome(
        Counter(row.aggregate for row in sent),
        Counter(f"{row.partition}@{row.record_offset}" for row in dead),
        {TopicPartition(row.topic, row.partition): row.next for row in stored},
    )
