"""A change set, made ready on the caller's side and applied inside the writer's transaction."""

from __future__ import annotations

import sqlite3

from harken.clock import Clock
from harken.store.changes import AlreadyExists, ChangeSet, Fence, Fenced
from harken.store.sql.writes import Step, Writes, outbox_row

_FENCE = "SELECT 1 FROM leases WHERE lease = ? AND epoch = ? AND holder <> ''"
_LAST_OUTBOX_ID = "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'"
_TAKEN = {"SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_ROWID"}


class Submission:
    """Everything that can be done before the transaction is done here, at construction."""

    def __init__(self, change: ChangeSet, writes: Writes, clock: Clock) -> None:
        self._clock = clock
        self._insert = writes.outbox
        self._positions = [writes.position(position) for position in change.positions]
        self._fence = change.fence
        self._writes = [writes.step(write) for write in change.writes]
        self._outbox = [outbox_row(event) for event in change.outbox]

    def __call__(self, connection: sqlite3.Connection) -> None:
        """Raises `ChangeRefused`; then the caller rolls back."""
        for position in self._positions:
            _run(position, connection)
        if self._fence is not None:
            _check(connection, self._fence)
        for write in self._writes:
            _run(write, connection)
        if self._outbox:
            self._emit(connection)

    def _emit(self, connection: sqlite3.Connection) -> None:
        # One writer at a time: ids are given in the order of commits, so the first id that a
        # change set gets is a transaction number that only grows, across processes too.
        last = connection.execute(_LAST_OUTBOX_ID).fetchone()
        stamp = {"txid": (last[0] if last else 0) + 1, "created_at": self._clock.now()}
        rows = [self._insert.arguments({**row, **stamp}) for row in self._outbox]
        connection.executemany(self._insert.sql, rows)


def _run(step: Step, connection: sqlite3.Connection) -> None:
    try:
        touched = connection.execute(step.sql, step.arguments).rowcount
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorname in _TAKEN:
            raise AlreadyExists(step.table, str(error)) from error
        raise
    if touched < 0:  # the statement begins with WITH
        (touched,) = connection.execute("SELECT changes()").fetchone()
    step.check(touched)


def _check(connection: sqlite3.Connection, fence: Fence) -> None:
    if connection.execute(_FENCE, (fence.lease, fence.epoch)).fetchone() is None:
        raise Fenced(f"the lease {fence.lease} is not held under epoch {fence.epoch} any more")
