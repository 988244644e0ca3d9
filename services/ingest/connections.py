"""Connections and sources as rows: reading them, and the writes that change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select

from harken.channels.port import Connection, Source
from harken.channels.vault import Vault, opening, sealed
from harken.domain.ids import ConnectionId, SourceId, derive
from harken.store.body import decode, encode
from harken.store.changes import Insert, Replace
from harken.store.port import Rows
from harken.store.schema.ingest import CONNECTIONS, SOURCES

ConnectionRow = tuple[int, Connection]
SourceRow = tuple[int, str, Source]


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


async def every_source(rows: Rows) -> Sequence[SourceRow]:
    """Revision, cursor and source, of all tenants that ``rows`` can see."""
    query = select(SOURCES.c.revision, SOURCES.c.cursor, SOURCES.c.body)
    return [
        (row.revision, row.cursor, decode(row.body, Source))
        for row in await rows.all(query.order_by(SOURCES.c.tenant, SOURCES.c.id))
    ]


async def find_source(rows: Rows, source: str) -> SourceRow | None:
    query = select(SOURCES.c.revision, SOURCES.c.cursor, SOURCES.c.body)
    row = await rows.first(query.where(SOURCES.c.id == source))
    return None if row is None else (row.revision, row.cursor, decode(row.body, Source))


def insert_source(source: Source) -> Insert:
    return Insert(SOURCES, _source_row(source, revision=1, cursor=""))


def move_cursor(source: Source, expected: int, cursor: str) -> Replace:
    """Refused where the source was changed or deleted meanwhile."""
    return Replace(SOURCES, _source_row(source, expected + 1, cursor), expected)


def _source_row(source: Source, revision: int, cursor: str) -> dict[str, object]:
    return {
        "tenant": source.tenant,
        "id": source.id,
        "revision": revision,
        "connection": source.connection,
        "kind": source.kind,
        "cursor": cursor,
        "body": encode(source),
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
