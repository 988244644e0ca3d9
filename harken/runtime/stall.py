"""Whether a consumer gets what waits for it."""

from __future__ import annotations

from collections.abc import Callable


class Stalled(Exception):
    """Clients do not always come back by themselves: a process that starts anew connects anew."""


class Watch:
    """``now`` gives seconds that never go back, ``limit`` is in seconds."""

    def __init__(self, limit: float, now: Callable[[], float]) -> None:
        self._limit = limit
        self._now = now
        self._well_at = now()

    def well(self) -> None:
        """Records came, or none wait."""
        self._well_at = self._now()

    def check(self, otherwise: str) -> None:
        """Raises `Stalled` where all was well too long ago."""
        if self._now() - self._well_at > self._limit:
            raise Stalled(f"for {self._limit:g} s: {otherwise}")
