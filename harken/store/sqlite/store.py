"""The `Store` port on the embedded file."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Row, Select

from harken.clock import Clock
from harken.domain.ids import TenantId
from harken.domain.time import Instant, after
from harken.domain.time import seconds as seconds_long
from harken.embedded.file import EmbeddedFile, FileUnavailable
from harken.embedded.readers import ReadTransaction
from harken.store.changes import ChangeSet, StoreUnavailable
from harken.store.port import Rows, Snapshot
from harken.store.sql.queries import Queries, Query
from harken.store.sqlite import leases
from harken.store.sqlite.dialect import make_queries, make_writes
from harken.store.sqlite.schema import create_or_upgrade
from harken.store.sqlite.submission import Submission

_NOTHING_RUNS = 2**63 - 1
"""With one writer, whatever a snapshot sees came before all that it does not see."""

_NEWEST = """
SELECT max(
    coalesce((SELECT created_at FROM outbox ORDER BY id DESC LIMIT 1), 0),
    coalesce((SELECT max(max(appended_at, coalesce(applied_at, 0)))
              FROM (SELECT * FROM router_commands ORDER BY seq DESC LIMIT 256)), 0))
"""


class SqliteStore:
    """Does not own the file: whoever opened it closes it."""

    def __init__(self, file: EmbeddedFile, clock: Clock) -> None:
        """Use `open`."""
        self._file = file
        self._clock = clock
        self._queries = make_queries()
        self._writes = make_writes(self._queries)

    @classmethod
    async def open(cls, file: EmbeddedFile, clock: Clock) -> SqliteStore:
        """Makes what the file lacks. Raises `SchemaMismatch` and `StoreUnavailable`."""
        with _as_store_unavailable():
            await file.write(create_or_upgrade)
        return cls(file, clock)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Snapshot]:
        with _as_store_unavailable():
            async with self._file.reading() as transaction:
                yield _Snapshot(transaction, self._queries, self._clock.now())

    async def submit(self, change: ChangeSet) -> None:
        """Raises ``ValueError`` for a row or key that does not fit its table."""
        submission = Submission(change, self._writes, self._clock)
        with _as_store_unavailable():
            await self._file.write(submission)

    async def claim(self, lease: str, holder: str, seconds: float) -> int | None:
        def job(connection: sqlite3.Connection) -> int | None:
            now = self._clock.now()
            return leases.claim(connection, lease, holder, now, after(now, seconds_long(seconds)))

        with _as_store_unavailable():
            return await self._file.write(job)

    async def release(self, lease: str, holder: str) -> None:
        with _as_store_unavailable():
            await self._file.write(partial(leases.release, lease=lease, holder=holder))

    async def release_all(self) -> None:
        """For a process that surely is the only one: what a killed one held is free at once."""
        with _as_store_unavailable():
            await self._file.write(leases.release_all)

    async def wait(self, seconds: float) -> None:
        await self._file.wait(seconds)

    async def newest(self) -> Instant:
        """The latest instant at which something happened here, as far as the newest rows tell."""
        with _as_store_unavailable():
            (at,) = await self._file.read(lambda c: c.execute(_NEWEST).fetchone())
        return Instant(at)

    async def close(self) -> None:
        """Nothing to do: see the class."""


class _Snapshot:
    def __init__(self, transaction: ReadTransaction, queries: Queries, now: Instant) -> None:
        self._transaction = transaction
        self._queries = queries
        self._now = now

    @property
    def now(self) -> Instant:
        return self._now

    def for_tenant(self, tenant: TenantId) -> Rows:
        return _Rows(self._transaction, self._queries, tenant)

    def across_tenants(self) -> Rows:
        return _Rows(self._transaction, self._queries, None)

    async def horizon(self) -> int:
        return _NOTHING_RUNS


class _Rows:
    def __init__(
        self, transaction: ReadTransaction, queries: Queries, tenant: TenantId | None
    ) -> None:
        self._transaction = transaction
        self._queries = queries
        self._tenant = tenant

    async def all(self, query: Select[Any]) -> Sequence[Row[Any]]:
        prepared = self._queries.query(query, self._tenant)
        return await self._transaction.run(partial(_all, query=prepared))

    async def first(self, query: Select[Any]) -> Row[Any] | None:
        prepared = self._queries.query(query, self._tenant)
        rows = await self._transaction.run(partial(_first, query=prepared))
        return rows[0] if rows else None


def _all(connection: sqlite3.Connection, query: Query) -> Sequence[Row[Any]]:
    return query.rows(connection.execute(query.sql, query.arguments).fetchall())


def _first(connection: sqlite3.Connection, query: Query) -> Sequence[Row[Any]]:
    cursor = connection.execute(query.sql, query.arguments)
    try:
        return query.rows(cursor.fetchmany(1))
    finally:
        cursor.close()


@contextmanager
def _as_store_unavailable() -> Iterator[None]:
    try:
        yield
    except FileUnavailable as error:
        raise StoreUnavailable(str(error), error.retry_after) from error
