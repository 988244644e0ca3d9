"""A small service behind the real edges, on a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy import select
from starlette.exceptions import HTTPException

from harken.domain.ids import AgentId
from harken.domain.roles import Role
from harken.domain.time import Instant
from harken.http.access import Caller, allowed
from harken.http.etag import IfMatch, MustMatch, check_match, etag
from harken.http.idempotency import Idempotent
from harken.http.models import ApiModel, Id, Time, Whole, bounded, examples
from harken.http.openapi import problems
from harken.http.pagination import Cursor, Page, Paging, page
from harken.http.principal import Principal
from harken.http.problem import not_found
from harken.http.routing import api_router, public_router
from harken.http.sse import Timing
from harken.http.state import EdgeSettings
from harken.log.port import LogUnavailable
from harken.search.port import IndexUnavailable
from harken.store.changes import ChangeSet, Fenced, Insert, RevisionConflict, StoreUnavailable
from harken.store.schema.infrastructure import TOMBSTONES
from harken.store.sqlite import SqliteStore
from harken.testing.api import Api, api_in

Agents = Annotated[Principal, Depends(allowed(Role.AGENT))]
_NOTE = {"id": "n-1", "text": "Called back.", "written_at": "2026-03-01T09:30:00Z", "stars": 0}


class NewNote(ApiModel):
    """A note to write."""

    model_config = examples({"text": "Called back.", "written_at": "2026-03-01T09:30:00Z"})

    text: Annotated[str, bounded(50)]
    written_at: Time
    stars: Whole = 0
    tags: Annotated[tuple[Annotated[str, bounded(20)], ...], Field(max_length=5)] = ()


class Note(ApiModel):
    """A note."""

    model_config = examples(_NOTE)

    id: str
    text: str
    written_at: Time
    stars: int


class NoteCursor(Cursor, frozen=True):
    id: str


ERRORS: dict[str, Exception] = {
    "store": StoreUnavailable("the disk at /secret is full", 2.5),
    "log": LogUnavailable("broker /secret is away"),
    "index": IndexUnavailable("node /secret is away"),
    "revision": RevisionConflict("notes /secret"),
    "fenced": Fenced("lease /secret"),
    "fault": KeyError("/secret"),
    "timeout": TimeoutError("/secret"),
    "framework": HTTPException(418, "Short and stout"),
}


def _row(tenant: str, kind: str, name: str, at: Instant) -> dict[str, Any]:
    """Tombstones are a table that any of these things fits in."""
    return {"tenant": tenant, "kind": kind, "id": name, "at": at}


@dataclass(slots=True)
class Notes:
    """A service with a way to be wrong for every error there is."""

    store: SqliteStore

    @property
    def routers(self) -> list[APIRouter]:
        return [self._notes(), self._commands(), self._open()]

    def _notes(self) -> APIRouter:
        router = api_router("Notes")

        @router.post("/v1/notes", status_code=201)
        async def add_note(body: NewNote, caller: Agents, once: Idempotent) -> Note:
            """Write a note.

            It stays.
            """
            note = Note(
                id=once.origin, text=body.text, written_at=body.written_at, stars=body.stars
            )
            row = _row(caller.tenant, "note", note.id, body.written_at)
            change = ChangeSet(writes=[*once.writes(201, note), Insert(TOMBSTONES, row)])
            await self.store.submit(change)
            return note

        @router.get("/v1/notes")
        async def list_notes(
            caller: Caller,
            paging: Paging,
            since: Annotated[Time | None, Query(description="Not before.")] = None,
        ) -> Page[Note]:
            """List the notes."""
            table = TOMBSTONES.c
            query = select(TOMBSTONES).where(table.at >= (since or 0)).order_by(table.id)
            after = paging.after(NoteCursor)
            if after is not None:
                query = query.where(table.id > after.id)
            async with self.store.reading() as snapshot:
                rows = await snapshot.for_tenant(caller.tenant).all(query.limit(paging.limit + 1))
            return page(
                rows,
                paging,
                lambda row: Note(id=row.id, text="-", written_at=row.at, stars=0),
                lambda row: NoteCursor(row.id),
            )

        @router.put("/v1/notes/{note}")
        async def change_note(
            note: Id, body: NewNote, _: Caller, match: IfMatch, response: Response
        ) -> Note:
            """Change a note."""
            if note != "n-1":
                raise not_found("note")
            check_match(match, 3)
            response.headers["ETag"] = etag(4)
            return Note(id=note, text=body.text, written_at=body.written_at, stars=body.stars)

        @router.delete("/v1/notes/{note}", status_code=204)
        async def remove_note(note: Id, _: Caller, match: MustMatch) -> None:
            """Remove a note."""
            if note != "n-1":
                raise not_found("note")
            check_match(match, 3)

        return router

    def _commands(self) -> APIRouter:
        router = api_router("Commands")

        @router.post("/v1/commands")
        async def command(body: NewNote, caller: Caller, once: Idempotent) -> Note:
            """Do something later."""
            if not once.started:
                row = _row(caller.tenant, "command", once.origin, body.written_at)
                change = ChangeSet(writes=[*once.writes(), Insert(TOMBSTONES, row)])
                await self.store.submit(change)
            table = TOMBSTONES.c
            result = select(table.at).where(table.kind == "result", table.id == once.origin)
            async with self.store.reading() as snapshot:
                found = await snapshot.for_tenant(caller.tenant).first(result)
            if found is None:
                raise once.in_progress()
            return Note(id=once.origin, text="done", written_at=found.at, stars=0)

        return router

    def _open(self) -> APIRouter:
        router = public_router("Open")

        @router.get("/v1/failing/{how}", responses=problems(429))
        async def failing(how: Id) -> Note:
            """Fail."""
            raise ERRORS.get(how) or not_found("way to fail")

        @router.get("/v1/waiting", status_code=204)
        async def waiting() -> None:
            """Wait until the time is up."""
            await asyncio.Event().wait()

        @router.post("/v1/raw", status_code=204)
        async def raw(request: Request) -> None:
            """Take any bytes."""
            await request.body()

        return router


@pytest.fixture
def settings() -> EdgeSettings:
    return EdgeSettings(body_limit=100_000, request_timeout=5.0)


@pytest.fixture
def timing() -> Timing:
    return Timing(heartbeat=5.0, write=5.0)


@pytest.fixture
async def api(tmp_path: Path, settings: EdgeSettings, timing: Timing) -> AsyncIterator[Api]:
    own_problems = {"too-rude": "Be kind."}
    async with api_in(tmp_path, lambda s: [Notes(s)], settings, timing, own_problems) as made:
        yield made


@pytest.fixture
async def agent(api: Api) -> str:
    return await api.key(Role.AGENT, agent=AgentId("ilze"))


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[Api]:
    """One with tight limits, that a browser's page may call."""
    limits = EdgeSettings(
        body_limit=1_000, request_timeout=0.05, cors_origins=("https://desk.example",)
    )
    async with api_in(tmp_path, lambda store: [Notes(store)], limits) as made:
        yield made
