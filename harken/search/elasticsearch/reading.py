"""Answers from what Elasticsearch found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.search.analysis import analyse, highlights
from harken.search.asked import Asked
from harken.search.cursor import Place, cursor_after
from harken.search.documents import clean_value
from harken.search.elasticsearch.selection import select
from harken.search.fields import Fields, FieldType
from harken.search.port import Answer, Document, Hit, Value

_SHARD_VALUES = 20_000
"""Each shard counts this many values of a facet: up to then counts over all months are exact."""
NOT_SHOWN = ["words", "keys"]


def request(asked: Asked) -> dict[str, Any]:
    body: dict[str, Any] = {
        "query": select(asked),
        "sort": [{"at": "desc"}, {"id": "desc"}, {"kind": "desc"}],
        "size": asked.query.limit + 1,
        "track_total_hits": True,
        "version": True,
        "source_excludes": NOT_SHOWN,
        "aggs": {
            field: {
                "terms": {
                    "field": f"fields.{field}",
                    "size": asked.query.facet_size,
                    "shard_size": _SHARD_VALUES,
                }
            }
            for field in asked.facets
        },
    }
    if asked.after is not None:
        at, id_, kind = asked.after
        body["search_after"] = [at, clean_value(id_), clean_value(kind)]
    return body


def answer(found: Mapping[str, Any], asked: Asked, fields: Fields) -> Answer:
    limit = asked.query.limit
    rows = found["hits"]["hits"]
    hits = tuple(_hit(document_of(row, fields), asked) for row in rows[:limit])
    counted = found.get("aggregations", {})
    return Answer(
        hits,
        found["hits"]["total"]["value"],
        {field: _facet(counted.get(field)) for field in asked.facets},
        _cursor(hits[-1].document, asked) if hits and len(rows) > limit else "",
    )


def document_of(row: Mapping[str, Any], fields: Fields) -> Document:
    source = row["_source"]
    return Document(
        TenantId(source["tenant"]),
        source["kind"],
        source["id"],
        row["_version"],
        Instant(source["at"]),
        source["text"],
        source["language"],
        {
            name: _value(value, fields[name])
            for name, value in source["fields"].items()
            if name in fields
        },
    )


def _value(value: Any, type_: FieldType) -> Value | tuple[str, ...]:
    given: Value | tuple[str, ...] = tuple(value) if type_ is FieldType.KEYWORDS else value
    return given


def _hit(document: Document, asked: Asked) -> Hit:
    if not asked.words.wanted or not document.text:
        return Hit(document)
    analysed = analyse(document.text, document.language)
    return Hit(document, highlights(analysed, asked.words.wanted))


def _cursor(last: Document, asked: Asked) -> str:
    return cursor_after(Place(last.at, last.id, last.kind), asked.query)


def _facet(counted: Mapping[str, Any] | None) -> dict[str, int]:
    """Elasticsearch has them most frequent first, equally frequent ones in their own order."""
    if counted is None:
        return {}
    return {
        str(bucket.get("key_as_string", bucket["key"])): bucket["doc_count"]
        for bucket in counted["buckets"]
    }
