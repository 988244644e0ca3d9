"""A decider's seat for one tenant: the lease, the state in memory, one batch after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, select

from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.store.changes import Fence
from harken.store.port import Rows, Store
from harken.store.schema.router import COMMANDS
from harken.telemetry import metrics
from services.router.command_log import PENDING, read_command
from services.router.domain.apply import apply
from services.router.domain.commands import Appended
from services.router.domain.needs import needs
from services.router.domain.outcome import FAILED, Outcome, Result
from services.router.domain.state import TenantState
from services.router.domain.timer import Timer
from services.router.history import applied, fired, firing
from services.router.loading import SERVICE, Past, load_state
from services.router.writing import Writing

MOST_COMMANDS = 256
AT_ONCE = 16
"""Commands applied without letting others on the loop go on: some milliseconds."""
MOST_TIMERS = 256


class Poisoned(Exception):
    """Applying this command failed; the state in memory may be half changed."""

    def __init__(self, origin: str, kind: str) -> None:
        super().__init__(f"{kind} {origin}")
        self.origin = origin
        self.kind = kind


@dataclass(slots=True)
class _Loaded:
    state: TenantState
    past: Past
    applied_seq: int


class Seat:
    """Held under one epoch of the tenant's lease. Once `work` raised, it must be given up."""

    def __init__(self, tenant: TenantId, store: Store, epoch: int, poison: set[str]) -> None:
        self.tenant = tenant
        self.epoch = epoch
        self._store = store
        self._poison = poison
        self._loaded: _Loaded | None = None

    async def work(self) -> int:
        """Applies the next commands, then the timers that are due; stores all of it as one.

        Returns how many there were. Raises `ChangeRefused`, `StoreUnavailable` and `Poisoned`.
        """
        async with self._store.reading() as snapshot:
            rows, now = snapshot.for_tenant(self.tenant), snapshot.now
            loaded = self._loaded or await self._load(rows)
            pending = await rows.all(_pending())
            commands = [self._read(row) for row in pending]
            if not commands and not _due(loaded.state, now):
                return 0
            asked = needs(appended.command for appended in commands if appended)
            tagged = await loaded.past.load(asked, rows, now)
        writing = Writing(self.tenant, tagged)
        writing.change.fence = Fence(lease_name(self.tenant), self.epoch)
        await self._apply(loaded, writing, pending, commands, now)
        count = len(commands) + self._fire(loaded, writing, now)
        await self._store.submit(writing.finish())
        loaded.past.forget()
        return count

    async def _load(self, rows: Rows) -> _Loaded:
        state = await load_state(self.tenant, rows)
        latest = await rows.first(_last_applied())
        seq = 0 if latest is None else latest.applied_seq
        self._loaded = _Loaded(state, Past(state), seq)
        return self._loaded

    async def _apply(
        self,
        loaded: _Loaded,
        writing: Writing,
        pending: Sequence[Row[Any]],
        commands: Sequence[Appended | None],
        now: Instant,
    ) -> None:
        for n, (row, appended) in enumerate(zip(pending, commands, strict=True)):
            if n % AT_ONCE == AT_ONCE - 1:
                # Others on this loop want to go on, too; nobody else touches the state.
                await asyncio.sleep(0)
            if appended is None:
                outcome = Outcome(Result(FAILED, "command-failed", "This could not be applied."))
            else:
                outcome = self._apply_one(loaded.state, appended, row.kind, now)
            loaded.applied_seq += 1
            writing.change.add(applied(row, loaded.applied_seq, now, outcome.result))
            writing.add(outcome, row.trace)
            metrics.COMMANDS.labels(row.kind, outcome.result.status).inc()
            age = max(now - row.appended_at, 0) / 1_000_000
            metrics.COMMAND_AGE.labels(row.priority).observe(age)

    def _read(self, row: Row[Any]) -> Appended | None:
        """None for a command that failed before: it is not tried again."""
        if row.origin in self._poison:
            return None
        try:
            return read_command(row)
        except Exception as error:
            raise Poisoned(row.origin, row.kind) from error

    def _fire(self, loaded: _Loaded, writing: Writing, now: Instant) -> int:
        """After the commands: what people did in time counts, however busy we were."""
        for count in range(MOST_TIMERS):
            timer = _due(loaded.state, now)
            if timer is None:
                return count
            loaded.applied_seq += 1
            appended = firing(self.tenant, timer, loaded.applied_seq, now)
            outcome = self._apply_one(loaded.state, appended, timer.key.kind.value, now)
            entry = fired(self.tenant, appended, loaded.applied_seq, now, outcome.result)
            writing.change.add(entry)
            writing.add(outcome, "")
            metrics.TIMERS_FIRED.labels(SERVICE, timer.key.kind.value).inc()
            metrics.TIMER_LATENESS.labels(SERVICE).observe((now - timer.due) / 1_000_000)
        return MOST_TIMERS

    def _apply_one(
        self, state: TenantState, appended: Appended, kind: str, now: Instant
    ) -> Outcome:
        try:
            return apply(state, appended, now)
        except Exception as error:
            raise Poisoned(appended.origin, kind) from error


def lease_name(tenant: TenantId) -> str:
    return f"{SERVICE}/{tenant}"


@cache
def _pending() -> Any:
    table = COMMANDS.c
    return select(COMMANDS).where(PENDING).order_by(table.priority, table.seq).limit(MOST_COMMANDS)


@cache
def _last_applied() -> Any:
    """Not max(): over a tenant's view PostgreSQL would look at all of them for it."""
    seq = COMMANDS.c.applied_seq
    return select(seq).where(seq.is_not(None)).order_by(seq.desc()).limit(1)


def _due(state: TenantState, now: Instant) -> Timer | None:
    timer = state.next_timer()
    return timer if timer is not None and timer.due <= now else None
