"""The `Store` port on the embedded file."""

from harken.store.sqlite.schema import SchemaMismatch
from harken.store.sqlite.store import SqliteStore

__all__ = ["SchemaMismatch", "SqliteStore"]
