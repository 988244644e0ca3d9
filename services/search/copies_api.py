"""`GET /v1/copies`: what is being said again and again, the largest waves first."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from harken.domain.ids import TenantId
from harken.domain.time import Instant, before, days
from harken.http.models import ApiModel, Time, examples
from harken.http.pagination import Cursor, Page, PageRequest, Paging, page
from harken.http.problem import invalid
from harken.http.routing import api_router
from harken.search.port import Filter, SearchIndex
from harken.search.port import Query as IndexQuery
from harken.store.port import Store
from services.search.access import Reader
from services.search.documents import MENTION

DEFAULT_PERIOD = days(2)
MOST_WAVES = 1_000
MOST_AUTHORS = 1_000


class WaveAnswer(ApiModel):
    """Near-identical mentions, by the first of them."""

    model_config = examples(
        {
            "first": "0f0f9a52-6f0b-5a7e-9f39-6d6a3c1f8f10",
            "text": "Win a free kettle, only today: https://prizes.example/1",
            "language": "en",
            "first_at": "2026-03-01T09:30:00Z",
            "last_at": "2026-03-01T11:05:12Z",
            "copies": 212,
            "authors": 190,
            "networks": {"mastodon": 200, "forum": 12},
        }
    )

    first: str
    """The mention that all of them are copies of: `filter=copy_of:…` of `/v1/search` lists them."""
    text: str
    """Of the newest copy: the first may be gone by now, or say something else."""
    language: str
    first_at: Time | None
    """Null where the first is gone."""
    last_at: Time
    copies: int
    """In the period; the first itself does not count."""
    authors: int
    """Who wrote the copies; 1,000 stands for any larger number."""
    networks: dict[str, int]


class ByRank(Cursor, frozen=True):
    """The place after the wave of this rank."""

    rank: int


def copies_routes(index: SearchIndex, store: Store) -> APIRouter:
    router = api_router("Search")

    @router.get("/v1/copies", operation_id="list_copies", summary="Waves of near-identical posts")
    async def list_copies(
        caller: Reader,
        paging: Paging,
        since: Annotated[
            Time | None, Query(description="Two days before `until` by default.")
        ] = None,
        until: Annotated[Time | None, Query(description="Now by default.")] = None,
    ) -> Page[WaveAnswer]:
        """Shares and spam: public posts that say the same but for links, handles, numbers and
        emoji. Each is a mention of its own all the same. The largest first, at most 1,000."""
        async with store.reading() as snapshot:
            now = snapshot.now
        end = now if until is None else until
        start = before(end, DEFAULT_PERIOD) if since is None else since
        if end <= start:
            raise invalid("`until` must lie after `since`.")
        waves = _Waves(index, caller.tenant, start, end)
        ranked = await waves.ranked(paging)
        shown = {rank: await waves.answer(first, n) for rank, first, n in ranked[: paging.limit]}
        found = page(ranked, paging, lambda row: shown[row[0]], lambda row: ByRank(row[0]))
        return Page(
            items=[wave for wave in found.items if wave is not None],
            next_cursor=found.next_cursor,
        )

    return router


class _Waves:
    def __init__(
        self, index: SearchIndex, tenant: TenantId, since: Instant, until: Instant
    ) -> None:
        self._index = index
        self._tenant = tenant
        self._since = since
        self._until = until

    async def ranked(self, paging: PageRequest) -> list[tuple[int, str, int]]:
        """Rank, first mention and copies of a page's waves, and of one more."""
        after = paging.after(ByRank)
        start = 0 if after is None else max(after.rank + 1, 0)
        size = min(start + paging.limit + 1, MOST_WAVES)
        asked = self._query(Filter("copy_of"), facets=("copy_of",), facet_size=size)
        counts = (await self._index.search(asked)).facets["copy_of"]
        ranked = [(rank, first, n) for rank, (first, n) in enumerate(counts.items())]
        return ranked[start:]

    async def answer(self, first: str, copies: int) -> WaveAnswer | None:
        """None where its last copy was removed meanwhile."""
        of_copies = await self._index.search(
            self._query(
                Filter("copy_of", (first,)),
                facets=("author", "network"),
                facet_size=MOST_AUTHORS,
            )
        )
        of_first = await self._index.search(
            IndexQuery(self._tenant, (MENTION,), filters=(Filter("mention", (first,)),), limit=1)
        )
        if not of_copies.hits:
            return None
        last = of_copies.hits[0].document
        known = of_first.hits[0].document if of_first.hits else None
        return WaveAnswer(
            first=first,
            text=last.text,
            language=last.language,
            first_at=None if known is None else known.at,
            last_at=last.at,
            copies=copies,
            authors=len(of_copies.facets["author"]),
            networks=dict(of_copies.facets["network"]),
        )

    def _query(self, filter_: Filter, **more: Any) -> IndexQuery:
        return IndexQuery(
            self._tenant,
            (MENTION,),
            filters=(filter_,),
            since=self._since,
            until=self._until,
            limit=1,
            **more,
        )
