"""A change set, made ready on the caller's side and applied inside the writer's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects.sqlite import insert

from harken.clock import Clock
from harken.log.headers import pack_headers
from harken.store.changes import ChangeSet, Fence, Fenced, Outgoing, Position, PositionTaken
from harken.store.schema.infrastructure import OUTBOX, POSITIONS
from harken.store.sqlite.queries import Queries
from harken.store.sqlite.writes import Step, compiled, step

_FIRST_POSITION = compiled(
    insert(POSITIONS).on_conflict_do_nothing(), ("consumer_group", "topic", "partition", "next")
)
_NEXT_POSITION = compiled(
    POSITIONS.update()
    .where(
        POSITIONS.c.consumer_group == bindparam("of_group"),
        POSITIONS.c.topic == bindparam("of_topic"),
        POSITIONS.c.partition == bindparam("of_partition"),
        POSITIONS.c.next == bindparam("expected"),
    )
    .values(next=bindparam("then"))
)
_FENCE = "SELECT 1 FROM leases WHERE lease = ? AND epoch = ? AND holder <> ''"
_OUTBOX = compiled(insert(OUTBOX), [c.name for c in OUTBOX.c if c.name not in ("id", "sent_at")])
_LAST_OUTBOX_ID = "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'"


class Submission:
    """Everything that can be done before the transaction is done here, at construction."""

    def __init__(self, change: ChangeSet, queries: Queries, clock: Clock) -> None:
        self._clock = clock
        self._positions = [_position(position) for position in change.positions]
        self._fence = change.fence
        self._writes = [step(write, queries) for write in change.writes]
        self._outbox = [_outbox_row(event) for event in change.outbox]

    def __call__(self, connection: sqlite3.Connection) -> None:
        """Raises `ChangeRefused`; then the caller rolls back."""
        for position in self._positions:
            position.run(connection)
        if self._fence is not None:
            _check(connection, self._fence)
        for write in self._writes:
            write.run(connection)
        if self._outbox:
            self._emit(connection)

    def _emit(self, connection: sqlite3.Connection) -> None:
        # One writer at a time: ids are given in the order of commits, so the first id that a
        # change set gets is a transaction number that only grows, across processes too.
        last = connection.execute(_LAST_OUTBOX_ID).fetchone()
        stamp = {"txid": (last[0] if last else 0) + 1, "created_at": self._clock.now()}
        rows = [_OUTBOX.arguments({**row, **stamp}) for row in self._outbox]
        connection.executemany(_OUTBOX.sql, rows)


def _position(position: Position) -> Step:
    topic, partition = position.place

    def taken() -> PositionTaken:
        where = f"{position.group} on {topic}[{partition}]"
        return PositionTaken(f"{where} is not at {position.expected}")

    if position.expected is None:
        sql = _FIRST_POSITION
        values: dict[str, Any] = {
            "consumer_group": position.group,
            "topic": topic,
            "partition": partition,
            "next": position.next,
        }
    else:
        sql = _NEXT_POSITION
        values = {
            "of_group": position.group,
            "of_topic": topic,
            "of_partition": partition,
            "expected": position.expected,
            "then": position.next,
        }
    return Step(POSITIONS.name, sql.sql, sql.arguments(values), rows=1, refused=taken)


def _check(connection: sqlite3.Connection, fence: Fence) -> None:
    if connection.execute(_FENCE, (fence.lease, fence.epoch)).fetchone() is None:
        raise Fenced(f"the lease {fence.lease} is not held under epoch {fence.epoch} any more")


def _outbox_row(event: Outgoing) -> Mapping[str, Any]:
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
