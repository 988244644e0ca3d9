"""Finds lexicon entries in a text: whole words or word beginnings, one after the other.

The lexicons of all languages are tried on every text: a short message is often mixed, and its
language is often guessed wrongly, while risk words of one language rarely exist in another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from harken.domain.risk.topics import RiskTopic
from harken.domain.risk.words import LEXICONS

LONGEST_TEXT = 20_000
"""Characters that are looked at; a risk is told at the beginning of what people write."""

_WORD = re.compile(r"\w+")
# Letters that do not decompose into a base letter and a mark.
_PLAIN = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ı": "i", "’": "'"})
_INDEX_LETTERS = 3


@dataclass(frozen=True, slots=True)
class RiskFound:
    """A topic and the lexicon's entry that matched (never the customer's own words)."""

    topic: RiskTopic
    entry: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A word, or the beginning of one."""

    letters: str
    beginning: bool

    def fits(self, word: str) -> bool:
        return word.startswith(self.letters) if self.beginning else word == self.letters


@dataclass(frozen=True, slots=True)
class _Entry:
    found: RiskFound
    parts: tuple[_Part, ...]

    def fits(self, words: list[str], start: int) -> bool:
        if start + len(self.parts) > len(words):
            return False
        return all(part.fits(words[start + n]) for n, part in enumerate(self.parts))


def fold(text: str) -> str:
    """Case and diacritics away, so that hurried typing still matches."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def find_risks(text: str) -> tuple[RiskFound, ...]:
    """Every topic found with its first matching entry, in the order of the topics."""
    words = _WORD.findall(fold(text[:LONGEST_TEXT]))
    index = _index()
    found: dict[RiskTopic, RiskFound] = {}
    for start, word in enumerate(words):
        for entry in index.get(word[:_INDEX_LETTERS], ()):
            if entry.found.topic not in found and entry.fits(words, start):
                found[entry.found.topic] = entry.found
    return tuple(found[topic] for topic in RiskTopic if topic in found)


@cache
def _index() -> Mapping[str, tuple[_Entry, ...]]:
    by_letters: dict[str, list[_Entry]] = {}
    for entry in _entries():
        first = entry.parts[0].letters
        if entry.parts[0].beginning and len(first) < _INDEX_LETTERS:
            raise ValueError(f"too short a word beginning: {entry.found.entry}")
        by_letters.setdefault(first[:_INDEX_LETTERS], []).append(entry)
    return {letters: tuple(entries) for letters, entries in by_letters.items()}


def _entries() -> Iterable[_Entry]:
    for lexicon in LEXICONS.values():
        for topic, phrases in lexicon.items():
            for phrase in phrases:
                parts = tuple(_part(word) for word in phrase.split())
                yield _Entry(RiskFound(RiskTopic(topic), phrase), parts)


def _part(word: str) -> _Part:
    return _Part(fold(word.removesuffix("*")), word.endswith("*"))
