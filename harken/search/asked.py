"""A query checked and understood, the same way for every engine."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harken.search.analysis import Parsed, parse
from harken.search.cursor import Place, place_of
from harken.search.documents import clean_value, is_name
from harken.search.fields import LARGEST, Fields, FieldType, check_facet, check_filter
from harken.search.port import BadQuery, Filter, Query

MOST_HITS = 1_000
MOST_FACETS = 20
MOST_FACET_VALUES = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """``filters`` come with the types of their fields; a filter without values and bounds asks
    for documents that have the field at all."""

    query: Query
    words: Parsed
    filters: tuple[tuple[FieldType, Filter], ...]
    facets: tuple[str, ...]
    after: Place | None


def understand(query: Query, fields: Fields) -> Asked:
    """Raises `BadQuery` for anything that no engine could answer."""
    if not is_name(query.tenant):
        raise BadQuery("a query needs a tenant")
    if not query.kinds or not all(is_name(kind) for kind in query.kinds):
        raise BadQuery("a query needs one kind of documents at least")
    _check_range("limit", query.limit, 0, MOST_HITS)
    _check_range("facet_size", query.facet_size, 1, MOST_FACET_VALUES)
    _check_range("the number of facets", len(query.facets), 0, MOST_FACETS)
    for name, instant in (("since", query.since), ("until", query.until)):
        _check_range(name, instant or 0, -LARGEST, LARGEST)
    for field in query.facets:
        check_facet(field, fields)
    return Asked(
        query,
        parse(query.text, query.language),
        tuple((check_filter(filter_, fields), _cleaned(filter_)) for filter_ in query.filters),
        tuple(dict.fromkeys(query.facets)),
        place_of(query),
    )


def _check_range(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadQuery(f"{name} must be from {least} to {most}")


def _cleaned(filter_: Filter) -> Filter:
    at_least, below = filter_.at_least, filter_.below
    return replace(
        filter_,
        values=tuple(clean_value(value) for value in filter_.values),
        at_least=None if at_least is None else clean_value(at_least),
        below=None if below is None else clean_value(below),
    )
