"""What stands between two blanks of a text: nothing that is looked for reaches over a blank, but
for phrases and nearness. So each piece is read by itself, and most were met before.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from services.ingest.domain.tracking.heard import Span
from services.ingest.tracking.atoms import AtomSet, MarkAtoms, WordAtoms
from services.ingest.tracking.fact_atoms import FactAtoms
from services.ingest.tracking.remembered import Remembered
from services.ingest.tracking.text import read_text

PIECES_REMEMBERED = 16_384
WORDS_REMEMBERED = 32_768
"""Of texts read under the same languages. They take some 100 bytes each."""

_ONE_WORD = re.compile(
    "[\"'(«„“”‘’]*([0-9A-Za-zÀ-ÖØ-öø-ɏЀ-ҁҊ-ԯ]{1,64})[\"'.,:;!?)»“”’…]*",
)
"""Most pieces, told at a glance: one word of plain letters, in quotes or at a sentence's end."""


class Piece(NamedTuple):
    """``atoms`` are all that it has; ``words`` those of each word; ``marks`` the places of hashtags
    and handles among its words."""

    atoms: AtomSet
    words: tuple[AtomSet, ...]
    marks: tuple[tuple[int, Span], ...] = ()


_NOTHING = Piece(frozenset(), (frozenset(),))
"""One word that nobody asks for."""


class Pieces(Remembered[Piece]):
    """Of texts that are read under these languages."""

    def __init__(
        self, words: WordAtoms, marks: MarkAtoms, facts: FactAtoms, languages: tuple[str, ...]
    ) -> None:
        super().__init__(self._read, PIECES_REMEMBERED)
        self._marks = marks
        self._facts = facts
        self._words = Remembered(lambda written: words.of(written, languages), WORDS_REMEMBERED)

    def _read(self, written: str) -> Piece:
        if (one := _ONE_WORD.fullmatch(written)) is not None:
            atoms = self._words[one[1]]
            return Piece(atoms, (atoms,)) if atoms else _NOTHING
        text = read_text(written)
        words = tuple([self._words[word] for word in text.words])
        marks = tuple([(atom, span) for mark, span in text.marks for atom in self._marks.of(mark)])
        named = [atom for atom, _ in marks]
        return Piece(frozenset().union(*words, named, self._facts.of_links(written)), words, marks)
