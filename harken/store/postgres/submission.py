"""A change set as one transaction, sent in one go: later statements don't wait for answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from psycopg import AsyncConnection, AsyncCursor
from psycopg.errors import UniqueViolation
from psycopg.rows import TupleRow

from harken.domain.time import Instant
from harken.store.changes import AlreadyExists, ChangeSet, Fence, Fenced
from harken.store.sql.writes import Step, Writes, outbox_row

# Whoever takes the lease over waits for us, or we see that it is another's.
_FENCE = "SELECT 1 FROM leases WHERE lease = %s AND epoch = %s AND holder <> '' FOR SHARE"
_STAMP = (
    "SELECT pg_current_xact_id()::text::bigint,"
    " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
)
_WAKE = "SELECT pg_notify(%s, '')"


class Submission:
    """Everything that can be done before the transaction is done here, at construction.

    ``now`` gives the time of the outbox's rows; None takes the database's.
    """

    def __init__(
        self, change: ChangeSet, writes: Writes, channel: str, now: Callable[[], Instant] | None
    ) -> None:
        self._channel = channel
        self._now = now
        self._insert = writes.outbox
        fence = [] if change.fence is None else [_fence(change.fence)]
        positions = [writes.position(position) for position in change.positions]
        self._steps = [*positions, *fence, *map(writes.step, change.writes)]
        self._outbox = [outbox_row(event) for event in change.outbox]

    async def apply(self, connection: AsyncConnection[TupleRow]) -> None:
        """Within the caller's transaction. Raises `ChangeRefused`."""
        await self._run(connection)
        if self._outbox:
            await self._emit(connection)
        await connection.execute(_WAKE, (self._channel,))

    async def _run(self, connection: AsyncConnection[TupleRow]) -> None:
        cursors: list[AsyncCursor[TupleRow]] = []
        try:
            async with connection.pipeline():
                for step in self._steps:
                    cursor = connection.cursor()
                    cursors.append(cursor)
                    await cursor.execute(step.sql.encode(), step.arguments)
        except UniqueViolation as error:
            # What came before it was carried out, and may have found the work another's.
            done = [cursor for cursor in cursors if cursor.statusmessage is not None]
            _check(self._steps, done)
            table = error.diag.table_name or ""
            raise AlreadyExists(table, str(error)) from error
        _check(self._steps, cursors)

    async def _emit(self, connection: AsyncConnection[TupleRow]) -> None:
        row = await (await connection.execute(_STAMP)).fetchone()
        assert row is not None  # noqa: S101 - a SELECT without FROM has one row
        txid, now = row
        stamp = {"txid": txid, "created_at": now if self._now is None else self._now()}
        rows = [self._insert.arguments({**row, **stamp}) for row in self._outbox]
        async with connection.cursor() as cursor:
            await cursor.executemany(self._insert.sql.encode(), rows)


def _check(steps: Sequence[Step], cursors: Sequence[AsyncCursor[Any]]) -> None:
    for step, cursor in zip(steps, cursors, strict=False):
        step.check(cursor.rowcount)


def _fence(fence: Fence) -> Step:
    def fenced() -> Fenced:
        return Fenced(f"the lease {fence.lease} is not held under epoch {fence.epoch} any more")

    return Step("leases", _FENCE, (fence.lease, fence.epoch), rows=1, refused=fenced)
