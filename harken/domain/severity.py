"""Severity: 0 to 100 and a class, with the reasons that made it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SeverityClass(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Reason:
    """One factor: its value in [0, 1], its weight, and the points that it contributed.

    A floor is a reason too: its ``contribution`` is what it lifted the score by.
    """

    factor: str
    value: float
    weight: float
    contribution: float
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Severity:
    score: int
    severity_class: SeverityClass
    reasons: tuple[Reason, ...] = ()
    overridden_by: str = ""


UNJUDGED = Severity(0, SeverityClass.LOW)
"""Of retractions, and of posts of our own."""
