"""When a row is due, in seconds since the replay began."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.time import Instant


@dataclass(slots=True)
class Pace:
    """``speed`` times as fast as recorded, or ``rate`` rows a second, or (both 0) at once.

    A row that is older than the one before it is due at once.
    """

    speed: float = 0.0
    rate: float = 0.0
    _first: Instant | None = None
    _rows: int = 0

    def due(self, at: Instant) -> float:
        if self._first is None:
            self._first = at
        self._rows += 1
        if self.speed:
            return max(0.0, (at - self._first) / 1_000_000 / self.speed)
        return (self._rows - 1) / self.rate if self.rate else 0.0
