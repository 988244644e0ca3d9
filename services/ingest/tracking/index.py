"""Which of many trackers match a mention."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from harken.domain.mention import Mention
from services.ingest.domain.tracking import Expression, QueryError, parse
from services.ingest.domain.tracking.expression import Filter, Mark
from services.ingest.tracking.atoms import (
    AskedWord,
    MarkAtoms,
    WordAtoms,
    asked_word,
)
from services.ingest.tracking.candidates import Candidates
from services.ingest.tracking.conditions import Leaf, leaves
from services.ingest.tracking.fact_atoms import FactAtoms
from services.ingest.tracking.pieces import Pieces
from services.ingest.tracking.reading import Reading
from services.ingest.tracking.words import Lexicon, languages_of

_LEXICON = Lexicon()


def check_query(query: str) -> None:
    """Raises `QueryError`."""
    parse(query, _LEXICON)


class TrackerIndex:
    """Of queries by tracker id. Never changes: other trackers make another index.

    Raises `QueryError` with the tracker's id.
    """

    def __init__(self, queries: Mapping[str, str]) -> None:
        self._trackers = sorted(queries)
        self._words = WordAtoms()
        self._marks = MarkAtoms()
        self._facts = FactAtoms()
        self._numbers: dict[AskedWord | Mark | Filter, int] = {}
        expressions = [_parse(tracker, queries[tracker]) for tracker in self._trackers]
        asked = dict.fromkeys(leaf for each in expressions for leaf in leaves(each))
        self._candidates = Candidates(expressions, {leaf: self._number(leaf) for leaf in asked})
        self._pieces: dict[tuple[str, ...], Pieces] = {}

    def match(self, mention: Mention) -> tuple[str, ...]:
        """The ids of the trackers that match, sorted."""
        if not self._trackers:
            return ()
        found = sorted(self._candidates.matching(self._read(mention)))
        return tuple([self._trackers[number] for number in found])

    def _read(self, mention: Mention) -> Reading:
        languages = languages_of(mention)
        known = self._pieces.get(languages)
        if known is None:
            known = Pieces(self._words, self._marks, self._facts, languages)
            self._pieces[languages] = known
        pieces = list(map(known.__getitem__, mention.text.split()))
        atoms = set().union(*[piece.atoms for piece in pieces], self._facts.of(mention))
        return Reading(atoms, pieces)

    def _number(self, leaf: Leaf) -> int:
        asked = asked_word(*leaf) if isinstance(leaf, tuple) else leaf
        if (known := self._numbers.get(asked)) is not None:
            return known
        atom = self._numbers[asked] = len(self._numbers)
        match asked:
            case Mark():
                self._marks.add(asked, atom)
            case Filter():
                self._facts.add(asked, atom)
            case _:
                self._words.add(asked, atom)
        return atom


async def build_index(queries: Mapping[str, str]) -> TrackerIndex:
    """In a thread: ten thousand queries take more than a second. Raises `QueryError`."""
    return await asyncio.to_thread(TrackerIndex, queries)


def _parse(tracker: str, query: str) -> Expression:
    try:
        return parse(query, _LEXICON)
    except QueryError as error:
        raise QueryError(error.problem, error.position, error.length, tracker) from error
