"""One transaction that fills empty tables: all of it is there afterwards, or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow
from sqlalchemy import Column, Row, Table, select

from harken.store.changes import Insert, Position
from harken.store.schema import METADATA
from harken.store.sql.queries import Queries
from harken.store.sql.writes import Writes

ROWS_AT_ONCE = 1_000


class Filling:
    """Rows go in as `harken.store.changes.Insert` would put them."""

    def __init__(
        self, connection: AsyncConnection[TupleRow], queries: Queries, writes: Writes
    ) -> None:
        """Use ``PostgresStore.filling``."""
        self._connection = connection
        self._queries = queries
        self._writes = writes

    async def lock(self) -> None:
        """Nobody else fills or writes while this lasts."""
        for table in METADATA.sorted_tables:
            name = sql.Identifier(table.name)
            await self._connection.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(name))

    async def filled(self) -> Sequence[str]:
        """The names of the tables that hold rows."""
        found = []
        for table in METADATA.sorted_tables:
            query = self._queries.query(select(*table.primary_key).limit(1))
            cursor = await self._connection.execute(query.sql.encode(), query.arguments)
            if await cursor.fetchone() is not None:
                found.append(table.name)
        return found

    async def insert(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """All rows have the same columns; those left out take their defaults."""
        steps = [self._writes.step(Insert(table, row)) for row in rows]
        async with self._connection.cursor() as cursor:
            await cursor.executemany(steps[0].sql.encode(), [step.arguments for step in steps])

    async def move(self, position: Position) -> None:
        step = self._writes.position(position)
        cursor = await self._connection.execute(step.sql.encode(), step.arguments)
        step.check(cursor.rowcount)

    async def count_on(self, column: Column[int], last: int) -> None:
        """Numbers that the column gives itself come after ``last``, whatever rows are given."""
        # Setting a sequence asks for more rights than a service has; taking from it does not.
        await self._connection.execute(
            "SELECT count(nextval(pg_get_serial_sequence(%s, %s))) FROM generate_series(1, %s)",
            (column.table.name, column.name, last),
        )

    async def rows(self, table: Table) -> AsyncIterator[Sequence[Row[Any]]]:
        """What is in it now, in any order."""
        query = self._queries.query(select(table))
        async with self._connection.cursor(name=f"all_{table.name}") as cursor:
            await cursor.execute(query.sql.encode(), query.arguments)
            while found := await cursor.fetchmany(ROWS_AT_ONCE):
                yield query.rows(found)
