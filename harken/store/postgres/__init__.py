"""The `Store` port on PostgreSQL 15 and later, by psycopg."""

from harken.store.postgres.schema import NeedsUpgrade, SchemaMismatch
from harken.store.postgres.store import PostgresStore

__all__ = ["NeedsUpgrade", "PostgresStore", "SchemaMismatch"]
