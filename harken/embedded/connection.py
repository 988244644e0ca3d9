"""How a connection to the file is opened, and which of its errors pass."""

from __future__ import annotations

import sqlite3
from pathlib import Path

BUSY_SECONDS = 5.0
_STATEMENTS = 512
_CACHE_KIB = 16 * 1024
_WAL_BYTES = 64 * 1024 * 1024
_CHECKPOINT_PAGES = 4_000
"""16 MiB: pages that many groups changed are copied once. Four times SQLite's own; measured 5 to
50 % more records a second, and no longer pauses."""

_PASSING = {
    sqlite3.SQLITE_BUSY: "another process is writing",
    sqlite3.SQLITE_LOCKED: "another process is writing",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
}


class FileUnavailable(Exception):
    """The file takes or gives nothing now. ``retry_after`` is in seconds.

    After a failed write it is unknown whether the job's changes were stored.
    """

    def __init__(self, why: str, retry_after: float = 1.0) -> None:
        super().__init__(why)
        self.retry_after = retry_after


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """In autocommit mode (transactions are begun by hand), usable from any thread in turn.

    Raises ``sqlite3.Error``.
    """
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_STATEMENTS,
        timeout=BUSY_SECONDS,
    )
    try:
        _configure(connection, read_only=read_only)
    except BaseException:
        connection.close()
        raise
    return connection


def _configure(connection: sqlite3.Connection, *, read_only: bool) -> None:
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise sqlite3.NotSupportedError(f"the file system allows {mode} only, not wal")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = OFF")
    # Erased text must not stay behind in free pages.
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    if read_only:
        connection.execute("PRAGMA query_only = ON")


def passing(error: BaseException) -> FileUnavailable | None:
    """What to tell callers of an error that is the disk's or a lock's, None for any other."""
    if isinstance(error, FileUnavailable):
        return error
    if not isinstance(error, sqlite3.Error):
        return None
    # The lowest byte is the primary code; errors of the module itself carry none.
    why = _PASSING.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return None if why is None else FileUnavailable(f"{why} ({error})")
