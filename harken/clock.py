"""The `Clock` port: where instants come from."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from harken.domain.time import NO_TIME, Duration, Instant

_SLOWER = 10


class Clock(Protocol):
    """``now`` never goes back within one process. ``sleep`` waits at least the duration."""

    def now(self) -> Instant: ...

    async def sleep(self, duration: Duration) -> None: ...


class SystemClock:
    """Wall time that never goes back, nor before what `not_before` was told.

    Where the system's clock is behind the last instant (it was set back, maybe while nothing ran),
    time goes on from that instant, a tenth slower than it passes, until the two meet: timers and
    leases still end. ``wall`` and ``monotonic`` give nanoseconds.
    """

    def __init__(
        self,
        wall: Callable[[], int] = time.time_ns,
        monotonic: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._latest = 0
        self._looked = monotonic()

    def now(self) -> Instant:
        looked = self._monotonic()
        passed = max(looked - self._looked, 0)
        # While the two agree, the wall is ahead of this.
        least = self._latest + passed - passed // _SLOWER
        self._latest, self._looked = max(self._wall(), least), looked
        return Instant(self._latest // 1_000)

    def not_before(self, instant: Instant) -> Duration:
        """Every later `now` is after it. Returns by how much the system's clock is behind it, or
        `NO_TIME`."""
        behind = instant * 1_000 - self._wall()
        if behind <= 0:
            return NO_TIME
        self._latest = max(self._latest, (instant + 1) * 1_000)
        return Duration(behind // 1_000)

    async def sleep(self, duration: Duration) -> None:
        await asyncio.sleep(max(duration, 0) / 1_000_000)
