"""The demo's time: the script's seconds, at a chosen speed."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pace:
    """``speed`` is how many of the script's seconds pass in a real one."""

    speed: float = 1.0
    began: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Real seconds since it began."""
        return time.monotonic() - self.began

    def real(self, seconds: float) -> float:
        return seconds / self.speed

    async def pass_(self, seconds: float) -> None:
        """As people take their time: to read, to think, to write."""
        await asyncio.sleep(self.real(seconds))

    async def until(self, moment: float) -> None:
        """Until so many of the script's seconds have passed since the beginning."""
        await asyncio.sleep(max(0.0, self.real(moment) - self.elapsed))
