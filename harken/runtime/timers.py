"""Timers: (aggregate, kind, generation, due), fired in the change set that changes the aggregate.

Setting a timer again under the same aggregate and kind replaces it. A handler compares the
generation with the aggregate's own and returns an empty change set for one that is out of date.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from secrets import SystemRandom
from typing import Any

from sqlalchemy import Row, Select, delete, select

from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.runtime.flow import Transient
from harken.runtime.pulse import Pulse
from harken.runtime.retry import Backoff
from harken.runtime.service import Kit
from harken.store.changes import (
    ChangeRefused,
    ChangeSet,
    Put,
    Remove,
    Statement,
    StoreUnavailable,
)
from harken.store.port import Rows, Store
from harken.store.schema.infrastructure import TIMERS
from harken.telemetry import metrics
from harken.telemetry.errors import describe
from harken.telemetry.logs import Log

_log = Log(__name__)

AT_ONCE = 200
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Timer:
    """``body`` is the setter's own, often ""."""

    tenant: TenantId
    service: str
    aggregate: str
    kind: str
    generation: int
    due: Instant
    body: str = ""


def set_timer(timer: Timer) -> Put:
    return Put(
        TIMERS,
        {
            "tenant": timer.tenant,
            "service": timer.service,
            "aggregate": timer.aggregate,
            "kind": timer.kind,
            "generation": timer.generation,
            "due": timer.due,
            "body": timer.body,
        },
    )


def cancel_timer(tenant: TenantId, service: str, aggregate: str, kind: str) -> Remove:
    key = {"tenant": tenant, "service": service, "aggregate": aggregate, "kind": kind}
    return Remove(TIMERS, key)


def fired(timer: Timer) -> Statement:
    """Goes first into the change set that the timer causes.

    That is refused with ``RevisionConflict`` where the timer was set anew, cancelled, or fired
    by another replica in the meantime.
    """
    table = TIMERS.c
    return Statement(
        delete(TIMERS).where(
            table.tenant == timer.tenant,
            table.service == timer.service,
            table.aggregate == timer.aggregate,
            table.kind == timer.kind,
            table.generation == timer.generation,
            table.due == timer.due,
        ),
        rows=1,
    )


async def due_timers(rows: Rows, service: str, now: Instant, limit: int) -> Sequence[Timer]:
    """The earliest first. From a tenant's view they are that tenant's."""
    return [_read(row) for row in await rows.all(_next(service, limit).where(TIMERS.c.due <= now))]


async def next_due(rows: Rows, service: str) -> Instant | None:
    found = await rows.first(_next(service, 1))
    return None if found is None else Instant(found.due)


Handler = Callable[[Timer, Instant], Awaitable[ChangeSet]]
"""Given the timer and the store's now. It raises ``Transient`` to be asked again later."""


class TimerWorker:
    """Hands a service's due timers to its handler, each in a change set of its own.

    A handler that fails is asked again with growing pauses, loudly; the other timers go on.
    """

    def __init__(self, service: str, handler: Handler, store: Store, backoff: Backoff) -> None:
        self.name = f"timers:{service}"
        self._service = service
        self._handler = handler
        self._store = store
        self._backoff = backoff
        self._set_aside: dict[Timer, tuple[int, float]] = {}

    @classmethod
    def of(cls, service: str, handler: Handler, kit: Kit) -> TimerWorker:
        settings = kit.settings
        backoff = Backoff(settings.retry_first, settings.retry_longest, SystemRandom().random)
        return cls(service, handler, kit.store, backoff)

    async def run(self, pulse: Pulse) -> None:
        failed = 0
        while not pulse.stopping.is_set():
            try:
                pause = await self._round(pulse)
            except StoreUnavailable as away:
                failed += 1
                pulse.pause(str(away))
                await pulse.sleep(self._backoff.pause(failed, away.retry_after))
                continue
            failed = 0
            pulse.resume()
            pulse.beat()
            if pause > 0:
                await self._store.wait(pause)

    async def _round(self, pulse: Pulse) -> float:
        """Fires what is due. Returns how many seconds there is nothing to do."""
        async with self._store.reading() as snapshot:
            limit = AT_ONCE + len(self._set_aside)
            due = await due_timers(snapshot.across_tenants(), self._service, snapshot.now, limit)
            upcoming = await next_due(snapshot.across_tenants(), self._service)
            now = snapshot.now
        self._set_aside = {
            timer: self._set_aside[timer] for timer in due if timer in self._set_aside
        }
        ready = [timer for timer in due if self._set_aside.get(timer, (0, 0.0))[1] <= pulse.now()]
        for timer in ready[:AT_ONCE]:
            if pulse.stopping.is_set():
                return 0.0
            await self._fire(timer, now, pulse)
        if ready or upcoming is None:
            return 0.0 if ready else LOOK_SECONDS
        return min(LOOK_SECONDS, max((upcoming - now) / 1_000_000, 0.05))

    async def _fire(self, timer: Timer, now: Instant, pulse: Pulse) -> None:
        try:
            change = await self._handler(timer, now)
            await self._store.submit(replace(change, writes=[fired(timer), *change.writes]))
        except StoreUnavailable:
            raise
        except ChangeRefused as refused:
            # Set anew or fired by another: the next look shows what is true now.
            _log.info("timer refused", kind=timer.kind, error=describe(refused))
        except Exception as error:  # noqa: BLE001 - one timer must not stop all others
            self._put_aside(timer, error, pulse)
        else:
            self._set_aside.pop(timer, None)
            metrics.TIMERS_FIRED.labels(self._service, timer.kind).inc()
            metrics.TIMER_LATENESS.labels(self._service).observe((now - timer.due) / 1_000_000)
        pulse.beat()

    def _put_aside(self, timer: Timer, error: Exception, pulse: Pulse) -> None:
        attempt = self._set_aside.get(timer, (0, 0.0))[0] + 1
        at_least = error.retry_after if isinstance(error, Transient) else 0.0
        pause = self._backoff.pause(attempt, at_least)
        self._set_aside[timer] = (attempt, pulse.now() + pause)
        _log.error(
            "timer failed",
            error,
            service=self._service,
            tenant=timer.tenant,
            aggregate=timer.aggregate,
            kind=timer.kind,
            attempt=attempt,
            retry_after=round(pause, 3),
        )


def _next(service: str, limit: int) -> Select[Any]:
    return select(TIMERS).where(TIMERS.c.service == service).order_by(TIMERS.c.due).limit(limit)


def _read(row: Row[Any]) -> Timer:
    return Timer(
        tenant=TenantId(row.tenant),
        service=row.service,
        aggregate=row.aggregate,
        kind=row.kind,
        generation=row.generation,
        due=Instant(row.due),
        body=row.body,
    )
