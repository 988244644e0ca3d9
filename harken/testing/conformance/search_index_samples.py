"""Documents, queries and ways of asking that the suites of `SearchIndex` share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.search.fields import FieldType
from harken.search.port import Answer, Document, Hit, Query, SearchIndex

FIELDS: Mapping[str, FieldType] = {
    "network": FieldType.KEYWORD,
    "tags": FieldType.KEYWORDS,
    "severity": FieldType.WHOLE,
    "certainty": FieldType.NUMBER,
    "direct": FieldType.FLAG,
}
ACME = TenantId("acme")
OTHER = TenantId("other")


def doc(
    id_: str,
    text: str = "",
    /,
    *,
    at: int = 1_000,
    tenant: str = ACME,
    kind: str = "mention",
    version: int = 1,
    language: str = "en",
    **fields: Any,
) -> Document:
    return Document(TenantId(tenant), kind, id_, version, Instant(at), text, language, fields)


def query(text: str = "", /, **options: Any) -> Query:
    return Query(**{"tenant": ACME, "kinds": ("mention",), "text": text, **options})


def ids(answer: Answer) -> list[str]:
    return [hit.document.id for hit in answer.hits]


def shown(hit: Hit) -> list[str]:
    return [hit.document.text[start:end] for start, end in hit.highlights]


async def found(index: SearchIndex, text: str = "", /, **options: Any) -> set[str]:
    answer = await index.search(query(text, **{"limit": 1_000, **options}))
    assert answer.total == len(answer.hits)
    return set(ids(answer))


async def walk(index: SearchIndex, asked: Query) -> list[str]:
    """The ids of all pages, in order."""
    walked: list[str] = []
    while True:
        answer = await index.search(asked)
        walked += ids(answer)
        if not answer.cursor:
            return walked
        asked = replace(asked, cursor=answer.cursor)
