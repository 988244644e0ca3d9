"""`GET /v1/search` and `GET /v1/kpis`: filters, facets, pages, tenants, clear refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harken.domain.case import Post, PostSide
from harken.domain.mention import Mention, Visibility
from harken.domain.time import after, minutes, rfc3339
from harken.domain.tone import Polarity
from harken.testing.api import OTHER, TENANT, bearer
from harken.testing.builders import NOW, case, mention
from tests.unit.search_service.kit import SearchKit


def said(n: int, text: str, language: str = "en", **changes: Any) -> Mention:
    return mention(text, source_id=str(n), tenant=TENANT, language=language, **changes)


async def test_facets_count_and_filters_choose(search: SearchKit) -> None:
    await search.take(
        said(1, "Kettle leaks"),
        said(2, "Konvice teče", "cs"),
        said(3, "Konvice hoří", "cs", visibility=Visibility.PRIVATE),
    )
    found = await search.get("/v1/search?facet=language&facet=visibility&kind=mention")
    assert found["facets"]["language"] == {"cs": 2, "en": 1}
    chosen = await search.get("/v1/search?filter=language:cs&filter=visibility:private")
    assert [hit["text"] for hit in chosen["items"]] == ["Konvice hoří"]


async def test_highlights_point_into_the_text(search: SearchKit) -> None:
    await search.take(said(1, "Two kettles leak"))
    [hit] = (await search.get("/v1/search?q=kettle&language=en"))["items"]
    assert [hit["text"][start:end] for start, end in hit["highlights"]] == ["kettles"]


async def test_pages_follow_each_other(search: SearchKit) -> None:
    await search.take(*(said(n, f"Kettle {n}") for n in range(5)))
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        found = await search.get(f"/v1/search?q=kettle&limit=2&cursor={cursor}")
        seen += [hit["id"] for hit in found["items"]]
        cursor = found["next_cursor"] or ""
    assert (len(seen), len(set(seen)), cursor) == (5, 5, "")


@pytest.mark.parametrize(
    "query",
    [
        "filter=nonsense",
        "filter=colour:red",
        "filter=severity:high",
        "filter=direct:yes",
        "facet=text",
        "kind=person",
        "cursor=%F0%9F%98%80",
        "q=%22unbalanced",
        "since=yesterday",
        "limit=0",
    ],
)
async def test_what_cannot_be_understood_is_refused(search: SearchKit, query: str) -> None:
    problem = await search.get(f"/v1/search?{query}", status=422)
    assert problem["detail"]


async def test_tenants_never_see_each_other(search: SearchKit) -> None:
    await search.take(said(1, "Kettle"), mention("Kettle", source_id="2", tenant=OTHER))
    found = await search.get("/v1/search?q=kettle")
    assert found["total"] == 1
    answer = await search.api.client.get("/v1/kpis", headers=bearer(search.api.other_admin))
    assert answer.json()["volume"]["cases"] == 0


async def test_figures_are_of_the_period_asked_for(search: SearchKit) -> None:
    asked = Post("m", PostSide.CUSTOMER, NOW, Visibility.PUBLIC, Polarity.NEGATIVE, 0.9)
    answered = Post("r", PostSide.BRAND, after(NOW, minutes(10)), Visibility.PUBLIC)
    told = said(1, "Kettle")
    await search.take(replace(case(told), posts=(asked, answered)))
    since, until = rfc3339(after(NOW, minutes(-60))), rfc3339(after(NOW, minutes(60)))
    found = await search.get(f"/v1/kpis?since={since}&until={until}")
    assert found["volume"]["by_polarity"] == {"negative": 1}
    assert found["first_response"]["median"] == 600.0
    earlier = rfc3339(after(NOW, minutes(-120)))
    assert (await search.get(f"/v1/kpis?since={earlier}&until={since}"))["volume"]["posts"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z",
        "since=2020-01-01T00:00:00Z&until=2026-01-01T00:00:00Z",
    ],
)
async def test_impossible_periods_are_refused(search: SearchKit, query: str) -> None:
    await search.get(f"/v1/kpis?{query}", status=422)
