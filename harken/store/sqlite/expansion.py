"""What a file lacks of the schema, as statements that add it: tables, columns, indexes.

Adding is all that is derived; whatever else a version changes is a step of
`harken.store.sqlite.migrations`.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import ClauseElement, Column, Index, Table
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from harken.store.schema import METADATA
from harken.store.sqlite.queries import DIALECT

_COLUMNS = """
SELECT tables.name, columns.name
FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
WHERE tables.type = 'table'
"""
_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index'"


class CannotBeAdded(Exception):
    """The column has no default that the rows that are there could take."""


def missing(connection: sqlite3.Connection) -> Iterator[str]:
    """In an order in which they can be run. Raises `CannotBeAdded`."""
    columns: defaultdict[str, set[str]] = defaultdict(set)
    for table, column in connection.execute(_COLUMNS).fetchall():
        columns[table].add(column)
    indexes = {name for (name,) in connection.execute(_INDEXES).fetchall()}
    for table in METADATA.sorted_tables:
        there = columns.get(table.name)
        if there is None:
            yield _text(CreateTable(table))
        else:
            yield from map(_added, (column for column in table.columns if column.name not in there))
        yield from (
            _text(CreateIndex(index)) for index in _named(table) if index.name not in indexes
        )


def _named(table: Table) -> Iterable[Index]:
    return sorted(table.indexes, key=lambda index: str(index.name))


def _added(column: Column[object]) -> str:
    if not column.nullable and column.server_default is None:
        raise CannotBeAdded(f"{column} needs a server_default, or a step of its own")
    return f"ALTER TABLE {column.table.name} ADD COLUMN {_text(CreateColumn(column))}"


def _text(element: ClauseElement) -> str:
    return str(element.compile(dialect=DIALECT))
