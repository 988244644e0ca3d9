"""A query's conditions as Elasticsearch takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harken.search.analysis import Term
from harken.search.asked import Asked
from harken.search.port import Filter, Query

Condition = dict[str, Any]

LIVING: Condition = {"term": {"removed": False}}


def select(asked: Asked) -> Condition:
    """Filters only: order is by time, so nothing is scored."""
    return {
        "bool": {
            "filter": [
                LIVING,
                *_by_place(asked.query),
                *(_by_term(term) for term in asked.words.wanted),
                *(each for _, filter_ in asked.filters for each in _by_field(filter_)),
            ],
            "must_not": [_by_term(term) for term in asked.words.unwanted],
        }
    }


def _by_place(query: Query) -> Iterator[Condition]:
    yield {"term": {"tenant": query.tenant}}
    yield {"terms": {"kind": list(query.kinds)}}
    if query.since is not None:
        yield {"range": {"at": {"gte": query.since}}}
    if query.until is not None:
        yield {"range": {"at": {"lt": query.until}}}


def _by_term(term: Term) -> Condition:
    alternatives: list[Condition] = []
    if term.words:
        alternatives.append({"match_phrase": {"words": " ".join(term.words)}})
    if term.keys:
        alternatives.append({"terms": {"keys": list(term.keys)}})
    return {"bool": {"should": alternatives, "minimum_should_match": 1}}


def _by_field(filter_: Filter) -> Iterator[Condition]:
    name = f"fields.{filter_.field}"
    yield {"exists": {"field": name}}
    if filter_.values:
        yield {"terms": {name: list(filter_.values)}}
    if filter_.at_least is not None:
        yield {"range": {name: {"gte": filter_.at_least}}}
    if filter_.below is not None:
        yield {"range": {name: {"lt": filter_.below}}}
