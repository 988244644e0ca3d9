"""What was said lately, kept over restarts and told to other replicas. It only advises."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable

import msgspec
from sqlalchemy import delete, select

from harken.clock import Clock
from harken.domain.ids import MentionId, TenantId
from harken.domain.time import Duration, Instant, before, hours, seconds
from harken.runtime.pulse import Pulse
from harken.store.changes import ChangeSet, Insert, Statement, StoreUnavailable
from harken.store.port import Store
from harken.store.schema.ingest import SKETCHES
from services.ingest.copies.sketch import warm_up
from services.ingest.copies.waves import Said, Waves

PER_ROW = 500
"""Sketches of one row: few rows, written seldom, cost next to nothing beside the mentions."""
PER_READ = 100
_PAUSE = 2.0
_LATE = seconds(30)
"""How long after its time another replica's row may be committed."""
_TIDIED = hours(1)

Packed = list[tuple[MentionId, Instant, bytes]]


class LatelySaid:
    """``waves`` is at hand; its worker carries news to the store and others' news into it.

    The rows hold no words, and go when the window has passed.
    """

    name = "ingest.lately_said"

    def __init__(
        self, store: Store, clock: Clock, waves: Waves, window: Duration, new_id: Callable[[], str]
    ) -> None:
        self.waves = waves
        self._store = store
        self._clock = clock
        self._window = window
        self._new_id = new_id
        self._holder = new_id()
        self._unwritten: dict[TenantId, list[Said]] = defaultdict(list)
        self._read_until: Instant | None = None
        self._tidied_at = Instant(0)

    def remember(self, said: Said) -> None:
        self.waves.remember(said)
        self._unwritten[said.tenant].append(said)

    async def run(self, pulse: Pulse) -> None:
        await asyncio.to_thread(warm_up)
        while True:
            await self.read(pulse)
            await self.write()
            await self.tidy()
            if not await pulse.sleep(_PAUSE):
                break
        await self.write()

    async def read(self, pulse: Pulse) -> None:
        """What other processes remember, those before this one included."""
        since = self._read_until or before(self._clock.now(), self._window)
        table = SKETCHES.c
        news = (
            select(table.tenant, table.id, table.at, table.body)
            .where(table.at >= before(since, _LATE), table.holder != self._holder)
            .order_by(table.at, table.id)
            .limit(PER_READ)
        )
        more = news
        while True:
            try:
                async with self._store.reading() as snapshot:
                    rows = await snapshot.across_tenants().all(more)
            except StoreUnavailable:
                return
            for row in rows:
                for mention, last, sketch in msgspec.msgpack.decode(row.body, type=Packed):
                    self.waves.remember(Said(TenantId(row.tenant), mention, last, sketch))
                since = max(since, Instant(row.at))
            pulse.beat()
            self._read_until = since
            if len(rows) < PER_READ:
                return
            at, id_ = rows[-1].at, rows[-1].id
            more = news.where((table.at > at) | ((table.at == at) & (table.id > id_)))

    async def write(self) -> None:
        writes = [
            Insert(SKETCHES, self._row(tenant, said[start : start + PER_ROW]))
            for tenant, said in self._unwritten.items()
            for start in range(0, len(said), PER_ROW)
        ]
        if not writes:
            return
        written, self._unwritten = self._unwritten, defaultdict(list)
        try:
            await self._store.submit(ChangeSet(writes=[*writes]))
        except StoreUnavailable:
            for tenant, said in self._unwritten.items():
                written[tenant] += said
            self._unwritten = written

    async def tidy(self) -> None:
        """Removes what the window has left behind; looks once an hour."""
        now = self._clock.now()
        if now < self._tidied_at + _TIDIED:
            return
        old = delete(SKETCHES).where(SKETCHES.c.at < before(now, self._window))
        try:
            await self._store.submit(ChangeSet(writes=[Statement(old)]))
        except StoreUnavailable:
            return
        self._tidied_at = now

    def _row(self, tenant: TenantId, said: list[Said]) -> dict[str, object]:
        packed: Packed = [(one.mention, one.last, one.sketch) for one in said]
        return {
            "tenant": tenant,
            "id": self._new_id(),
            "holder": self._holder,
            "at": self._clock.now(),
            "body": msgspec.msgpack.encode(packed),
        }
