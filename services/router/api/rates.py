"""`GET /v1/rates`: how often something is said, minute by minute."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Row, Select, func, select

from harken.domain.rates import ALL, Series
from harken.domain.risk import RiskTopic
from harken.domain.roles import Role
from harken.domain.time import Instant, before, hours
from harken.http.access import allowed
from harken.http.models import ApiModel, Time, bounded, examples
from harken.http.pagination import Cursor, Page, Paging, page
from harken.http.principal import Principal
from harken.http.problem import invalid
from harken.http.routing import api_router
from harken.store.port import Store
from harken.store.schema.router import RATES
from services.router.domain.rates import open_until

DEFAULT_PERIOD = hours(6)

Watcher = Annotated[Principal, Depends(allowed(Role.CRISIS, Role.SUPERVISOR, Role.AUDITOR))]


class RateAnswer(ApiModel):
    """What was said within one minute."""

    model_config = examples(
        {"minute": "2026-03-01T09:30:00Z", "mentions": 42, "negative": 31, "open": True}
    )

    minute: Time
    """Its beginning."""
    mentions: int
    negative: int
    """Of these, how many have a negative tone."""
    open: bool
    """Whether mentions that are heard late may still add to it."""


class ByMinute(Cursor, frozen=True):
    minute: int


def rate_routes(store: Store) -> APIRouter:
    router = api_router("Rates")

    @router.get("/v1/rates", operation_id="list_rates", summary="How often something is said")
    async def list_rates(
        caller: Watcher,
        paging: Paging,
        tracker: Annotated[
            str, bounded(200, 0), Query(description="What it matched; all mentions by default.")
        ] = ALL,
        topic: Annotated[
            RiskTopic | None, Query(description="What it is about; anything by default.")
        ] = None,
        since: Annotated[
            Time | None, Query(description="Six hours before `until` by default.")
        ] = None,
        until: Annotated[Time | None, Query(description="Now by default.")] = None,
    ) -> Page[RateAnswer]:
        """By the minute in which it was written; minutes without any are left out. Each mention
        counts once, in its first wording; history and our own posts don't, nor does what was heard
        more than six hours late."""
        async with store.reading() as snapshot:
            end = snapshot.now if until is None else until
            start = before(end, DEFAULT_PERIOD) if since is None else since
            if end <= start:
                raise invalid("`until` must lie after `since`.")
            query = _sums(Series(tracker, ALL if topic is None else topic.value), start, end)
            if (last := paging.after(ByMinute)) is not None:
                query = query.where(RATES.c.minute > last.minute)
            rows = await snapshot.for_tenant(caller.tenant).all(query.limit(paging.limit + 1))
            now = snapshot.now
        return page(rows, paging, lambda row: _answer(row, now), lambda row: ByMinute(row.minute))

    return router


def _sums(series: Series, start: Instant, end: Instant) -> Select[Any]:
    """By minute, over the partitions."""
    table = RATES.c
    return (
        select(
            table.minute,
            func.sum(table.mentions).label("mentions"),
            func.sum(table.negative).label("negative"),
        )
        .where(table.tracker == series.tracker, table.topic == series.topic)
        .where(table.minute >= start, table.minute < end)
        .group_by(table.minute)
        .order_by(table.minute)
    )


def _answer(row: Row[Any], now: Instant) -> RateAnswer:
    return RateAnswer(
        minute=Instant(row.minute),
        mentions=int(row.mentions),
        negative=int(row.negative),
        open=now < open_until(Instant(row.minute)),
    )
