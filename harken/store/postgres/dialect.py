"""What PostgreSQL's SQL looks like, for psycopg."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql

from harken.store.sql.queries import Queries
from harken.store.sql.writes import Writes

# psycopg takes its parameters by position as %s.
DIALECT = postgresql.dialect(paramstyle="format")  # type: ignore[no-untyped-call]


def make_queries(schema: str) -> Queries:
    return Queries(DIALECT, schema)


def make_writes(queries: Queries) -> Writes:
    return Writes(queries, postgresql.insert)
