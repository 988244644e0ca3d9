"""`GET /v1/search` and `GET /v1/kpis`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy import select

from harken.domain.case import Case
from harken.domain.time import Instant, before, days
from harken.http.models import Time
from harken.http.pagination import DEFAULT_LIMIT, LARGEST_LIMIT
from harken.http.problem import invalid
from harken.http.routing import api_router
from harken.search.fields import FieldType
from harken.search.port import Answer, BadQuery, Filter, Hit, SearchIndex, Value
from harken.search.port import Query as IndexQuery
from harken.store.body import decode
from harken.store.port import Store
from harken.store.schema.search import CASE_FACTS
from services.search.access import Reader
from services.search.answers import (
    AttainmentAnswer,
    HitAnswer,
    Kind,
    KpiAnswer,
    SearchAnswer,
    TimesAnswer,
    VolumeAnswer,
)
from services.search.documents import FIELDS
from services.search.domain import kpis

DEFAULT_PERIOD = days(30)
LONGEST_PERIOD = days(366)

Facet = Literal[
    "contact_reason",
    "copy_of",
    "emotions",
    "language",
    "network",
    "polarity",
    "queue",
    "risk_topics",
    "severity_class",
    "state",
    "tags",
    "trackers",
    "visibility",
]


def search_routes(index: SearchIndex, store: Store) -> APIRouter:
    router = api_router("Search")

    @router.get("/v1/search", operation_id="search", summary="Find mentions, cases and replies")
    async def search(
        caller: Reader,
        q: Annotated[
            str,
            Query(
                max_length=1_000,
                description='Words that must all occur, in any form; "words in a row"; -without.',
                examples=["kettle"],
            ),
        ] = "",
        kind: Annotated[
            list[Kind] | None, Query(description="Any of these; all by default.")
        ] = None,
        language: Annotated[
            str,
            Query(
                pattern="^([a-z]{2,3})?$",
                description="The language of `q`, for its word forms; empty tries all of them.",
            ),
        ] = "",
        filter_: Annotated[
            list[str] | None,
            Query(
                alias="filter",
                max_length=50,
                description="`field:value`; several values of one field mean any of them.",
                examples=[["network:mastodon"]],
            ),
        ] = None,
        facet: Annotated[
            list[Facet] | None, Query(max_length=12, description="Count the values of these.")
        ] = None,
        since: Annotated[Time | None, Query(description="Not before this time.")] = None,
        until: Annotated[Time | None, Query(description="Before this time.")] = None,
        limit: Annotated[
            int, Query(ge=1, le=LARGEST_LIMIT, description="How many one page may hold.")
        ] = DEFAULT_LIMIT,
        cursor: Annotated[
            str, Query(max_length=1_000, description="`next_cursor` of the page before.")
        ] = "",
    ) -> SearchAnswer:
        """Sees what the indexer has carried so far: usually all but the last second."""
        asked = IndexQuery(
            tenant=caller.tenant,
            kinds=tuple(kind or ("mention", "case", "reply")),
            text=q,
            language=language,
            filters=_filters(filter_ or []),
            since=since,
            until=until,
            facets=tuple(facet or ()),
            limit=limit,
            cursor=cursor,
        )
        try:
            return _answer(await index.search(asked))
        except BadQuery as bad:
            raise invalid(str(bad)) from bad

    @router.get("/v1/kpis", operation_id="kpis", summary="Key figures of a period")
    async def key_figures(
        caller: Reader,
        since: Annotated[
            Time | None, Query(description="30 days before `until` by default.")
        ] = None,
        until: Annotated[Time | None, Query(description="Now by default.")] = None,
    ) -> KpiAnswer:
        """Computed from case histories at the time of asking; history is not counted."""
        async with store.reading() as snapshot:
            end = until if until is not None else snapshot.now
            start = since if since is not None else before(end, DEFAULT_PERIOD)
            period = _period(start, end)
            query = select(CASE_FACTS.c.body).where(
                CASE_FACTS.c.updated_at >= period.since, CASE_FACTS.c.opened_at < period.until
            )
            rows = await snapshot.for_tenant(caller.tenant).all(query)
        # A large brand's period is tens of thousands of cases: not on the event loop.
        found = await asyncio.to_thread(_figures, [row.body for row in rows], period)
        return _kpi_answer(found, period)

    return router


def _figures(bodies: Sequence[str], period: kpis.Period) -> kpis.Figures:
    return kpis.figures([decode(body, Case) for body in bodies], period)


def _period(since: Instant, until: Instant) -> kpis.Period:
    if until <= since:
        raise invalid("`until` must lie after `since`.")
    if until - since > LONGEST_PERIOD:
        raise invalid("A period may be a year and a day long at the most.")
    return kpis.Period(since, until)


def _filters(texts: list[str]) -> tuple[Filter, ...]:
    """``field:value`` pairs; those of one field are one filter with several values."""
    values: dict[str, list[Value]] = {}
    for text in texts:
        name, colon, value = text.partition(":")
        if not colon:
            raise invalid(f"A filter is `field:value`, this is not: {text[:100]!r}")
        if name not in FIELDS:
            raise invalid(f"There is no field {name[:100]!r}; there are: {', '.join(FIELDS)}")
        values.setdefault(name, []).append(_value(FIELDS[name], value))
    return tuple(Filter(name, tuple(found)) for name, found in values.items())


def _value(type_: FieldType, text: str) -> Value:
    try:
        match type_:
            case FieldType.FLAG:
                return {"true": True, "false": False}[text]
            case FieldType.WHOLE:
                return int(text)
            case FieldType.NUMBER:
                return float(text)
            case _:
                return text
    except (KeyError, ValueError):
        raise invalid(f"{text[:100]!r} is no value of a {type_.value} field") from None


def _answer(answer: Answer) -> SearchAnswer:
    return SearchAnswer(
        items=[_hit(hit) for hit in answer.hits],
        total=answer.total,
        facets={name: dict(counts) for name, counts in answer.facets.items()},
        next_cursor=answer.cursor or None,
    )


def _hit(hit: Hit) -> HitAnswer:
    document = hit.document
    return HitAnswer.model_validate(
        {
            "kind": document.kind,
            "id": document.id,
            "at": document.at,
            "version": document.version,
            "language": document.language,
            "text": document.text,
            "fields": {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in document.fields.items()
            },
            "highlights": hit.highlights,
        },
        strict=False,
    )


def _kpi_answer(found: kpis.Figures, period: kpis.Period) -> KpiAnswer:
    def times(of: kpis.Times) -> TimesAnswer:
        return TimesAnswer(**asdict(of))

    return KpiAnswer(
        since=period.since,
        until=period.until,
        formulas=dict(kpis.FORMULAS),
        volume=VolumeAnswer(**asdict(found.volume)),
        first_response=times(found.first_response),
        resolution=times(found.resolution),
        sla_attainment={
            kind: AttainmentAnswer(**asdict(attained))
            for kind, attained in found.sla_attainment.items()
        },
    )
