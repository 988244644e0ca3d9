"""A query's conditions in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harken.search.analysis import Term
from harken.search.asked import Asked
from harken.search.fields import FieldType
from harken.search.port import Filter, Query
from harken.search.sqlite_fts.tables import column
from harken.search.sqlite_fts.values import NO_KEYWORDS, needle

Values = tuple[object, ...]
Condition = tuple[str, Values]

# The order of a CROSS JOIN is kept: matches first, each looked up in the documents.
_BY_WORDS = "search_texts CROSS JOIN search_documents AS d ON d.doc = search_texts.rowid"
_ALL = "search_documents AS d"
_UNWANTED = "d.doc NOT IN (SELECT rowid FROM search_texts WHERE search_texts MATCH ?)"


class Selection(NamedTuple):
    """``SELECT … FROM {source} WHERE {condition}`` with these values."""

    source: str
    condition: str
    values: Values


def select(asked: Asked) -> Selection:
    conditions = [
        *_by_words(asked),
        *_by_place(asked.query),
        *(_by_field(type_, filter_) for type_, filter_ in asked.filters),
    ]
    return Selection(
        _BY_WORDS if asked.words.wanted else _ALL,
        " AND ".join(condition for condition, _ in conditions),
        tuple(value for _, values in conditions for value in values),
    )


def _by_words(asked: Asked) -> Iterator[Condition]:
    if asked.words.wanted:
        yield "search_texts MATCH ?", (_expression(asked.words.wanted, " AND "),)
    if asked.words.unwanted:
        yield _UNWANTED, (_expression(asked.words.unwanted, " OR "),)


def _expression(terms: Sequence[Term], operator: str) -> str:
    """In FTS5's query language; analysed words hold no quotation mark."""
    return operator.join(f"({' OR '.join(_alternatives(term))})" for term in terms)


def _alternatives(term: Term) -> Iterator[str]:
    if term.words:
        yield f'words : "{" ".join(term.words)}"'
    for key in term.keys:
        yield f'keys : "{key}"'


def _by_place(query: Query) -> Iterator[Condition]:
    yield "d.tenant = ?", (query.tenant,)
    # The plus keeps SQLite from the index by kind and id: what lies together is read faster.
    yield f"+d.kind IN ({_places(query.kinds)})", query.kinds
    if query.since is not None:
        yield "d.at >= ?", (query.since,)
    if query.until is not None:
        yield "d.at < ?", (query.until,)


def _by_field(type_: FieldType, filter_: Filter) -> Condition:
    name = f"d.{column(filter_.field)}"
    if type_ is FieldType.KEYWORDS:
        return _by_keywords(name, filter_)
    conditions: list[Condition] = [(f"{name} IS NOT NULL", ())]
    if filter_.values:
        conditions.append((f"{name} IN ({_places(filter_.values)})", filter_.values))
    if filter_.at_least is not None:
        conditions.append((f"{name} >= ?", (filter_.at_least,)))
    if filter_.below is not None:
        conditions.append((f"{name} < ?", (filter_.below,)))
    return (
        " AND ".join(condition for condition, _ in conditions),
        tuple(value for _, values in conditions for value in values),
    )


def _by_keywords(name: str, filter_: Filter) -> Condition:
    if not filter_.values:
        return f"{name} <> ?", (NO_KEYWORDS,)
    any_of = " OR ".join(f"instr({name}, ?)" for _ in filter_.values)
    return f"({any_of})", tuple(needle(value) for value in filter_.values)


def _places(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
