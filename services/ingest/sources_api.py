"""`/v1/sources`: what we listen to, and how each source is doing."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import select

from harken.channels.port import Source
from harken.channels.registry import source_problems
from harken.http.etag import IfMatch, check_match, etag
from harken.http.idempotency import Idempotent
from harken.http.models import ApiModel, bounded, examples
from harken.http.openapi import problems
from harken.http.pagination import Page, Paging, page
from harken.http.problem import conflict, invalid, not_found
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.changes import AlreadyExists, ChangeSet, RevisionConflict
from harken.store.port import Rows, Store
from harken.store.schema.ingest import SOURCE_STATES, SOURCES
from services.ingest.connections import (
    SourceRow,
    find_source,
    insert_source,
    make_source,
    remove_source,
    replace_source,
)
from services.ingest.connections_api import Admin, Id, Pairs, Reader, known_connection
from services.ingest.listing import ById
from services.ingest.source_answers import SOURCE, SourceAnswer, answer_of
from services.ingest.source_states import find_state
from services.ingest.sources import SourceState


class NewSource(ApiModel):
    """Something to listen to."""

    model_config = examples(
        {"connection": SOURCE["connection"], "kind": "hashtag", "settings": {"tag": "brivanta"}}
    )

    connection: Annotated[str, bounded(100)]
    kind: Annotated[str, bounded(60)]
    settings: Pairs = Field(default_factory=dict)
    only_trackers: bool = False
    """Take in only what one of the trackers matches: for broad sources."""


class SourceEdit(ApiModel):
    """What is left out stays as it is."""

    model_config = examples({"paused": True})

    paused: bool | None = None
    """Nothing is taken in while it is; what was written meanwhile is read afterwards."""


def source_routes(store: Store) -> APIRouter:
    router = api_router("Sources")

    @router.post(
        "/v1/sources",
        status_code=201,
        operation_id="create_source",
        summary="Listen to something more",
        responses=problems(404),
    )
    async def create_source(
        body: NewSource, caller: Admin, once: Idempotent, response: Response
    ) -> SourceAnswer:
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
        answer = answer_of(SourceRow(1, False, source), SourceState())
        try:
            await store.submit(ChangeSet(writes=[*once.writes(201, answer), insert_source(source)]))
        except AlreadyExists as error:
            if error.table != SOURCES.name:
                raise
            raise conflict("source-exists", "We listen to that already.") from None
        response.headers["ETag"] = etag(1)
        return answer

    @router.get("/v1/sources", operation_id="list_sources", summary="What we listen to")
    async def list_sources(caller: Reader, paging: Paging) -> Page[SourceAnswer]:
        """With the state of each: when it last answered, what failed, what was missed."""
        query = (
            select(SOURCES, SOURCE_STATES.c.body.label("state"))
            .outerjoin(
                SOURCE_STATES,
                (SOURCE_STATES.c.tenant == SOURCES.c.tenant) & (SOURCE_STATES.c.id == SOURCES.c.id),
            )
            .order_by(SOURCES.c.id)
        )
        if (after := paging.after(ById)) is not None:
            query = query.where(SOURCES.c.id > after.id)
        async with store.reading() as snapshot:
            rows = await snapshot.for_tenant(caller.tenant).all(query.limit(paging.limit + 1))
        return page(
            rows,
            paging,
            lambda row: answer_of(
                SourceRow(row.revision, bool(row.paused), decode(row.body, Source)),
                decode(row.state or "{}", SourceState),
            ),
            lambda row: ById(row.id),
        )

    @router.get("/v1/sources/{source}", operation_id="get_source", summary="One source")
    async def get_source(source: Id, caller: Reader, response: Response) -> SourceAnswer:
        """How it is doing, as of some seconds ago at the most."""
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            row = await _known(rows, source)
            kept = await find_state(rows, source)
        response.headers["ETag"] = etag(row.revision)
        return answer_of(row, kept.state)

    _editing(router, store)
    return router


def _editing(router: APIRouter, store: Store) -> None:
    @router.patch(
        "/v1/sources/{source}", operation_id="edit_source", summary="Pause it, or go on listening"
    )
    async def edit_source(
        source: Id, body: SourceEdit, caller: Admin, match: IfMatch, response: Response
    ) -> SourceAnswer:
        """Takes effect within seconds."""
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            row = await _known(rows, source)
            kept = await find_state(rows, source)
        check_match(match, row.revision)
        paused = row.paused if body.paused is None else body.paused
        edited = SourceRow(row.revision + 1, paused, row.source)
        try:
            await store.submit(ChangeSet(writes=[replace_source(edited, row.revision)]))
        except RevisionConflict:
            raise conflict("changed-meanwhile", "Somebody else changed it.") from None
        response.headers["ETag"] = etag(edited.revision)
        return answer_of(edited, kept.state)

    @router.delete(
        "/v1/sources/{source}",
        status_code=204,
        operation_id="delete_source",
        summary="Stop listening to it",
    )
    async def delete_source(source: Id, caller: Admin) -> None:
        """What was taken in stays."""
        async with store.reading() as snapshot:
            await _known(snapshot.for_tenant(caller.tenant), source)
        await store.submit(ChangeSet(writes=[*remove_source(caller.tenant, source)]))


async def _known(rows: Rows, source: str) -> SourceRow:
    row = await find_source(rows, source)
    if row is None:
        raise not_found("source")
    return row
