"""Which of many trackers match a mention."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

from harken.domain.mention import Mention
from services.ingest.domain.tracking import Expression, QueryError, parse
from services.ingest.domain.tracking.expression import Filter, Mark
from services.ingest.tracking.atoms import (
    AskedWord,
    MarkAtoms,
    RememberedWords,
    WordAtoms,
    asked_word,
)
from services.ingest.tracking.candidates import Candidate, candidates
from services.ingest.tracking.conditions import Leaf, leaves
from services.ingest.tracking.fact_atoms import FactAtoms
from services.ingest.tracking.reading import Reading
from services.ingest.tracking.text import read_text
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
        self._candidates = candidates(expressions, {leaf: self._number(leaf) for leaf in asked})
        self._remembered: dict[tuple[str, ...], RememberedWords] = {}

    def match(self, mention: Mention) -> tuple[str, ...]:
        """The ids of the trackers that match, sorted."""
        if not self._trackers:
            return ()
        reading = self._read(mention)
        found = {
            number
            for number, condition in self._worth_a_look(reading.atoms)
            if condition is None or condition(reading)
        }
        return tuple([self._trackers[number] for number in sorted(found)])

    def _worth_a_look(self, atoms: set[int]) -> Iterator[Candidate]:
        for atom in self._candidates.keys() & atoms:
            at_once, second = self._candidates[atom]
            yield from at_once
            for other in second.keys() & atoms:
                yield from second[other]

    def _read(self, mention: Mention) -> Reading:
        text = read_text(mention.text)
        languages = languages_of(mention)
        remembered = self._remembered.get(languages)
        if remembered is None:
            remembered = self._remembered[languages] = RememberedWords(self._words, languages)
        at = list(map(remembered.__getitem__, text.words))
        marks = [(atom, span) for mark, span in text.marks for atom in self._marks.of(mark)]
        atoms = set().union(*at, (atom for atom, _ in marks), self._facts.of(mention))
        return Reading(atoms, at, marks)

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
