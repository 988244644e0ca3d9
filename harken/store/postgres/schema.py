"""Creates the tables of a new database, brings an older one up to date, and sets row security.

Row security is the second wall: the views of `harken.store.tenancy` part the tenants already. It
holds for every role but superusers, who pass all policies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from harken.store.postgres.dialect import DIALECT
from harken.store.schema import METADATA
from harken.store.schema.metadata import SCHEMA_VERSION
from harken.store.sql.expansion import lacking

Connection = AsyncConnection[TupleRow]

TENANT = "harken.tenant"
"""The setting that says whose rows a transaction may see; `EVERYBODY` for all."""
EVERYBODY = "*"
_LOCK = 0x6861726B656E  # any number that is ours alone
_COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
_INDEXES = "SELECT indexname FROM pg_indexes WHERE schemaname = %s"
_POLICIES = "SELECT tablename FROM pg_policies WHERE schemaname = %s AND policyname = 'tenant'"
_VERSION = "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY)"
_OWN = f"tenant = current_setting('{TENANT}', true) OR current_setting('{TENANT}', true) = '*'"


class SchemaMismatch(Exception):
    """The database was made by a newer version of Harken."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"the database has schema version {found}, this program knows {SCHEMA_VERSION} and"
            " older: use the version that made it"
        )
        self.found = found


async def create_or_upgrade(connection: Connection, schema: str) -> None:
    """In the caller's transaction; whoever starts at the same moment waits. Raises
    `SchemaMismatch`."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    await connection.execute(
        sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema))
    )
    await connection.execute(_VERSION)
    row = await (await connection.execute("SELECT max(version) FROM schema_version")).fetchone()
    found = row[0] if row is not None and row[0] is not None else 0
    if found > SCHEMA_VERSION:
        raise SchemaMismatch(found)
    columns: defaultdict[str, set[str]] = defaultdict(set)
    for table, column in await _all(connection, _COLUMNS, schema):
        columns[table].add(column)
    indexes = {name for (name,) in await _all(connection, _INDEXES, schema)}
    for statement in lacking(columns, indexes, DIALECT):
        await connection.execute(statement.encode())
    secured = {name for (name,) in await _all(connection, _POLICIES, schema)}
    for statement in _policies(secured):
        await connection.execute(statement.encode())
    version = "INSERT INTO schema_version VALUES (%s) ON CONFLICT DO NOTHING"
    await connection.execute(version, (SCHEMA_VERSION,))


def _policies(secured: set[str]) -> Iterator[str]:
    for table in METADATA.sorted_tables:
        if "tenant" in table.c and table.name not in secured:
            yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"
            # Or the owner of the tables, as whom Harken runs, would pass it.
            yield f"ALTER TABLE {table.name} FORCE ROW LEVEL SECURITY"
            yield f"CREATE POLICY tenant ON {table.name} USING ({_OWN}) WITH CHECK ({_OWN})"


async def _all(connection: Connection, query: str, schema: str) -> list[TupleRow]:
    return await (await connection.execute(query.encode(), (schema,))).fetchall()
