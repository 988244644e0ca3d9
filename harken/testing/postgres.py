"""A schema and a role of a test's own on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from harken.store.postgres.upgrade import upgrade


def new_name() -> str:
    return f"test_{uuid4().hex[:10]}"


def as_role(address: str, role: str) -> str:
    """The same database, for a role of `own_role`."""
    return make_conninfo(address, user=role, password="harken")


@contextmanager
def own_schema(owner: str, schema: str, role: str = "") -> Iterator[None]:
    """Up to date, and dropped in the end. ``owner`` is an address that may make schemas; ``role``
    gets what a service needs."""
    upgrade(owner, schema=schema, role=role)
    try:
        yield
    finally:
        drop_schema(owner, schema)


@contextmanager
def own_role(superuser: str, role: str) -> Iterator[None]:
    """A role that owns nothing, as services have."""
    name = sql.Identifier(role)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'harken'").format(name))
    try:
        yield
    finally:
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP ROLE {}").format(name))


def drop_schema(owner: str, schema: str) -> None:
    statement = sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema))
    with psycopg.connect(owner) as connection:
        connection.execute(statement)
