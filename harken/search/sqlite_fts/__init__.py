"""`SearchIndex` on SQLite FTS5, in the embedded edition's file."""

from harken.search.sqlite_fts.index import SqliteFtsIndex

__all__ = ["SqliteFtsIndex"]
