"""What a file lacks of the schema, as statements that add it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator

from harken.store.sql.expansion import lacking
from harken.store.sqlite.dialect import DIALECT

_COLUMNS = """
SELECT tables.name, columns.name
FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
WHERE tables.type = 'table'
"""
_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index'"


def missing(connection: sqlite3.Connection) -> Iterator[str]:
    """In an order in which they can be run. Raises ``CannotBeAdded``."""
    columns: defaultdict[str, set[str]] = defaultdict(set)
    for table, column in connection.execute(_COLUMNS).fetchall():
        columns[table].add(column)
    indexes = {name for (name,) in connection.execute(_INDEXES).fetchall()}
    return lacking(columns, indexes, DIALECT)
