"""The waiting line: critical work first, all else by its static deadline.

Cases that ask for the same of a person stand in one row. What nobody can take at the head of a
row, nobody can take behind it; so a row is looked at again only after something became free.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from harken.domain.case import Case, SkillLevel
from harken.domain.ids import AgentId, CaseId, QueueId
from harken.domain.severity import SeverityClass
from harken.domain.time import Instant

Rank = tuple[int, Instant, CaseId]
Excluded = tuple[tuple[str, tuple[AgentId, ...]], ...]


def rank(case: Case) -> Rank:
    """The smallest is served first."""
    critical = case.severity.severity_class is SeverityClass.CRITICAL
    return (0 if critical else 1, case.deadline, case.id)


@dataclass(frozen=True, slots=True)
class Demand:
    """What a case asks of a person. ``interrupts``: it may take the place of lesser work."""

    queue: QueueId
    required: tuple[SkillLevel, ...]
    units: int
    excluded: frozenset[AgentId]
    interrupts: bool


@dataclass(slots=True)
class _Row:
    heap: list[Rank] = field(default_factory=list)
    waiting: int = 0
    blocked: Excluded | None = None


class Line:
    def __init__(self) -> None:
        self._rows: dict[Demand, _Row] = {}
        self._places: dict[CaseId, tuple[Demand, Rank]] = {}
        self._stirred = False

    def __contains__(self, case: CaseId) -> bool:
        return case in self._places

    def __len__(self) -> int:
        return len(self._places)

    def put(self, case: Case, demand: Demand) -> None:
        """Adds the case, or moves it to where it now belongs."""
        place = (demand, rank(case))
        if self._places.get(case.id) == place:
            return
        self.remove(case.id)
        row = self._rows.setdefault(demand, _Row())
        heapq.heappush(row.heap, place[1])
        row.waiting += 1
        self._places[case.id] = place
        self._stirred = self._stirred or row.blocked is None

    def remove(self, case: CaseId) -> None:
        place = self._places.pop(case, None)
        if place is None:
            return
        row = self._rows[place[0]]
        row.waiting -= 1
        if row.waiting == 0:
            del self._rows[place[0]]

    def next(self) -> tuple[CaseId, Demand] | None:
        """The first case of all rows that are not blocked."""
        if not self._stirred:
            return None
        best: tuple[Rank, Demand] | None = None
        for demand, row in self._rows.items():
            if row.blocked is None:
                head = self._head(demand, row)
                if best is None or head < best[0]:
                    best = (head, demand)
        if best is None:
            self._stirred = False
            return None
        return best[0][2], best[1]

    def block(self, demand: Demand, excluded: Excluded) -> None:
        """Nobody can take this row's work now; ``excluded`` says why."""
        row = self._rows.get(demand)
        if row is not None:
            row.blocked = excluded

    def blocked(self, demand: Demand) -> Excluded | None:
        row = self._rows.get(demand)
        return None if row is None else row.blocked

    def unblock(self) -> None:
        """Somebody came, or became free."""
        for row in self._rows.values():
            row.blocked = None
        self._stirred = bool(self._rows)

    def _head(self, demand: Demand, row: _Row) -> Rank:
        """Entries of cases that left the row, or moved within it, are dropped on the way."""
        while self._places.get(row.heap[0][2]) != (demand, row.heap[0]):
            heapq.heappop(row.heap)
        return row.heap[0]
