"""The atoms of an index: each distinct word, mark or fact that its queries ask for, numbered.

A mention is read once, into the atoms that it has. A word of its text finds its atoms by its
folded form, its stems and its beginnings in dictionaries, so that what it costs does not grow
with the queries.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.ingest.domain.tracking.expression import Form, Mark, Word
from services.ingest.tracking.words import read, read_in

AtomSet = frozenset[int]
_NONE: AtomSet = frozenset()


class AskedWord(NamedTuple):
    """Words of queries that are equal in this are the same atom."""

    text: str
    stems: frozenset[str] = frozenset()
    written: bool = False
    """The text is compared in its very letters, not folded."""
    prefix: bool = False


def asked_word(word: Word, form: Form) -> AskedWord:
    token = read(word.written)
    written = form is Form.WRITTEN
    return AskedWord(
        token.written if written else token.folded,
        token.stems if form is Form.ANY and not word.prefix else frozenset(),
        written,
        word.prefix,
    )


class Beginnings:
    """Atoms by what a string begins with."""

    def __init__(self) -> None:
        self._atoms: dict[str, int] = {}
        self._lengths: list[int] = []

    def add(self, beginning: str, atom: int) -> None:
        self._atoms[beginning] = atom
        if len(beginning) not in self._lengths:
            insort(self._lengths, len(beginning))

    def of(self, text: str) -> Iterator[int]:
        for length in self._lengths:
            if length > len(text):
                return
            if (atom := self._atoms.get(text[:length])) is not None:
                yield atom


class WordAtoms:
    def __init__(self) -> None:
        self._of_stems: defaultdict[str, list[int]] = defaultdict(list)
        self._of_folded: defaultdict[str, list[int]] = defaultdict(list)
        self._of_written: dict[str, int] = {}
        self._folded_beginnings = Beginnings()
        self._written_beginnings = Beginnings()

    def add(self, asked: AskedWord, atom: int) -> None:
        if asked.prefix:
            beginnings = self._written_beginnings if asked.written else self._folded_beginnings
            beginnings.add(asked.text, atom)
        elif asked.written:
            self._of_written[asked.text] = atom
        else:
            self._of_folded[asked.text].append(atom)
        for stem in asked.stems:
            self._of_stems[stem].append(atom)

    def of(self, written: str, languages: tuple[str, ...]) -> AtomSet:
        said = read_in(written, languages)
        found = set(self._of_folded.get(said.folded, ()))
        if (atom := self._of_written.get(said.written)) is not None:
            found.add(atom)
        for stem in said.stems:
            found.update(self._of_stems.get(stem, ()))
        found.update(self._folded_beginnings.of(said.folded))
        found.update(self._written_beginnings.of(said.written))
        return frozenset(found) if found else _NONE


class MarkAtoms:
    def __init__(self) -> None:
        self._whole: dict[str, int] = {}
        self._beginnings = Beginnings()

    def add(self, mark: Mark, atom: int) -> None:
        if mark.prefix:
            self._beginnings.add(mark.mark, atom)
        else:
            self._whole[mark.mark] = atom

    def of(self, mark: str) -> Iterable[int]:
        if (atom := self._whole.get(mark)) is not None:
            yield atom
        yield from self._beginnings.of(mark)
