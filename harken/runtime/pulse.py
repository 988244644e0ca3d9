"""The pulse of one loop: it shows progress, and learns that it should stop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable


class Pulse:
    """Given to each worker. ``monotonic`` returns seconds and never goes back."""

    def __init__(self, stopping: asyncio.Event, monotonic: Callable[[], float]) -> None:
        self.stopping = stopping
        self.paused_because = ""
        self._monotonic = monotonic
        self._last = monotonic()

    def now(self) -> float:
        """Seconds, for measuring time only."""
        return self._monotonic()

    def beat(self) -> None:
        self._last = self._monotonic()

    @property
    def silent_for(self) -> float:
        """Seconds since the last beat: liveness is judged by it."""
        return self._monotonic() - self._last

    def pause(self, why: str) -> None:
        """Alive but not ready, and saying why; `resume` ends it."""
        self.paused_because = why

    def resume(self) -> None:
        self.paused_because = ""

    async def sleep(self, seconds: float) -> bool:
        """Waits, or returns at once when it is time to stop. True while the loop should go on."""
        self.beat()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)
        self.beat()
        return not self.stopping.is_set()
