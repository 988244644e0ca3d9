"""What became of the rows: each is accepted, a duplicate or refused, or got no answer."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from cli.replay.problems import Refusal

SHOWN_LINES = 8
MOST_REASONS = 50
OTHERS = "other reasons"


@dataclass(slots=True)
class Refused:
    """Of one reason: how many, and where the first of them are."""

    count: int = 0
    lines: list[int] = field(default_factory=list)
    example: str = ""


class Tally:
    """Counted from several threads. After a run that went through, ``unanswered`` is 0 and the
    three others make ``read``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.read = 0
        self.accepted = 0
        self.duplicates = 0
        self.repeated = 0
        """Of the duplicates: rows that repeat another one of this file."""
        self.sent_twice = 0
        """Of the accepted: those that Harken knew when they were sent again for a lost answer."""
        self.unanswered = 0
        self.reasons: dict[str, Refused] = {}

    @property
    def refused(self) -> int:
        return sum(one.count for one in self.reasons.values())

    def read_one(self) -> None:
        self.read += 1

    def repeat(self) -> None:
        with self._lock:
            self.duplicates += 1
            self.repeated += 1

    def answer(self, accepted: int, duplicates: int, *, ours: int = 0) -> None:
        """``ours`` of the duplicates this run has brought itself."""
        with self._lock:
            self.accepted += accepted + ours
            self.duplicates += duplicates - ours
            self.sent_twice += ours

    def give_up(self, rows: int) -> None:
        with self._lock:
            self.unanswered += rows

    def refuse(self, line: int, refusal: Refusal) -> None:
        with self._lock:
            known = refusal.reason in self.reasons or len(self.reasons) < MOST_REASONS
            found = self.reasons.setdefault(refusal.reason if known else OTHERS, Refused())
            found.count += 1
            if len(found.lines) < SHOWN_LINES:
                found.lines.append(line)
                found.example = found.example or refusal.detail
