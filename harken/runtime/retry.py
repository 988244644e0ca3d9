"""Pauses before a retry: bounded, exponential, with full jitter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from secrets import SystemRandom

from harken.runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Backoff:
    """``first`` and ``longest`` are upper bounds in seconds; ``random`` draws from [0, 1).

    The bound doubles with every attempt and the pause is drawn evenly below it, so that those
    who failed together do not come back together (full jitter: M. Brooker, "Exponential Backoff
    And Jitter", AWS Architecture Blog, 2015).
    """

    first: float
    longest: float
    random: Callable[[], float]

    @classmethod
    def of(cls, settings: Settings) -> Backoff:
        return cls(settings.retry_first, settings.retry_longest, SystemRandom().random)

    def pause(self, attempt: int, at_least: float = 0.0) -> float:
        """Seconds to wait after the failed ``attempt`` (from 1), ``at_least`` that many."""
        bound = min(self.longest, self.first * 2.0 ** min(attempt - 1, 60))
        return at_least + self.random() * bound
