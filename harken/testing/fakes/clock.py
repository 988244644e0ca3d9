"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count

from harken.domain.time import Duration, Instant, after

START = Instant(1_772_000_000_000_000)
"""Some day in February 2026."""


class FakeClock:
    """`advance` moves it and wakes the sleepers whose time has come, the earliest first."""

    def __init__(self, start: Instant = START) -> None:
        self._now = start
        self._order = count()
        self._sleepers: list[tuple[Instant, int, asyncio.Future[None]]] = []

    def now(self) -> Instant:
        return self._now

    async def sleep(self, duration: Duration) -> None:
        if duration <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = after(self._now, duration)
        heapq.heappush(self._sleepers, (due, next(self._order), woken))
        await woken

    @property
    def sleeping(self) -> int:
        """How many sleep now."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    def advance(self, duration: Duration) -> None:
        """Raises ``ValueError`` for a negative duration: a clock never goes back."""
        if duration < 0:
            raise ValueError("a clock never goes back")
        self._now = after(self._now, duration)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
