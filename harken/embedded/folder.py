"""The data folder belongs to one `harken up` at a time."""

from __future__ import annotations

import sqlite3
from pathlib import Path

LOCK_FILE = "lock"


class FolderInUse(Exception):
    """Another process serves this data folder."""


class FolderLock:
    """Held until `release` or the end of the process, however it ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def release(self) -> None:
        self._connection.close()


def lock_folder(folder: Path) -> FolderLock:
    """Takes the folder, which is created if need be, or raises `FolderInUse`.

    The lock is SQLite's own, on a file of its own: it works wherever the data file does, and the
    operating system drops it with the process. Operators' commands on the data file don't take it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(folder / LOCK_FILE, isolation_level=None, timeout=0)
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise FolderInUse(f"{folder} is served by another process") from error
        raise
    return FolderLock(connection)
