"""A loop that fires a service's timers when they are due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from harken.domain.time import Instant
from harken.runtime.flow import Transient
from harken.runtime.pulse import Pulse
from harken.runtime.retry import Backoff
from harken.runtime.service import Kit
from harken.runtime.timers import Timer, due_timers, fired, next_due
from harken.store.changes import ChangeRefused, ChangeSet, StoreUnavailable
from harken.store.port import Store
from harken.telemetry import metrics
from harken.telemetry.errors import describe
from harken.telemetry.fields import Fields
from harken.telemetry.logs import Log

_log = Log(__name__)

AT_ONCE = 200
LOOK_SECONDS = 1.0
LEAST_PAUSE = 0.02

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
        self._aside: dict[Timer, tuple[int, float]] = {}

    @classmethod
    def of(cls, service: str, handler: Handler, kit: Kit) -> TimerWorker:
        return cls(service, handler, kit.store, Backoff.of(kit.settings))

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
        """Fires what is due. Returns for how many seconds there is nothing to do."""
        async with self._store.reading() as snapshot:
            rows, now = snapshot.across_tenants(), snapshot.now
            due = await due_timers(rows, self._service, now, AT_ONCE + len(self._aside))
            upcoming = None if due else await next_due(rows, self._service)
        self._aside = {timer: self._aside[timer] for timer in due if timer in self._aside}
        ready = [timer for timer in due if self._ready_in(timer, pulse) <= 0]
        for timer in ready:
            if not pulse.stopping.is_set():
                await self._fire(timer, now, pulse)
        if ready:
            return 0.0
        pauses = [self._ready_in(timer, pulse) for timer in due]
        if upcoming is not None:
            pauses.append((upcoming - now) / 1_000_000)
        return max(LEAST_PAUSE, min([LOOK_SECONDS, *pauses]))

    def _ready_in(self, timer: Timer, pulse: Pulse) -> float:
        _, at = self._aside.get(timer, (0, 0.0))
        return at - pulse.now()

    async def _fire(self, timer: Timer, now: Instant, pulse: Pulse) -> None:
        try:
            change = await self._handler(timer, now)
            await self._store.submit(replace(change, writes=[fired(timer), *change.writes]))
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one timer must not stop all others
            self._put_aside(timer, error, pulse)
        else:
            self._aside.pop(timer, None)
            metrics.TIMERS_FIRED.labels(self._service, timer.kind).inc()
            metrics.TIMER_LATENESS.labels(self._service).observe((now - timer.due) / 1_000_000)
        pulse.beat()

    def _put_aside(self, timer: Timer, error: Exception, pulse: Pulse) -> None:
        """A change set that was refused (somebody was faster) is ordinary, all else is loud."""
        attempt = self._aside.get(timer, (0, 0.0))[0] + 1
        pause = self._backoff.pause(
            attempt, error.retry_after if isinstance(error, Transient) else 0.0
        )
        self._aside[timer] = (attempt, pulse.now() + pause)
        fields: Fields = {
            "service": self._service,
            "tenant": timer.tenant,
            "aggregate": timer.aggregate,
            "kind": timer.kind,
            "attempt": attempt,
            "retry_after": round(pause, 3),
        }
        if isinstance(error, ChangeRefused | Transient):
            fields["error"] = describe(error)
            _log.info("timer waits", **fields)
        else:
            _log.error("timer failed", error, **fields)
