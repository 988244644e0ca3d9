"""Brings a database's schema up to date, by Alembic's revisions in ``migrations/versions``.

Run by a deployment's job under the role that owns the tables. What runs at the same moment waits.
Each revision is a transaction of its own; what fails can be run again. There are no downgrades.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema

from harken.store.postgres import schema as ours
from harken.store.postgres.security import OWN_TABLES, grant, lacking_grants, secure, unsecured
from harken.store.schema import METADATA

LOOK_SECONDS = 0.2
_LOCK = "pg_{}(hashtext('harken schema ' || %s))"
# Whatever waits for a table makes all others wait: rather the upgrade fails and comes again.
_PATIENCE = "SET lock_timeout = '10s'"


class CannotUpgrade(Exception):
    """PostgreSQL refused, or is not there. ``str`` of it is PostgreSQL's own words."""


def upgrade(address: str, *, schema: str = "harken", role: str = "") -> list[str]:
    """Runs the revisions that the database lacks. Returns what is different now, a line each.

    Tables that were made before there were revisions are taken over. ``role`` is granted what a
    service needs. Raises `CannotUpgrade`.
    """
    with _connected(address, schema) as connection, _alone(connection, schema):
        connection.exec_driver_sql(_PATIENCE)
        connection.exec_driver_sql(f"SET {ours.TENANT} = '{ours.EVERYBODY}'")
        if not connection.dialect.has_schema(connection, schema):
            connection.execute(CreateSchema(schema))
        before = _revision(connection)
        if before is not None and int(before) > ours.newest():
            return [f"nothing done: revision {before} is later than this program's"]
        # Alembic begins and ends transactions of its own, where none has begun.
        connection.commit()
        command.upgrade(_config(connection), "head")
        after = _revision(connection)
        lines = [] if before == after else [f"revision {before or 'none'} -> {after}"]
        if bare := unsecured(connection, schema):
            secure(connection, schema)
            lines.append(f"row security on {', '.join(bare)}")
        if role and lacking_grants(connection, schema, role):
            grant(connection, schema, role)
            lines.append(f"granted to {role} what a service needs")
        connection.commit()
        return lines


def differences(address: str, *, schema: str = "harken", role: str = "") -> list[str]:
    """How the database differs from what this program needs, a line each; changes nothing.

    What a later revision has added is no difference: this program runs on it. ``role`` is whose
    rights are looked at, by default the one that asks. Raises `CannotUpgrade`.
    """
    with _connected(address, schema) as connection:
        found = _revision(connection)
        if found is None:
            return [f"there is no schema {schema} of Harken's: run {ours.COMMAND}"]
        lines = []
        if int(found) < ours.newest():
            lines.append(f"revision {found}, not {ours.newest():04}: run {ours.COMMAND}")
        different = compare_metadata(_context(connection), METADATA)
        if int(found) > ours.newest():
            different = [one for one in different if not str(one[0]).startswith("remove_")]
        lines += map(_said, different)
        lines += [f"no row security on {table}" for table in unsecured(connection, schema)]
        whose = role or connection.exec_driver_sql("SELECT current_user").scalar_one()
        return lines + lacking_grants(connection, schema, whose)


def write_revision(address: str, message: str, *, schema: str) -> None:
    """For developers: writes the file that brings a schema of the last revision to today's tables.

    It is a draft: see CONTRIBUTING.md. Raises `CannotUpgrade`.
    """
    with _connected(address, schema) as connection:
        name = f"{ours.newest() + 1:04}"
        command.revision(_config(connection), message, autogenerate=True, rev_id=name)


def _config(connection: Connection) -> Config:
    """What Alembic's own commands need; see ``migrations/env.py``."""
    made = Config()
    made.set_main_option("script_location", "harken.store.postgres:migrations")
    made.set_main_option("path_separator", "newline")
    made.set_main_option("version_locations", str(ours.VERSIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    made.attributes["options"] = _OPTIONS
    return made


def _of_ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    return not (kind == "table" and name in OWN_TABLES)


_OPTIONS: dict[str, Any] = {
    "include_object": _of_ours,
    "compare_server_default": True,
    "transaction_per_migration": True,
}


@contextmanager
def _connected(address: str, schema: str) -> Iterator[Connection]:
    connect = partial(psycopg.connect, address, options=f"-c search_path={schema}")
    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.dialect.default_schema_name = schema
            yield connection
    except DBAPIError as error:
        raise CannotUpgrade(str(error.orig).strip()) from error


@contextmanager
def _alone(connection: Connection, schema: str) -> Iterator[None]:
    # Asked again and again: who waited for it within a statement would be waited for by an index
    # that is built concurrently, without end.
    while not connection.exec_driver_sql(
        f"SELECT {_LOCK.format('try_advisory_lock')}", (schema,)
    ).scalar_one():
        connection.commit()
        time.sleep(LOOK_SECONDS)
    connection.commit()
    yield
    connection.exec_driver_sql(f"SELECT {_LOCK.format('advisory_unlock')}", (schema,))


def _context(connection: Connection) -> MigrationContext:
    return MigrationContext.configure(connection, opts=_OPTIONS)


def _revision(connection: Connection) -> str | None:
    return _context(connection).get_current_revision()


def _said(difference: Sequence[Any]) -> str:
    """One of Alembic's: (what, of whom, ...), or a list of these for one column."""
    if isinstance(difference, list):
        return "; ".join(map(_said, difference))
    what, *of = difference
    return (
        f"{str(what).replace('_', ' ')}: {' '.join(str(getattr(one, 'name', one)) for one in of)}"
    )
