"""What it means that a term matches a text, and where to show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harken.search.analysis.query import Parsed, Term
from harken.search.analysis.text import Analysed, Span


def matches(analysed: Analysed, query: Parsed) -> bool:
    """Does a text with this analysis match? Engines answer the same from their indexes."""
    return all(_occurs(analysed, term) for term in query.wanted) and not any(
        _occurs(analysed, term) for term in query.unwanted
    )


def highlights(analysed: Analysed, terms: Iterable[Term]) -> tuple[Span, ...]:
    """Where any of the terms is: a phrase from its first word to its last; nothing overlaps."""
    found = sorted(span for term in terms for span in _places(analysed, term))
    merged: list[Span] = []
    for start, end in found:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _occurs(analysed: Analysed, term: Term) -> bool:
    return next(_places(analysed, term), None) is not None


def _places(analysed: Analysed, term: Term) -> Iterator[Span]:
    length = len(term.words)
    first = term.words[0] if length else None
    for at, (word, stem) in enumerate(zip(analysed.words, analysed.stems, strict=True)):
        if word == first and analysed.words[at : at + length] == term.words:
            yield analysed.offsets[at][0], analysed.offsets[at + length - 1][1]
        elif stem and stem in term.keys:
            yield analysed.offsets[at]
    yield from (span for mark, span in analysed.marks if mark in term.keys)
