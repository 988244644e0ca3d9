"""What SQLite's SQL looks like."""

from __future__ import annotations

from sqlalchemy.dialects import sqlite

from harken.store.sql.queries import Queries
from harken.store.sql.writes import Writes

DIALECT = sqlite.dialect()
SCHEMA = "main"
"""The name that SQLite gives to the file that a connection was opened on."""


def make_queries() -> Queries:
    return Queries(DIALECT, SCHEMA)


def make_writes(queries: Queries) -> Writes:
    return Writes(queries, sqlite.insert)
