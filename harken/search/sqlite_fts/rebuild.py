"""Making the index anew, in place: each document is as it was, or as the source says.

A rebuild has a number, its *stamp*, which whatever is written from its beginning on carries. In
the end what carries an older one is not in the source any more, and goes. Each function is one
short write job, or a look at what the next one has to do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from harken.search.port import Indexed, RebuildOvertaken
from harken.search.sqlite_fts.writing import Ready, Writing, current_stamp, drop

STEP = 200

_BEGIN = "INSERT INTO search_rebuilds VALUES (?)"
_FORGET = "DELETE FROM search_rebuilds WHERE begun < ?"
_STRAYS = "SELECT doc FROM search_documents WHERE stamp < ? LIMIT ?"
_STILL = "SELECT tenant, kind, id FROM search_documents WHERE doc = ? AND stamp < ?"


def begin(connection: sqlite3.Connection) -> int:
    stamp = current_stamp(connection) + 1
    connection.execute(_BEGIN, (stamp,))
    connection.execute(_FORGET, (stamp,))
    return stamp


def renew(
    connection: sqlite3.Connection, writing: Writing, ready: Iterable[Ready | None], stamp: int
) -> list[Indexed]:
    """Raises `RebuildOvertaken`."""
    _check(connection, stamp)
    return writing.renew(connection, ready, stamp)


def strays(connection: sqlite3.Connection, stamp: int) -> list[int]:
    """Some of what neither the source nor anybody else wrote since."""
    return [doc for (doc,) in connection.execute(_STRAYS, (stamp, STEP))]


def sweep(connection: sqlite3.Connection, docs: Sequence[int], stamp: int) -> None:
    """Raises `RebuildOvertaken`."""
    _check(connection, stamp)
    for doc in docs:
        key = connection.execute(_STILL, (doc, stamp)).fetchone()
        if key is not None:
            drop(connection, doc, key)


def _check(connection: sqlite3.Connection, stamp: int) -> None:
    if current_stamp(connection) != stamp:
        raise RebuildOvertaken("another rebuild began")
