"""One mention as an index reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from services.ingest.domain.tracking.heard import Span
from services.ingest.tracking.pieces import Piece


class Places(NamedTuple):
    """Where something begins and ends, a bit for each word of the text: what looks through lists
    of places one by one takes seconds for texts that repeat themselves."""

    begins: int = 0
    ends: int = 0


class Reading:
    """``atoms`` are all that the mention has; where they are in its text is looked for only where
    somebody asks."""

    def __init__(self, atoms: set[int], pieces: Sequence[Piece]) -> None:
        self.atoms = atoms
        self._pieces = pieces
        self._bits: dict[int, int] = {}

    def phrase(self, atoms: Sequence[int]) -> Places:
        """Where words with these atoms stand side by side in this order."""
        begins = self._words(atoms[0])
        for place, atom in enumerate(atoms[1:], start=1):
            begins &= self._words(atom) >> place
        return Places(begins, begins << len(atoms))

    def mark(self, atom: int) -> Places:
        spans = self._marks.get(atom, ())
        return Places(_bits(start for start, _ in spans), _bits(end for _, end in spans))

    def _words(self, atom: int) -> int:
        bits = self._bits.get(atom)
        if bits is None:
            bits = self._bits[atom] = _bits(self._places.get(atom, ()))
        return bits

    @cached_property
    def _places(self) -> dict[int, list[int]]:
        places: defaultdict[int, list[int]] = defaultdict(list)
        place = 0
        for piece in self._pieces:
            if piece.atoms:
                for within, atoms in enumerate(piece.words):
                    for atom in atoms:
                        places[atom].append(place + within)
            place += len(piece.words)
        return places

    @cached_property
    def _marks(self) -> dict[int, list[Span]]:
        marks: defaultdict[int, list[Span]] = defaultdict(list)
        place = 0
        for piece in self._pieces:
            for atom, (start, end) in piece.marks:
                marks[atom].append((place + start, place + end))
            place += len(piece.words)
        return marks


def any_place(of: Iterable[Places]) -> Places:
    begins = ends = 0
    for each in of:
        begins |= each.begins
        ends |= each.ends
    return Places(begins, ends)


def are_near(one: Places, other: Places, distance: int) -> bool:
    """Does one end at most ``distance`` words before the other begins, or the other way round?"""
    return bool(
        _spread(one.ends, distance) & other.begins or _spread(other.ends, distance) & one.begins
    )


def _spread(bits: int, distance: int) -> int:
    """Each bit and the ``distance`` bits above it."""
    reached = 0
    while reached < distance:
        step = min(reached + 1, distance - reached)
        bits |= bits << step
        reached += step
    return bits


def _bits(places: Iterable[int]) -> int:
    """In linear time: each ``|=`` on the number itself would copy all of it."""
    found = bytearray()
    for place in places:
        byte = place >> 3
        if byte >= len(found):
            found.extend(bytes(byte + 1 - len(found)))
        found[byte] |= 1 << (place & 7)
    return int.from_bytes(found, "little")
