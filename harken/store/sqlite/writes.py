"""Each kind of write as one SQL statement, compiled once for each table and set of columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql.dml import UpdateBase

from harken.store.changes import (
    AlreadyExists,
    ChangeRefused,
    Insert,
    InsertOnce,
    PutNewer,
    Remove,
    Replace,
    RevisionConflict,
    Statement,
    Write,
)
from harken.store.sqlite.queries import DIALECT, Queries

Columns = tuple[str, ...]

_TAKEN = {"SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_ROWID"}


@dataclass(frozen=True, slots=True)
class Step:
    """SQL ready to run. If it touches another number of rows than ``rows``, it is ``refused``."""

    table: str
    sql: str
    arguments: Sequence[Any]
    rows: int | None = None
    refused: Callable[[], ChangeRefused] | None = None

    def run(self, connection: sqlite3.Connection) -> None:
        try:
            touched = connection.execute(self.sql, self.arguments).rowcount
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorname in _TAKEN:
                raise AlreadyExists(self.table, str(error)) from error
            raise
        if touched < 0:  # the statement begins with WITH
            (touched,) = connection.execute("SELECT changes()").fetchone()
        if self.rows is not None and touched != self.rows and self.refused is not None:
            raise self.refused()


@dataclass(frozen=True, slots=True)
class Compiled:
    sql: str
    names: Columns

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Raises ``ValueError`` where one is missing."""
        try:
            return [values[name] for name in self.names]
        except KeyError as error:
            raise ValueError(f"no value for {error}") from error


def step(write: Write, queries: Queries) -> Step:
    """Raises ``ValueError`` for rows and keys that don't fit their table."""
    if isinstance(write, Statement):
        return _statement(write, queries)
    name = write.table.name
    if isinstance(write, Replace):
        return _replace(write)
    if isinstance(write, Remove):
        sql = _delete(write.table, tuple(write.key))
        return Step(name, sql.sql, sql.arguments(write.key))
    if isinstance(write, Insert | InsertOnce):
        sql = _insert(write.table, tuple(write.row), once=isinstance(write, InsertOnce))
        return Step(name, sql.sql, sql.arguments(write.row))
    sql = _upsert(write.table, newer=isinstance(write, PutNewer))
    return Step(name, sql.sql, sql.arguments(_whole(write.table, write.row)))


def _replace(write: Replace) -> Step:
    name, row = write.table.name, _whole(write.table, write.row)

    def conflict() -> RevisionConflict:
        return RevisionConflict(f"{name} {_key(write.table, row)}: not at {write.expected}")

    if write.expected == 0:
        sql = _insert_new(write.table)
        return Step(name, sql.sql, sql.arguments(row), rows=1, refused=conflict)
    sql = _update(write.table)
    arguments = sql.arguments({**row, **_prefixed(row), "expected": write.expected})
    return Step(name, sql.sql, arguments, rows=1, refused=conflict)


def _statement(write: Statement, queries: Queries) -> Step:
    table = write.statement.entity_description["name"]
    query = queries.query(write.statement)

    def conflict() -> RevisionConflict:
        return RevisionConflict(f"{table}: other than {write.rows} rows to change")

    return Step(table, query.sql, query.arguments, write.rows, conflict)


# --- compiled once each


@cache
def _insert(table: Table, columns: Columns, *, once: bool) -> Compiled:
    statement = insert(table)
    if once:
        statement = statement.on_conflict_do_nothing()
    return compiled(statement, _known(table, columns))


@cache
def _insert_new(table: Table) -> Compiled:
    """Does nothing where the primary key is taken; another unique value that is fails."""
    statement = insert(table).on_conflict_do_nothing(index_elements=list(table.primary_key))
    return compiled(statement, table.c.keys())


@cache
def _upsert(table: Table, *, newer: bool) -> Compiled:
    statement = insert(table)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        # With nothing beside the key there is nothing to change, and a no-op says so.
        set_={c.name: new[c.name] for c in table.c if not c.primary_key}
        or {c.name: new[c.name] for c in table.primary_key},
        where=new["revision"] > table.c.revision if newer else None,
    )
    return compiled(statement, table.c.keys())


@cache
def _update(table: Table) -> Compiled:
    statement = table.update().where(
        *(column == bindparam(f"key_{column.name}") for column in table.primary_key),
        table.c.revision == bindparam("expected"),
    )
    return compiled(statement, [c.name for c in table.c if not c.primary_key])


@cache
def _delete(table: Table, columns: Columns) -> Compiled:
    if set(columns) != set(table.primary_key.columns.keys()):
        raise ValueError(f"{columns} is not the primary key of {table.name}")
    criteria = (table.c[column] == bindparam(column) for column in columns)
    return compiled(table.delete().where(*criteria))


def compiled(statement: UpdateBase, columns: Iterable[str] = ()) -> Compiled:
    sql = statement.compile(dialect=DIALECT, column_keys=list(columns))
    return Compiled(sql.string, tuple(sql.positiontup or ()))


# --- rows


def _known(table: Table, columns: Columns) -> Columns:
    unknown = set(columns) - set(table.c.keys())
    if unknown:
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    return columns


def _whole(table: Table, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with None in the optional columns that it doesn't name."""
    if len(row) == len(table.c):
        return row
    _known(table, tuple(row))
    return {**dict.fromkeys(c.name for c in table.c if c.nullable), **row}


def _key(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(column.name) for column in table.primary_key)


def _prefixed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {f"key_{name}": value for name, value in row.items()}
