"""Removes rows that have served their time, a little at once so that nobody waits for it."""

from __future__ import annotations

import sqlite3
from functools import partial

from harken.domain.time import Duration, Instant, before, days, hours
from harken.embedded.file import EmbeddedFile

ROWS_AT_ONCE = 500

# The outbox feeds SSE and outgoing webhooks as well: their cursors live this long.
OUTBOX_KEPT = hours(72)

AGED: tuple[tuple[str, str, Duration], ...] = (
    ("idempotency", "created_at", hours(24)),
    ("seen", "at", days(30)),
    ("dead_letters", "at", days(30)),
    ("tracker_matches", "received_at", days(7)),
    ("alert_deliveries", "at", days(90)),
    ("alerts", "at", days(90)),
)
"""Table, its indexed instant, and how long after it a row is kept."""


async def maintain(file: EmbeddedFile, now: Instant) -> None:
    """Raises `FileUnavailable`."""
    for table, column, kept in AGED:
        job = partial(_remove_aged, table=table, column=column, until=before(now, kept))
        while await file.write(job) == ROWS_AT_ONCE:
            pass
    last: int | None = 0
    while last is not None:
        last = await file.write(partial(_remove_sent, above=last, until=before(now, OUTBOX_KEPT)))


def _remove_aged(connection: sqlite3.Connection, table: str, column: str, until: Instant) -> int:
    return connection.execute(
        f"DELETE FROM {table} WHERE rowid IN"  # noqa: S608 - names from the table above
        f" (SELECT rowid FROM {table} WHERE {column} < ? LIMIT {ROWS_AT_ONCE})",
        (until,),
    ).rowcount


def _remove_sent(connection: sqlite3.Connection, above: int, until: Instant) -> int | None:
    """Looks at the next rows in order of their creation; where to go on, None at the end.

    Unsent rows stay, however old. A row made after ``until`` was not sent before it.
    """
    rows = connection.execute(
        "SELECT id, created_at, sent_at FROM outbox WHERE id > ? ORDER BY id LIMIT ?",
        (above, ROWS_AT_ONCE),
    ).fetchall()
    sent = [(row,) for row, _, sent_at in rows if sent_at is not None and sent_at < until]
    connection.executemany("DELETE FROM outbox WHERE id = ?", sent)
    more = len(rows) == ROWS_AT_ONCE and rows[-1][1] < until
    return rows[-1][0] if more else None
