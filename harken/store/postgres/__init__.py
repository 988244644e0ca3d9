"""The `Store` port on PostgreSQL 15 and later, by psycopg."""

from harken.store.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
