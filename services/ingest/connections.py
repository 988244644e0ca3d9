"""Connections and sources as rows: reading them, and the writes that change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Select, select

from harken.channels.port import Connection, Source
from harken.channels.vault import Vault, opening, sealed
from harken.domain.ids import ConnectionId, SourceId, TenantId, derive
from harken.store.body import decode, encode
from harken.store.changes import Insert, Remove, Replace
from harken.store.port import Rows
from harken.store.schema.ingest import CONNECTIONS, SOURCE_STATES, SOURCES

ConnectionRow = tuple[int, Connection]


class SourceRow(NamedTuple):
    """``revision`` counts the edits of admins."""

    revision: int
    paused: bool
    source: Source


class SourceKey(NamedTuple):
    tenant: TenantId
    id: SourceId


class Version(NamedTuple):
    """Whoever listens with another one listens with old settings or secrets."""

    source: int
    connection: int


def one_connection(connection: ConnectionId) -> Select[tuple[int, str]]:
    return select(CONNECTIONS.c.revision, CONNECTIONS.c.body).where(CONNECTIONS.c.id == connection)


async def find_kept(rows: Rows, connection: ConnectionId) -> ConnectionRow | None:
    """Its revision and the connection as it is kept: its secrets are sealed."""
    row = await rows.first(one_connection(connection))
    return None if row is None else (row.revision, decode(row.body, Connection))


async def find_connection(
    rows: Rows, connection: ConnectionId, vault: Vault
) -> ConnectionRow | None:
    """The same, with secrets that open when they are asked for."""
    found = await find_kept(rows, connection)
    return None if found is None else (found[0], opening(found[1], vault))


async def find_connections(
    rows: Rows, wanted: Sequence[ConnectionId], vault: Vault
) -> dict[ConnectionId, Connection]:
    query = select(CONNECTIONS.c.body).where(CONNECTIONS.c.id.in_(wanted))
    found = [opening(decode(row.body, Connection), vault) for row in await rows.all(query)]
    return {connection.id: connection for connection in found}


def insert_connection(connection: Connection, vault: Vault) -> Insert:
    return Insert(CONNECTIONS, _connection_row(connection, vault, revision=1))


def replace_connection(connection: Connection, expected: int, vault: Vault) -> Replace:
    """Raises `CannotOpen` where one of its secrets is lost."""
    return Replace(CONNECTIONS, _connection_row(connection, vault, expected + 1), expected)


def _connection_row(connection: Connection, vault: Vault, revision: int) -> dict[str, object]:
    return {
        "tenant": connection.tenant,
        "id": connection.id,
        "revision": revision,
        "network": connection.network,
        "name": connection.name,
        "body": encode(sealed(connection, vault)),
        "created_at": connection.created_at,
    }


async def every_source(rows: Rows) -> Mapping[SourceKey, Version]:
    """What is to be listened to by all tenants that ``rows`` can see."""
    query = (
        select(
            SOURCES.c.tenant,
            SOURCES.c.id,
            SOURCES.c.revision,
            CONNECTIONS.c.revision.label("of_connection"),
        )
        .join(
            CONNECTIONS,
            (CONNECTIONS.c.tenant == SOURCES.c.tenant) & (CONNECTIONS.c.id == SOURCES.c.connection),
        )
        .where(SOURCES.c.paused == 0)
        .order_by(SOURCES.c.tenant, SOURCES.c.id)
    )
    return {
        SourceKey(row.tenant, row.id): Version(row.revision, row.of_connection)
        for row in await rows.all(query)
    }


async def find_source(rows: Rows, source: str) -> SourceRow | None:
    query = select(SOURCES.c.revision, SOURCES.c.paused, SOURCES.c.body)
    row = await rows.first(query.where(SOURCES.c.id == source))
    if row is None:
        return None
    return SourceRow(row.revision, bool(row.paused), decode(row.body, Source))


def insert_source(source: Source) -> Insert:
    return Insert(SOURCES, _source_row(SourceRow(1, False, source)))


def replace_source(row: SourceRow, expected: int) -> Replace:
    return Replace(SOURCES, _source_row(row), expected)


def remove_source(tenant: TenantId, source: str) -> Sequence[Remove]:
    key = {"tenant": tenant, "id": source}
    return Remove(SOURCES, key), Remove(SOURCE_STATES, key)


def _source_row(row: SourceRow) -> dict[str, object]:
    return {
        "tenant": row.source.tenant,
        "id": row.source.id,
        "revision": row.revision,
        "connection": row.source.connection,
        "kind": row.source.kind,
        "paused": int(row.paused),
        "body": encode(row.source),
    }


def make_source(connection: Connection, kind: str, settings: Mapping[str, str]) -> Source:
    """The same thing to listen to has the same id."""
    told = [f"{name}={value}" for name, value in sorted(settings.items())]
    return Source(
        connection.tenant,
        SourceId(derive("source", connection.tenant, connection.id, kind, *told)),
        connection.id,
        kind,
        settings,
        connection.created_at,
    )
