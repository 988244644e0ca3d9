"""The `Clock` port: where instants come from."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from harken.domain.time import Duration, Instant


class Clock(Protocol):
    """``now`` never goes back within one process. ``sleep`` waits at least the duration."""

    def now(self) -> Instant: ...

    async def sleep(self, duration: Duration) -> None: ...


class SystemClock:
    """Wall time, held monotonic: a step back of the system's clock repeats the last instant."""

    def __init__(self) -> None:
        self._latest = 0

    def now(self) -> Instant:
        self._latest = max(self._latest, time.time_ns() // 1_000)
        return Instant(self._latest)

    async def sleep(self, duration: Duration) -> None:
        await asyncio.sleep(max(duration, 0) / 1_000_000)
