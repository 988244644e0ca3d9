"""Removes rows that have served their time, a little at once so that nobody waits for it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import partial

from harken.domain.time import Duration, Instant, before, days, hours
from harken.embedded.file import EmbeddedFile

ROWS_AT_ONCE = 500

_THREE_DAYS, _A_MONTH, _MORE_THAN_A_YEAR = days(3), days(30), days(400)


@dataclass(frozen=True, slots=True)
class Kept:
    """How long. ``events`` are those of the outbox: streams and webhooks resume from them.

    ``commands``, once applied, are the recorded history; with their results they also answer
    repeated requests, so they stay longer than idempotency keys.
    """

    events: Duration = _THREE_DAYS
    commands: Duration = _MORE_THAN_A_YEAR
    decisions: Duration = _MORE_THAN_A_YEAR
    seen: Duration = _A_MONTH
    dead_letters: Duration = _A_MONTH


USUAL = Kept()
KEYS_KEPT = hours(24)
TRACKER_MATCHES_KEPT = days(7)
ALERTS_KEPT = days(90)

_SENT = "sent_at < :until"
# The last one stays: the tenant's next is numbered after it.
_APPLIED = """
applied_at < :until AND applied_seq < (
    SELECT max(others.applied_seq) FROM router_commands AS others
    WHERE others.tenant = router_commands.tenant)
"""
_OLD = "at < :until"


async def maintain(file: EmbeddedFile, now: Instant, kept: Kept) -> None:
    """Raises `FileUnavailable`."""
    # Tables with an index of the instant.
    aged: tuple[tuple[str, str, Duration], ...] = (
        ("idempotency", "created_at", KEYS_KEPT),
        ("seen", "at", kept.seen),
        ("dead_letters", "at", kept.dead_letters),
        ("tracker_matches", "received_at", TRACKER_MATCHES_KEPT),
        ("alert_deliveries", "at", ALERTS_KEPT),
        ("alerts", "at", ALERTS_KEPT),
    )
    for table, column, length in aged:
        job = partial(_remove_aged, table=table, column=column, until=before(now, length))
        while await file.write(job) == ROWS_AT_ONCE:
            pass
    # Large tables whose rows are numbered as they were made.
    numbered: tuple[tuple[str, str, str, str, Duration], ...] = (
        ("outbox", "id", "created_at", _SENT, kept.events),
        ("router_commands", "seq", "appended_at", _APPLIED, kept.commands),
        ("decisions", "rowid", "at", _OLD, kept.decisions),
    )
    for table, number, made, served, length in numbered:
        remove = partial(
            _remove_numbered,
            table=table,
            number=number,
            made=made,
            served=served,
            until=before(now, length),
        )
        last: int | None = 0
        while last is not None:
            last = await file.write(partial(remove, above=last))


def _remove_aged(connection: sqlite3.Connection, table: str, column: str, until: Instant) -> int:
    return connection.execute(
        f"DELETE FROM {table} WHERE rowid IN"  # noqa: S608 - names from above
        f" (SELECT rowid FROM {table} WHERE {column} < ? LIMIT {ROWS_AT_ONCE})",
        (until,),
    ).rowcount


def _remove_numbered(
    connection: sqlite3.Connection,
    *,
    above: int,
    table: str,
    number: str,
    made: str,
    served: str,
    until: Instant,
) -> int | None:
    """Looks at the next rows in the order of their creation; where to go on, None at the end.

    What has not served stays, however old. What was made after ``until`` cannot have served
    before it.
    """
    rows = connection.execute(
        f"SELECT {number}, {made}, {served} FROM {table}"  # noqa: S608 - names from above
        f" WHERE {number} > :above ORDER BY {number} LIMIT {ROWS_AT_ONCE}",
        {"above": above, "until": until},
    ).fetchall()
    gone = [(at,) for at, _, has_served in rows if has_served]
    connection.executemany(f"DELETE FROM {table} WHERE {number} = ?", gone)  # noqa: S608
    more = len(rows) == ROWS_AT_ONCE and rows[-1][1] < until
    return rows[-1][0] if more else None
