"""Finds lexicon entries in a text: words or word beginnings, one after the other.

The lexicons of all languages are tried on every text: a short message is often mixed, and its
language is often guessed wrongly, while risk words of one language rarely exist in another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from harken.domain.risk.topics import RiskTopic
from harken.domain.risk.words import IDIOMS, LEXICONS

LONGEST_TEXT = 20_000
"""Characters that are looked at; a risk is told at the beginning of what people write."""

_WORD = re.compile(r"\w+")
# Letters that do not decompose into a base letter and a mark.
_PLAIN = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ı": "i", "’": "'"})
_INDEX_LETTERS = 3
_REMEMBERED = 16_384
_LONGEST_WORD = 40
_GAP = "…"
_WIDEST_GAP = 3


@dataclass(frozen=True, slots=True)
class RiskFound:
    """A topic and the lexicon's entry that matched (never the customer's own words)."""

    topic: RiskTopic
    entry: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A word or the beginning of one, or any of several; after a gap other words may come first.

    ``written`` are the lexicon's words, as they are there.
    """

    whole: Mapping[str, str]
    beginnings: tuple[tuple[str, str], ...]
    starts: tuple[str, ...]
    after_gap: bool

    def fits(self, word: str) -> bool:
        return word in self.whole or (bool(self.starts) and word.startswith(self.starts))

    def written(self, word: str) -> str:
        """The lexicon's word that fits."""
        if word in self.whole:
            return self.whole[word]
        return next(written for start, written in self.beginnings if word.startswith(start))


@dataclass(frozen=True, slots=True)
class _Entry:
    topic: RiskTopic | None
    """None for an idiom."""
    parts: tuple[_Part, ...]

    def places(self, words: list[str], start: int) -> list[int]:
        """Where its words are, if the first is at ``start``; else none."""
        found = [start]
        at = start + 1
        for part in self.parts[1:]:
            last = min(at + _WIDEST_GAP if part.after_gap else at, len(words) - 1)
            while at <= last and not part.fits(words[at]):
                at += 1
            if at > last:
                return []
            found.append(at)
            at += 1
        return found

    def shown(self, words: list[str], places: list[int]) -> str:
        parts = zip(self.parts, places, strict=True)
        return " ".join(
            f"{_GAP} {part.written(words[at])}" if part.after_gap else part.written(words[at])
            for part, at in parts
        )


def fold(text: str) -> str:
    """Case and diacritics away, so that hurried typing still matches."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def find_risks(text: str) -> tuple[RiskFound, ...]:
    """Every topic found with its first matching entry, in the order of the topics.

    What lies within an idiom ("dying of laughter") is not found.
    """
    words = _WORD.findall(fold(text[:LONGEST_TEXT]))
    matches: list[tuple[RiskTopic, _Entry, list[int]]] = []
    idle: set[int] = set()
    for start, word in enumerate(words):
        for entry in _begun_by(word[:_LONGEST_WORD]):
            if places := entry.places(words, start):
                if entry.topic is None:
                    idle.update(range(start, places[-1] + 1))
                else:
                    matches.append((entry.topic, entry, places))
    found: dict[RiskTopic, RiskFound] = {}
    for topic, entry, places in matches:
        if topic not in found and idle.isdisjoint(places):
            found[topic] = RiskFound(topic, entry.shown(words, places))
    return tuple(found[topic] for topic in RiskTopic if topic in found)


@lru_cache(_REMEMBERED)
def _begun_by(word: str) -> tuple[_Entry, ...]:
    """The entries whose first word fits. People use few words, most of them often."""
    return tuple(
        entry for entry in _index().get(word[:_INDEX_LETTERS], ()) if entry.parts[0].fits(word)
    )


@cache
def _index() -> Mapping[str, tuple[_Entry, ...]]:
    by_letters: dict[str, list[_Entry]] = {}
    for entry in _entries():
        first = entry.parts[0]
        if first.after_gap or any(len(start) < _INDEX_LETTERS for start in first.starts):
            raise ValueError(f"an entry must begin with three letters of a word: {entry}")
        for letters in {one[:_INDEX_LETTERS] for one in (*first.whole, *first.starts)}:
            by_letters.setdefault(letters, []).append(entry)
    return {letters: tuple(entries) for letters, entries in by_letters.items()}


def _entries() -> Iterable[_Entry]:
    for lexicon in LEXICONS.values():
        for topic, phrases in lexicon.items():
            yield from (_Entry(RiskTopic(topic), _parts(phrase)) for phrase in phrases)
    for idioms in IDIOMS.values():
        yield from (_Entry(None, _parts(phrase)) for phrase in idioms)


def _parts(phrase: str) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    after_gap = False
    for token in phrase.split():
        if token == _GAP:
            after_gap = True
            continue
        written = token.split("|")
        beginnings = [(fold(one[:-1]), one) for one in written if one.endswith("*")]
        parts.append(
            _Part(
                {fold(one): one for one in written if not one.endswith("*")},
                tuple(beginnings),
                tuple(start for start, _ in beginnings),
                after_gap,
            )
        )
        after_gap = False
    return tuple(parts)
