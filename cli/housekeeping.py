"""Removes what has aged out of the embedded edition's file, a round at a time."""

from __future__ import annotations

from cli.embedded import Embedded
from harken.domain.time import days
from harken.log.port import LogUnavailable
from harken.runtime.pulse import Pulse
from harken.search.port import IndexUnavailable
from harken.store.changes import StoreUnavailable
from harken.store.retention import Kept
from harken.telemetry.logs import Log

_log = Log(__name__)


class Housekeeping:
    """A worker. What fails now is tried again in the next round: nothing here is urgent."""

    name = "housekeeping"

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded
        settings = embedded.kit.settings
        self._interval = settings.retention_interval
        self._kept = Kept(
            events=days(settings.events_kept),
            commands=days(settings.commands_kept),
            decisions=days(settings.decisions_kept),
            rates=days(settings.rates_kept),
            seen=days(settings.seen_kept),
            dead_letters=days(settings.dead_letters_kept),
        )

    async def run(self, pulse: Pulse) -> None:
        # The first round waits: a start should be quick. The beats keep liveness honest.
        waited = 0.0
        while await pulse.sleep(1.0):
            waited += 1.0
            if waited >= self._interval:
                waited = 0.0
                await self._round()

    async def _round(self) -> None:
        now = self._embedded.kit.clock.now()
        try:
            await self._embedded.store.maintain(now, self._kept)
            await self._embedded.log.trim(now)
            await self._embedded.index.purge()
        except (StoreUnavailable, LogUnavailable, IndexUnavailable) as away:
            _log.warning("housekeeping failed", why=str(away))
