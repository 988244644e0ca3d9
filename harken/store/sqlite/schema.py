"""Creates the tables of a new file, and refuses a file of another version."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import create_mock_engine
from sqlalchemy.schema import ExecutableDDLElement

from harken.store.schema import METADATA
from harken.store.schema.metadata import SCHEMA_VERSION
from harken.store.sqlite.queries import DIALECT


class SchemaMismatch(Exception):
    """The file was made by another version of Harken."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"the data file has schema version {found}, this program needs {SCHEMA_VERSION}:"
            " use the version that made it, or another data folder"
        )
        self.found = found


def create_or_check(connection: sqlite3.Connection) -> None:
    """Runs inside the writer's transaction. Raises `SchemaMismatch`."""
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found == SCHEMA_VERSION:
        return
    if found != 0:
        raise SchemaMismatch(found)
    for statement in _definitions():
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _definitions() -> list[str]:
    """CREATE statements for all tables, as text: a real engine would end the transaction."""
    statements: list[str] = []

    def collect(statement: ExecutableDDLElement, *_: Any, **__: Any) -> None:
        statements.append(str(statement.compile(dialect=DIALECT)))

    METADATA.create_all(create_mock_engine("sqlite://", collect), checkfirst=False)
    return statements
