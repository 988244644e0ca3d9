"""`/v1/connections`: our accounts on networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field
from sqlalchemy import select

from harken.channels.port import Connection
from harken.channels.registry import NETWORKS, connection_problems, source_problems
from harken.channels.vault import CannotOpen, Vault, opening
from harken.domain.ids import ConnectionId, TenantId
from harken.domain.roles import Role
from harken.domain.time import Instant
from harken.http.access import allowed
from harken.http.etag import IfMatch, check_match, etag
from harken.http.idempotency import Idempotent
from harken.http.models import ApiModel, Time, bounded, examples
from harken.http.pagination import Page, Paging
from harken.http.principal import Principal
from harken.http.problem import conflict, invalid, not_found
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.changes import ChangeSet, Remove, RevisionConflict
from harken.store.port import Rows, Store
from harken.store.schema.ingest import CONNECTIONS, SOURCES
from services.ingest.connections import (
    find_kept,
    insert_connection,
    insert_source,
    make_source,
    remove_source,
    replace_connection,
)
from services.ingest.listing import list_by_id

Admin = Annotated[Principal, Depends(allowed(Role.ADMIN))]
Reader = Annotated[
    Principal, Depends(allowed(Role.AGENT, Role.SUPERVISOR, Role.CRISIS, Role.AUDITOR))
]
Id = Annotated[str, Path(max_length=100)]
Pairs = Annotated[
    dict[Annotated[str, bounded(60)], Annotated[str, bounded(4_000)]], Field(max_length=20)
]

_CONNECTION: dict[str, Any] = {
    "id": "0190a8a2-7a55-7cc0-9d0b-1c2d3e4f5a6b",
    "network": "mastodon",
    "name": "Brivanta on social.example",
    "settings": {"instance": "https://social.example"},
    "secrets": ["access_token"],
    "created_at": "2026-03-01T09:30:00Z",
}


class NewConnection(ApiModel):
    """An account of ours on a network."""

    model_config = examples(
        {
            "network": "mastodon",
            "name": "Brivanta on social.example",
            "settings": {"instance": "https://social.example"},
            "secrets": {"access_token": "kept-by-us-and-never-shown"},
        }
    )

    network: Annotated[str, Field(json_schema_extra={"enum": sorted(NETWORKS)})]
    name: Annotated[str, bounded(200)]
    settings: Pairs = Field(default_factory=dict)
    secrets: Pairs = Field(default_factory=dict)
    """Never shown again."""


class ConnectionEdit(ApiModel):
    """What is left out stays as it is; `secrets` replaces those that it names."""

    model_config = examples({"secrets": {"access_token": "a-fresh-one"}})

    name: Annotated[str, bounded(200)] | None = None
    settings: Pairs | None = None
    secrets: Pairs | None = None


class ConnectionAnswer(ApiModel):
    """A connection; of its secrets only the names."""

    model_config = examples(_CONNECTION)

    id: str
    network: str
    name: str
    settings: dict[str, str]
    secrets: list[str]
    created_at: Time


def connection_routes(store: Store, vault: Vault) -> APIRouter:
    router = api_router("Connections")

    @router.post(
        "/v1/connections",
        status_code=201,
        operation_id="create_connection",
        summary="Connect an account on a network",
    )
    async def create_connection(
        body: NewConnection, caller: Admin, once: Idempotent, response: Response
    ) -> ConnectionAnswer:
        """It gets its network's default source at once, where that needs no settings."""
        async with store.reading() as snapshot:
            now = snapshot.now
        connection = _made(body, caller.tenant, ConnectionId(once.origin), now)
        answer = _connection_answer(connection)
        change = ChangeSet(writes=[*once.writes(201, answer), insert_connection(connection, vault)])
        default = make_source(connection, NETWORKS[connection.network].source_kinds[0], {})
        if not source_problems(connection.network, default):
            change.add(insert_source(default))
        await store.submit(change)
        response.headers["ETag"] = etag(1)
        return answer

    @router.get(
        "/v1/connections", operation_id="list_connections", summary="Our accounts on networks"
    )
    async def list_connections(caller: Reader, paging: Paging) -> Page[ConnectionAnswer]:
        """In the order of their ids."""
        return await list_by_id(
            store,
            CONNECTIONS,
            caller,
            paging,
            lambda row: _connection_answer(decode(row.body, Connection)),
        )

    @router.get(
        "/v1/connections/{connection}", operation_id="get_connection", summary="One connection"
    )
    async def get_connection(
        connection: Id, caller: Reader, response: Response
    ) -> ConnectionAnswer:
        """Its secrets stay with us."""
        async with store.reading() as snapshot:
            revision, found = await known_connection(snapshot.for_tenant(caller.tenant), connection)
        response.headers["ETag"] = etag(revision)
        return _connection_answer(found)

    @router.patch(
        "/v1/connections/{connection}",
        operation_id="edit_connection",
        summary="Rename it, or change its settings or secrets",
    )
    async def edit_connection(
        connection: Id, body: ConnectionEdit, caller: Admin, match: IfMatch, response: Response
    ) -> ConnectionAnswer:
        """The network stays what it is."""
        async with store.reading() as snapshot:
            revision, found = await known_connection(snapshot.for_tenant(caller.tenant), connection)
        check_match(match, revision)
        edited = _edited(found, body, vault)
        try:
            await store.submit(ChangeSet(writes=[replace_connection(edited, revision, vault)]))
        except RevisionConflict:
            raise conflict("changed-meanwhile", "Somebody else changed it.") from None
        response.headers["ETag"] = etag(revision + 1)
        return _connection_answer(edited)

    @router.delete(
        "/v1/connections/{connection}",
        status_code=204,
        operation_id="delete_connection",
        summary="Stop listening and answering there",
    )
    async def delete_connection(connection: Id, caller: Admin) -> None:
        """Its sources go with it; what was taken in stays."""
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            await known_connection(rows, connection)
            query = select(SOURCES.c.id).where(SOURCES.c.connection == connection)
            sources = [row.id for row in await rows.all(query)]
        change = ChangeSet(
            writes=[Remove(CONNECTIONS, {"tenant": caller.tenant, "id": connection})]
        )
        for source in sources:
            change.add(*remove_source(caller.tenant, source))
        await store.submit(change)

    return router


def _made(body: NewConnection, tenant: TenantId, id_: ConnectionId, now: Instant) -> Connection:
    """Raises the 422 problem."""
    connection = Connection(tenant, id_, body.network, body.name, body.settings, body.secrets, now)
    _check_connection(connection)
    return connection


def _edited(found: Connection, body: ConnectionEdit, vault: Vault) -> Connection:
    """Raises the 422 problem."""
    fresh = body.secrets or {}
    edited = replace(
        found,
        name=found.name if body.name is None else body.name,
        settings=found.settings if body.settings is None else body.settings,
        secrets={**_others(opening(found, vault), fresh), **fresh},
    )
    _check_connection(edited)
    return edited


async def known_connection(rows: Rows, connection: str) -> tuple[int, Connection]:
    """As it is kept. Raises the 404 problem."""
    found = await find_kept(rows, ConnectionId(connection))
    if found is None:
        raise not_found("connection")
    return found


def _others(connection: Connection, fresh: Mapping[str, str]) -> dict[str, str]:
    """The secrets that stay. Raises the 422 problem where one of them is lost."""
    try:
        return {name: connection.secrets[name] for name in connection.secrets if name not in fresh}
    except CannotOpen as lost:
        raise invalid(str(lost)) from lost


def _check_connection(connection: Connection) -> None:
    if problems := connection_problems(connection):
        raise invalid("; ".join(problems))


def _connection_answer(connection: Connection) -> ConnectionAnswer:
    return ConnectionAnswer(
        id=connection.id,
        network=connection.network,
        name=connection.name,
        settings=dict(connection.settings),
        secrets=sorted(connection.secrets),
        created_at=connection.created_at,
    )
