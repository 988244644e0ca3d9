"""One mention as an index reads it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from services.ingest.domain.tracking.heard import Span
from services.ingest.tracking.atoms import AtomSet


class Reading:
    """``atoms`` are all that the mention has; ``at`` those of each word; ``marks`` the places of
    hashtags and handles by atom."""

    def __init__(
        self, atoms: set[int], at: Sequence[AtomSet], marks: Sequence[tuple[int, Span]]
    ) -> None:
        self.atoms = atoms
        self.at = at
        self._marks = marks

    def phrase(self, atoms: Sequence[int]) -> list[Span]:
        """Where words with these atoms stand side by side in this order."""
        length = len(atoms)
        starts = self._places.get(atoms[0], [])
        if length == 1:
            return [(start, start + 1) for start in starts]
        return [
            (start, start + length)
            for start in starts
            if start + length <= len(self.at)
            and all(atom in self.at[start + n] for n, atom in enumerate(atoms))
        ]

    def mark(self, atom: int) -> list[Span]:
        return [span for each, span in self._marks if each == atom]

    @cached_property
    def _places(self) -> dict[int, list[int]]:
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, atoms in enumerate(self.at):
            for atom in atoms:
                places[atom].append(place)
        return places


def are_near(some: list[Span], others: list[Span], distance: int) -> bool:
    """Is one of some at most ``distance`` words before or after one of the others?"""
    return _before(some, others, distance) or _before(others, some, distance)


def _before(some: list[Span], others: list[Span], distance: int) -> bool:
    starts = sorted(start for start, _ in others)
    for _, end in some:
        following = bisect_left(starts, end)
        if following < len(starts) and starts[following] - end <= distance:
            return True
    return False
