"""What a database lacks of the schema, as statements that add it: tables, columns, indexes.

Adding is all that is derived; whatever else a version changes is a step of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import ClauseElement, Column, Index, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from harken.store.schema import METADATA


class CannotBeAdded(Exception):
    """The column has no default that the rows that are there could take."""


def lacking(
    columns: Mapping[str, Collection[str]], indexes: Collection[str], dialect: Dialect
) -> Iterator[str]:
    """In an order in which they can be run. Raises `CannotBeAdded`.

    ``columns`` are by table, of the tables that are there.
    """
    for table in METADATA.sorted_tables:
        there = columns.get(table.name)
        if there is None:
            yield _text(CreateTable(table), dialect)
        else:
            yield from (_added(c, dialect) for c in table.columns if c.name not in there)
        yield from (
            _text(CreateIndex(index), dialect)
            for index in _named(table)
            if index.name not in indexes
        )


def _named(table: Table) -> Iterable[Index]:
    return sorted(table.indexes, key=lambda index: str(index.name))


def _added(column: Column[object], dialect: Dialect) -> str:
    if not column.nullable and column.server_default is None:
        raise CannotBeAdded(f"{column} needs a server_default, or a step of its own")
    return f"ALTER TABLE {column.table.name} ADD COLUMN {_text(CreateColumn(column), dialect)}"


def _text(element: ClauseElement, dialect: Dialect) -> str:
    return str(element.compile(dialect=dialect))
