"""Each kind of write as one SQL statement, compiled once for each table and set of columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam
from sqlalchemy.sql.dml import UpdateBase

from harken.log.headers import pack_headers
from harken.store.changes import (
    ChangeRefused,
    Insert,
    InsertOnce,
    Outgoing,
    Position,
    PositionTaken,
    PutNewer,
    Remove,
    Replace,
    RevisionConflict,
    Statement,
    Write,
)
from harken.store.schema.infrastructure import OUTBOX, POSITIONS
from harken.store.sql.queries import Queries

Columns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """SQL ready to run. If it touches another number of rows than ``rows``, it is ``refused``."""

    table: str
    sql: str
    arguments: Sequence[Any]
    rows: int | None = None
    refused: Callable[[], ChangeRefused] | None = None

    def check(self, touched: int) -> None:
        """Raises what it is refused with."""
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


class Writes:
    """``insert`` is the engine's own, with ``on_conflict``: both engines spell it alike."""

    def __init__(self, queries: Queries, insert: Callable[[Table], Any]) -> None:
        self._queries = queries
        self._insert_into = insert
        self._insert = cache(self._compile_insert)
        self._insert_new = cache(self._compile_insert_new)
        self._upsert = cache(self._compile_upsert)
        self._update = cache(self._compile_update)
        self._delete = cache(self._compile_delete)
        names = ("consumer_group", "topic", "partition", "next")
        first = insert(POSITIONS).on_conflict_do_nothing()
        self._first_position = self.compiled(first, names)
        self._next_position = self.compiled(
            POSITIONS.update()
            .where(
                POSITIONS.c.consumer_group == bindparam("consumer_group_"),
                POSITIONS.c.topic == bindparam("topic_"),
                POSITIONS.c.partition == bindparam("partition_"),
                POSITIONS.c.next == bindparam("expected"),
            )
            .values(next=bindparam("next_"))
        )
        stamped = [c.name for c in OUTBOX.c if c.name not in ("id", "sent_at")]
        self.outbox = self.compiled(insert(OUTBOX), stamped)

    def step(self, write: Write) -> Step:
        """Raises ``ValueError`` for rows and keys that don't fit their table."""
        if isinstance(write, Statement):
            return self._statement(write)
        name = write.table.name
        if isinstance(write, Replace):
            return self._replace(write)
        if isinstance(write, Remove):
            sql = self._delete(write.table, tuple(write.key))
            return Step(name, sql.sql, sql.arguments(write.key))
        if isinstance(write, Insert | InsertOnce):
            once = isinstance(write, InsertOnce)
            sql = self._insert(write.table, tuple(write.row), once=once)
            return Step(name, sql.sql, sql.arguments(write.row))
        sql = self._upsert(write.table, newer=isinstance(write, PutNewer))
        return Step(name, sql.sql, sql.arguments(_whole(write.table, write.row)))

    def position(self, position: Position) -> Step:
        topic, partition = position.place
        values = {
            "consumer_group": position.group,
            "topic": topic,
            "partition": partition,
            "next": position.next,
        }

        def taken() -> PositionTaken:
            where = f"{position.group} on {topic}[{partition}]"
            return PositionTaken(f"{where} is not at {position.expected}")

        sql = self._first_position
        if position.expected is not None:
            sql = self._next_position
            values = {f"{name}_": value for name, value in values.items()}
            values["expected"] = position.expected
        return Step(POSITIONS.name, sql.sql, sql.arguments(values), rows=1, refused=taken)

    def _replace(self, write: Replace) -> Step:
        name, row = write.table.name, _whole(write.table, write.row)

        def conflict() -> RevisionConflict:
            return RevisionConflict(f"{name} {_key(write.table, row)}: not at {write.expected}")

        if write.expected == 0:
            sql = self._insert_new(write.table)
            return Step(name, sql.sql, sql.arguments(row), rows=1, refused=conflict)
        sql = self._update(write.table)
        arguments = sql.arguments({**row, **_prefixed(row), "expected": write.expected})
        return Step(name, sql.sql, arguments, rows=1, refused=conflict)

    def _statement(self, write: Statement) -> Step:
        table = write.statement.entity_description["name"]
        query = self._queries.query(write.statement)

        def conflict() -> RevisionConflict:
            return RevisionConflict(f"{table}: other than {write.rows} rows to change")

        return Step(table, query.sql, query.arguments, write.rows, conflict)

    # --- compiled once each

    def _compile_insert(self, table: Table, columns: Columns, *, once: bool) -> Compiled:
        statement = self._insert_into(table)
        if once:
            statement = statement.on_conflict_do_nothing()
        return self.compiled(statement, _known(table, columns))

    def _compile_insert_new(self, table: Table) -> Compiled:
        """Does nothing where the primary key is taken; another unique value that is fails."""
        key = list(table.primary_key)
        statement = self._insert_into(table).on_conflict_do_nothing(index_elements=key)
        return self.compiled(statement, table.c.keys())

    def _compile_upsert(self, table: Table, *, newer: bool) -> Compiled:
        statement = self._insert_into(table)
        new = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=list(table.primary_key),
            # With nothing beside the key there is nothing to change, and a no-op says so.
            set_={c.name: new[c.name] for c in table.c if not c.primary_key}
            or {c.name: new[c.name] for c in table.primary_key},
            where=new["revision"] > table.c.revision if newer else None,
        )
        return self.compiled(statement, table.c.keys())

    def _compile_update(self, table: Table) -> Compiled:
        statement = table.update().where(
            *(column == bindparam(f"key_{column.name}") for column in table.primary_key),
            table.c.revision == bindparam("expected"),
        )
        return self.compiled(statement, [c.name for c in table.c if not c.primary_key])

    def _compile_delete(self, table: Table, columns: Columns) -> Compiled:
        if set(columns) != set(table.primary_key.columns.keys()):
            raise ValueError(f"{columns} is not the primary key of {table.name}")
        criteria = (table.c[column] == bindparam(column) for column in columns)
        return self.compiled(table.delete().where(*criteria))

    def compiled(self, statement: UpdateBase, columns: Iterable[str] = ()) -> Compiled:
        sql = statement.compile(dialect=self._queries.dialect, column_keys=list(columns))
        return Compiled(sql.string, tuple(sql.positiontup or ()))


def outbox_row(event: Outgoing) -> Mapping[str, Any]:
    """All but what the engine stamps: ``txid`` and ``created_at``."""
    return {
        "service": event.service,
        "tenant": event.tenant,
        "topic": event.topic,
        "key": event.key,
        "aggregate": event.aggregate,
        "revision": event.revision,
        "kind": event.kind,
        "audience": event.audience,
        "value": event.value,
        "headers": pack_headers(event.headers),
    }


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
