"""Timers: what a case, an offer or an agent waits for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from harken.domain.time import Instant


class TimerKind(StrEnum):
    CLOCK = "clock"
    """The next warning of one of a case's promises."""
    LEASE = "lease"
    """An assignment without activity."""
    SNOOZE = "snooze"
    RETRY = "retry"
    """Somebody who declined may be asked again."""
    OFFER = "offer"
    SILENCE = "silence"
    """An agent without a sign of life."""


class TimerKey(NamedTuple):
    aggregate: str
    kind: TimerKind


@dataclass(frozen=True, slots=True)
class Timer:
    """One per key. One of an older ``generation`` fires into nothing."""

    key: TimerKey
    generation: int
    due: Instant
