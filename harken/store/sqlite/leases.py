"""Leases with a growing epoch; the epoch is never used twice, not even by the same holder."""

from __future__ import annotations

import sqlite3

from harken.domain.time import Instant

_READ = "SELECT holder, epoch, until FROM leases WHERE lease = ?"
_WRITE = (
    "INSERT INTO leases (lease, holder, epoch, until) VALUES (?, ?, ?, ?) ON CONFLICT (lease)"
    " DO UPDATE SET holder = excluded.holder, epoch = excluded.epoch, until = excluded.until"
)
_RELEASE = "UPDATE leases SET holder = '', until = 0 WHERE lease = ? AND holder = ?"


def claim(
    connection: sqlite3.Connection, lease: str, holder: str, now: Instant, until: Instant
) -> int | None:
    """The epoch under which ``holder`` has the lease until then; None while another has it."""
    row = connection.execute(_READ, (lease,)).fetchone()
    held_by, epoch, held_until = row or ("", 0, 0)
    if held_by != holder:
        if held_by and held_until > now:
            return None
        epoch += 1
    connection.execute(_WRITE, (lease, holder, epoch, until))
    return int(epoch)


def release(connection: sqlite3.Connection, lease: str, holder: str) -> None:
    connection.execute(_RELEASE, (lease, holder))


def release_all(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE leases SET holder = '', until = 0")
