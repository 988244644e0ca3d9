"""Removes what has aged out, a round at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from harken.clock import Clock
from harken.domain.time import Instant, days
from harken.log.port import LogUnavailable
from harken.runtime.pulse import Pulse
from harken.runtime.service import Kit
from harken.runtime.settings import Settings
from harken.search.port import IndexUnavailable
from harken.store.changes import StoreUnavailable
from harken.store.retention import Kept, maintain
from harken.telemetry.logs import Log

_log = Log(__name__)

Step = Callable[[Instant], Awaitable[object]]


class Housekeeping:
    """A worker. What fails now is tried again in the next round: nothing here is urgent.

    Any number may run: the store's part of it holds a lease.
    """

    name = "housekeeping"

    def __init__(self, clock: Clock, interval: float, steps: Sequence[Step]) -> None:
        """``interval`` is in seconds; each step is told when the round began."""
        self._clock = clock
        self._interval = interval
        self._steps = steps

    @classmethod
    def of(cls, kit: Kit, *further: Step) -> Housekeeping:
        """Of the store, then of what the edition keeps besides."""
        kept = kept_by(kit.settings)

        async def store(now: Instant) -> None:
            await maintain(kit.store, now, kept)

        return cls(kit.clock, kit.settings.retention_interval, [store, *further])

    async def run(self, pulse: Pulse) -> None:
        # The first round waits: a start should be quick. The beats keep liveness honest.
        waited = 0.0
        while await pulse.sleep(1.0):
            waited += 1.0
            if waited >= self._interval:
                waited = 0.0
                await self._round()

    async def _round(self) -> None:
        now = self._clock.now()
        try:
            for step in self._steps:
                await step(now)
        except (StoreUnavailable, LogUnavailable, IndexUnavailable) as away:
            _log.warning("housekeeping failed", why=str(away))


def kept_by(settings: Settings) -> Kept:
    return Kept(
        events=days(settings.events_kept),
        commands=days(settings.commands_kept),
        decisions=days(settings.decisions_kept),
        rates=days(settings.rates_kept),
        seen=days(settings.seen_kept),
        dead_letters=days(settings.dead_letters_kept),
    )
