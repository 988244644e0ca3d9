"""The `Store` port on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, IsolationLevel
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Row, Select

from harken.clock import Clock
from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.domain.time import seconds as seconds_long
from harken.store.changes import ChangeSet
from harken.store.port import Rows, Snapshot
from harken.store.postgres import leases
from harken.store.postgres.dialect import make_queries, make_writes
from harken.store.postgres.errors import as_store_unavailable
from harken.store.postgres.filling import Filling
from harken.store.postgres.schema import EVERYBODY, TENANT, verify
from harken.store.postgres.submission import Submission
from harken.store.postgres.text import keep_every_text
from harken.store.postgres.waking import Waking
from harken.store.sql.queries import Queries, Query

_NOW = f"SELECT {leases.NOW}"
_SEE = f"SELECT set_config('{TENANT}', %s, true)"
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


class PostgresStore:
    """Several processes may share the database. Time is the database's, so they agree on it."""

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection[TupleRow]],
        waking: Waking,
        schema: str,
        clock: Clock | None,
    ) -> None:
        """Use `open`."""
        self._pool = pool
        self._waking = waking
        self._channel = _channel(schema)
        self._now = None if clock is None else clock.now
        self._queries = make_queries(schema)
        self._writes = make_writes(self._queries)

    @classmethod
    async def open(
        cls,
        address: str,
        *,
        schema: str = "harken",
        connections: int = 16,
        patience: float = 10.0,
        clock: Clock | None = None,
    ) -> PostgresStore:
        """Changes no table: see `harken.store.postgres.upgrade`. Raises `SchemaMismatch` and
        `StoreUnavailable`.

        ``address`` is a libpq connection string; ``patience`` is how many seconds a caller waits
        for one of the ``connections``. ``clock`` stands in for the database's, in tests.
        """
        # Harken's statements are few and come again and again: prepared at their second time.
        options: dict[str, Any] = {
            "options": f"-c search_path={schema}",
            "prepare_threshold": 1,
        }
        pool: AsyncConnectionPool[AsyncConnection[TupleRow]] = AsyncConnectionPool(
            address,
            kwargs=options,
            min_size=1,
            max_size=connections,
            timeout=patience,
            # Each failure doubles the pool's pause until it gives up; then who asks begins anew.
            reconnect_timeout=patience,
            configure=keep_every_text,
            open=False,
        )
        waking = Waking(address, _channel(schema))
        try:
            with as_store_unavailable():
                # Why it cannot connect the pool would tell its own log alone.
                async with asyncio.timeout(patience):
                    first = await AsyncConnection.connect(address, **options)
                async with first:
                    await verify(first, schema)
                await pool.open(wait=True, timeout=patience)
                await waking.start()
        except BaseException:
            await waking.close()
            await pool.close()
            raise
        return cls(pool, waking, schema, clock)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Snapshot]:
        with as_store_unavailable():
            async with self._pool.connection() as connection:
                await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
                await connection.set_read_only(True)
                try:
                    async with connection.transaction():
                        yield _Snapshot(connection, self._queries, await self._read_now(connection))
                finally:
                    if not connection.closed:
                        await connection.set_isolation_level(None)
                        await connection.set_read_only(None)

    async def submit(self, change: ChangeSet) -> None:
        """Raises ``ValueError`` for a row or key that does not fit its table."""
        submission = Submission(change, self._writes, self._channel, self._now)
        with as_store_unavailable():
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(_SEE, (EVERYBODY,))
                await submission.apply(connection)

    async def claim(self, lease: str, holder: str, seconds: float) -> int | None:
        values: dict[str, object] = {"lease": lease, "holder": holder}
        values["length"] = seconds_long(seconds)
        statement = leases.CLAIM.format(now=leases.NOW)
        if self._now is not None:
            statement, values["now"] = leases.CLAIM.format(now="%(now)s::bigint"), self._now()
        with as_store_unavailable():
            async with self._pool.connection() as connection:
                row = await (await connection.execute(statement.encode(), values)).fetchone()
        return None if row is None else int(row[0])

    async def release(self, lease: str, holder: str) -> None:
        with as_store_unavailable():
            async with self._pool.connection() as connection:
                await connection.execute(leases.RELEASE, (lease, holder))

    async def wait(self, seconds: float) -> None:
        await self._waking.wait(seconds)

    @asynccontextmanager
    async def filling(self) -> AsyncIterator[Filling]:
        """Commits what was filled in when the block ends, unless it raises.

        Raises `StoreUnavailable`: at the very end it is then unknown whether it was stored.
        """
        with as_store_unavailable():
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(_SEE, (EVERYBODY,))
                yield Filling(connection, self._queries, self._writes)

    async def close(self) -> None:
        await self._waking.close()
        await self._pool.close()

    async def _read_now(self, connection: AsyncConnection[TupleRow]) -> Instant:
        row = await (await connection.execute(_NOW.encode())).fetchone()  # begins the snapshot
        assert row is not None  # noqa: S101 - a SELECT without FROM has one row
        return Instant(row[0]) if self._now is None else self._now()


class _Snapshot:
    def __init__(
        self, connection: AsyncConnection[TupleRow], queries: Queries, now: Instant
    ) -> None:
        self._connection = connection
        self._queries = queries
        self._now = now
        self._turn = asyncio.Lock()
        self._sees = ""

    @property
    def now(self) -> Instant:
        return self._now

    def for_tenant(self, tenant: TenantId) -> Rows:
        return _Rows(self.run, self._queries, tenant)

    def across_tenants(self) -> Rows:
        return _Rows(self.run, self._queries, None)

    async def horizon(self) -> int:
        row = await (await self._connection.execute(_HORIZON)).fetchone()
        assert row is not None  # noqa: S101 - a SELECT without FROM has one row
        return int(row[0])

    async def run(self, query: Query, tenant: TenantId | None, most: int | None) -> Sequence[Any]:
        sees = EVERYBODY if tenant is None else tenant
        async with self._turn:
            if sees != self._sees:
                await self._connection.execute(_SEE, (sees,))
                self._sees = sees
            cursor = await self._connection.execute(query.sql.encode(), query.arguments)
            return await (cursor.fetchall() if most is None else cursor.fetchmany(most))


_Run = Callable[[Query, TenantId | None, int | None], Any]


class _Rows:
    def __init__(self, run: _Run, queries: Queries, tenant: TenantId | None) -> None:
        self._run = run
        self._queries = queries
        self._tenant = tenant

    async def all(self, query: Select[Any]) -> Sequence[Row[Any]]:
        prepared = self._queries.query(query, self._tenant)
        return prepared.rows(await self._run(prepared, self._tenant, None))

    async def first(self, query: Select[Any]) -> Row[Any] | None:
        prepared = self._queries.query(query, self._tenant)
        rows = prepared.rows(await self._run(prepared, self._tenant, 1))
        return rows[0] if rows else None


def _channel(schema: str) -> str:
    return f"{schema}_committed"
