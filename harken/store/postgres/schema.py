"""Which schema this program stands on, and whether the database has it.

A program never changes the schema that it finds: `harken.store.postgres.upgrade` does, under a
role of its own. Nothing here needs Alembic.
"""

from __future__ import annotations

from pathlib import Path

from psycopg import AsyncConnection, errors
from psycopg.rows import TupleRow

from harken.telemetry.logs import Log

TENANT = "harken.tenant"
"""The setting that says whose rows a transaction may see; `EVERYBODY` for all."""
EVERYBODY = "*"

VERSIONS = Path(__file__).parent / "migrations" / "versions"
COMMAND = "`harken store upgrade`"

_FOUND = "SELECT version_num::int, oldest FROM alembic_version CROSS JOIN schema_support"
_UNBOUND = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"

_log = Log(__name__)


class SchemaMismatch(Exception):
    """The database's schema is not one that this program can run on."""


class NeedsUpgrade(SchemaMismatch):
    """Not yet: an upgrade that is run now, or soon, makes it so."""


def newest() -> int:
    """The revision that this program was written for: its files' names begin with numbers."""
    return max(int(file.name.partition("_")[0]) for file in VERSIONS.glob("[0-9]*.py"))


async def verify(connection: AsyncConnection[TupleRow], schema: str) -> None:
    """A later schema that only added to ours will do. Raises `SchemaMismatch`."""
    ours = newest()
    try:
        row = await (await connection.execute(_FOUND)).fetchone()
    except (errors.UndefinedTable, errors.InsufficientPrivilege) as error:
        role = connection.info.user
        raise NeedsUpgrade(
            f"the database has no schema {schema} of Harken's that the role {role} may use: run"
            f" {COMMAND} as its owner, with --role {role}"
        ) from error
    found, oldest = (0, 0) if row is None else row
    if found < ours:
        raise NeedsUpgrade(
            f"the database's schema is at revision {found:04}, this program needs {ours:04}: run"
            f" {COMMAND}"
        )
    if oldest > ours:
        raise SchemaMismatch(
            f"the database's schema is at revision {found:04} and serves programs from revision"
            f" {oldest:04} on, this program knows {ours:04}: use a newer one"
        )
    passes = await (await connection.execute(_UNBOUND)).fetchone()
    if passes is not None and passes[0]:
        why = f"{connection.info.user} is a superuser or has BYPASSRLS"
        _log.warning("row security does not bind", why=why)
