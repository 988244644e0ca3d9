"""Removes what has aged out of the embedded edition's file, a round at a time."""

from __future__ import annotations

from cli.embedded import Embedded
from harken.log.port import LogUnavailable
from harken.runtime.pulse import Pulse
from harken.search.port import IndexUnavailable
from harken.store.changes import StoreUnavailable
from harken.telemetry.logs import Log

_log = Log(__name__)


class Housekeeping:
    """A worker. What fails now is tried again in the next round: nothing here is urgent."""

    name = "housekeeping"

    def __init__(self, embedded: Embedded) -> None:
        self._embedded = embedded
        self._interval = embedded.kit.settings.retention_interval

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
            await self._embedded.store.maintain(now)
            await self._embedded.log.trim(now)
            await self._embedded.index.purge()
        except (StoreUnavailable, LogUnavailable, IndexUnavailable) as away:
            _log.warning("housekeeping failed", why=str(away))
