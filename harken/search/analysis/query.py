"""A query's words: what must occur, what must not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harken.search.analysis.stems import LANGUAGES, primary
from harken.search.analysis.text import Analysed, analyse, forms
from harken.search.port import BadQuery

LONGEST_QUERY = 1_000
MOST_TERMS = 32

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_PART = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"|(?P<chunk>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Term:
    """Matches a text that has ``words`` side by side in this order, or any of ``keys``."""

    words: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """Every one of ``wanted`` must match, none of ``unwanted`` may."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()


def parse(text: str, language: str) -> Parsed:
    """Without a language, stems of all languages are tried.

    What the analysis parts in several words (``e-mail``, ``shop.example``) is a phrase; phrases
    are looked for in the words' own forms. Raises `BadQuery`.
    """
    if len(text) > LONGEST_QUERY:
        raise BadQuery(f"the text of a query has at most {LONGEST_QUERY} characters")
    text = text.translate(_QUOTES)
    if text.count('"') % 2:
        raise BadQuery("a quotation mark has no partner")
    languages = (primary(language),) if language else LANGUAGES
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    for part in _PART.finditer(text):
        phrase, chunk = part.group("phrase", "chunk")
        terms = _terms(chunk.lstrip("-"), languages) if chunk else _terms(phrase, ())
        (unwanted if part["minus"] else wanted).update(dict.fromkeys(terms))
    if text.strip() and not wanted and not unwanted:
        raise BadQuery("the query has no word to look for")
    if len(wanted) + len(unwanted) > MOST_TERMS:
        raise BadQuery(f"a query has at most {MOST_TERMS} words and phrases")
    return Parsed(tuple(wanted), tuple(unwanted))


def _terms(text: str, languages: tuple[str, ...]) -> list[Term]:
    analysed = analyse(text, "")
    # Of the marks at one place the last is the most exact.
    terms = [Term(keys=(mark,)) for mark in {span: mark for mark, span in analysed.marks}.values()]
    for run in _runs_between_marks(analysed):
        words = tuple(word for word, _ in run)
        if len(run) == 1 and languages:
            start, end = run[0][1]
            stems = (forms(text[start:end], language)[1] for language in languages)
            terms.append(Term(words, tuple(dict.fromkeys(stem for stem in stems if stem))))
        else:
            terms.append(Term(words))
    return terms


def _runs_between_marks(analysed: Analysed) -> list[list[tuple[str, tuple[int, int]]]]:
    """Words that stand side by side, with their places; a mark between two parts them."""
    runs: list[list[tuple[str, tuple[int, int]]]] = [[]]
    for word, span in zip(analysed.words, analysed.offsets, strict=True):
        if any(start <= span[0] < end for _, (start, end) in analysed.marks):
            runs.append([])
        else:
            runs[-1].append((word, span))
    return [run for run in runs if run]
