"""What a text is found by: its folded words, their stems, its hashtags and handles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from harken.search.analysis import tokens
from harken.search.analysis.folding import LONGEST, fold
from harken.search.analysis.stems import LANGUAGES, primary, stem

Span = tuple[int, int]
"""Start and end in code points of the original text."""

_REMEMBERED = 32_768
_LONGEST_WRITTEN = 2 * LONGEST
"""Code points of a word that are looked at: nobody fills the memory with remembered words."""
_EMOJI_VARIANTS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_SEPARATORS = re.compile(r"([#@_.-])")
_WIDE_SIGNS = str.maketrans("＃＠", "#@")


class Mark(NamedTuple):
    """A hashtag or handle, folded, with its sign."""

    mark: str
    span: Span


@dataclass(frozen=True, slots=True)
class Analysed:
    """``words``, ``stems`` and ``offsets`` are parallel, in the order of the text; a word without
    a stem has ""."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    offsets: tuple[Span, ...]
    marks: tuple[Mark, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The distinct stems and marks: what a search engine's second field holds."""
        found = dict.fromkeys(self.stems)
        found.update(dict.fromkeys(mark for mark, _ in self.marks))
        found.pop("", None)
        return tuple(found)


def analyse(text: str, language: str) -> Analysed:
    """Takes any string. A language without stems ("" too) gives folded words alone."""
    language = primary(language)
    offsets = tokens.words(text)
    found = [forms(text[start:end][:_LONGEST_WRITTEN], language) for start, end in offsets]
    if ("", "") in found:
        offsets = [span for span, pair in zip(offsets, found, strict=True) if pair[0]]
        found = [pair for pair in found if pair[0]]
    return Analysed(
        tuple([word for word, _ in found]),
        tuple([stemmed for _, stemmed in found]),
        tuple(offsets),
        tuple([Mark(fold_mark(mark), span) for span, ms in tokens.marks(text) for mark in ms]),
    )


@lru_cache(_REMEMBERED)
def forms(word: str, language: str) -> tuple[str, str]:
    """The folded word and its stem. ("", "") for a word of which nothing is left when folded."""
    if not word[0].isalnum():
        return _EMOJI_VARIANTS.sub("", word), ""
    joined = word.replace("'", "").replace("’", "")
    folded = fold(joined)
    return folded, stem(joined, language) if folded else ""


def fold_mark(mark: str) -> str:
    parts = _SEPARATORS.split(mark.translate(_WIDE_SIGNS))
    return "".join(part if _SEPARATORS.match(part) else fold(part) for part in parts)[:LONGEST]


def warm_up() -> None:
    """Loads every language's stemmer (some 0.3 s); else the first word of each pays for it."""
    for language in LANGUAGES:
        stem("harken", language)
