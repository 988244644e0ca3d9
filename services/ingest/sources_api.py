"""`/v1/sources`: what we listen to, and how each source is doing."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select

from harken.channels.port import Source
from harken.channels.registry import source_problems
from harken.http.idempotency import Idempotent
from harken.http.models import ApiModel, Time, bounded, examples
from harken.http.openapi import problems
from harken.http.pagination import Page, Paging, page
from harken.http.problem import conflict, invalid, not_found
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.changes import AlreadyExists, ChangeSet, Remove
from harken.store.port import Store
from harken.store.schema.ingest import SOURCES
from services.ingest.connections import find_source, insert_source, make_source
from services.ingest.connections_api import Admin, ById, Id, Pairs, Reader, known_connection
from services.ingest.sources import SourceStates

_SOURCE: dict[str, Any] = {
    "id": "5b3f8f0e-3a70-5a8e-8f0d-9d2b6a1c7e11",
    "connection": "0190a8a2-7a55-7cc0-9d0b-1c2d3e4f5a6b",
    "kind": "hashtag",
    "settings": {"tag": "brivanta"},
    "only_trackers": False,
    "heard_at": "2026-03-01T09:31:00Z",
    "newest_at": "2026-03-01T09:30:55Z",
    "accepted": 12,
    "duplicates": 0,
    "unmatched": 0,
    "failures": 0,
    "error": "",
}


class NewSource(ApiModel):
    """Something to listen to."""

    model_config = examples(
        {"connection": _SOURCE["connection"], "kind": "hashtag", "settings": {"tag": "brivanta"}}
    )

    connection: Annotated[str, bounded(100)]
    kind: Annotated[str, bounded(60)]
    settings: Pairs = Field(default_factory=dict)
    only_trackers: bool = False
    """Take in only what one of the trackers matches: for broad sources."""


class SourceAnswer(ApiModel):
    """A source and how it is doing; the counts are since the process started."""

    model_config = examples(_SOURCE)

    id: str
    connection: str
    kind: str
    settings: dict[str, str]
    only_trackers: bool
    heard_at: Time | None
    """When it last answered."""
    newest_at: Time | None
    """When the newest mention that it brought was written."""
    accepted: int
    duplicates: int
    unmatched: int
    """Not taken in, because no tracker matched (`only_trackers`)."""
    failures: int
    """Failures in a row."""
    error: str


def source_routes(store: Store, states: SourceStates) -> APIRouter:
    router = api_router("Sources")

    @router.post(
        "/v1/sources",
        status_code=201,
        operation_id="create_source",
        summary="Listen to something more",
        responses=problems(404),
    )
    async def create_source(body: NewSource, caller: Admin, once: Idempotent) -> SourceAnswer:
        """The same source twice is refused with 409."""
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            _, connection = await known_connection(rows, body.connection)
            now = snapshot.now
        source = replace(
            make_source(connection, body.kind, body.settings),
            created_at=now,
            only_trackers=body.only_trackers,
        )
        if problems := source_problems(connection.network, source):
            raise invalid("; ".join(problems))
        answer = _source_answer(source, states)
        try:
            await store.submit(ChangeSet(writes=[*once.writes(201, answer), insert_source(source)]))
        except AlreadyExists as error:
            if error.table != SOURCES.name:
                raise
            raise conflict("source-exists", "We listen to that already.") from None
        return answer

    @router.get("/v1/sources", operation_id="list_sources", summary="What we listen to")
    async def list_sources(caller: Reader, paging: Paging) -> Page[SourceAnswer]:
        """With the state of each: when it last answered, what failed."""
        query = select(SOURCES.c.id, SOURCES.c.body).order_by(SOURCES.c.id)
        if (after := paging.after(ById)) is not None:
            query = query.where(SOURCES.c.id > after.id)
        async with store.reading() as snapshot:
            rows = await snapshot.for_tenant(caller.tenant).all(query.limit(paging.limit + 1))
        return page(
            rows,
            paging,
            lambda row: _source_answer(decode(row.body, Source), states),
            lambda row: ById(row.id),
        )

    @router.delete(
        "/v1/sources/{source}",
        status_code=204,
        operation_id="delete_source",
        summary="Stop listening to it",
    )
    async def delete_source(source: Id, caller: Admin) -> None:
        """What was taken in stays."""
        async with store.reading() as snapshot:
            if await find_source(snapshot.for_tenant(caller.tenant), source) is None:
                raise not_found("source")
        await store.submit(
            ChangeSet(writes=[Remove(SOURCES, {"tenant": caller.tenant, "id": source})])
        )

    return router


def _source_answer(source: Source, states: SourceStates) -> SourceAnswer:
    state = states.of(source.id)
    return SourceAnswer(
        id=source.id,
        connection=source.connection,
        kind=source.kind,
        settings=dict(source.settings),
        only_trackers=source.only_trackers,
        heard_at=state.heard_at,
        newest_at=state.newest_at,
        accepted=state.accepted,
        duplicates=state.duplicates,
        unmatched=state.unmatched,
        failures=state.failures,
        error=state.error,
    )
