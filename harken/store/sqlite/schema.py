"""Creates the tables of a new file, and brings an older one up to date."""

from __future__ import annotations

import sqlite3

from harken.store.schema.metadata import SCHEMA_VERSION
from harken.store.sqlite.expansion import missing
from harken.store.sqlite.migrations import STEPS


class SchemaMismatch(Exception):
    """The file was made by a newer version of Harken."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"the data file has schema version {found}, this program knows {SCHEMA_VERSION} and"
            " older: use the version that made it, or another data folder"
        )
        self.found = found


def create_or_upgrade(connection: sqlite3.Connection) -> None:
    """Runs inside the writer's transaction: all of it happens, or nothing.

    What is lacking is looked for whatever the version says: between two versions a schema grows
    several times. Raises `SchemaMismatch`.
    """
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if not 0 <= found <= SCHEMA_VERSION:
        raise SchemaMismatch(found)
    _add_missing(connection)
    if found == SCHEMA_VERSION:
        return
    steps = [STEPS[at] for at in range(found + 1, SCHEMA_VERSION + 1) if at in STEPS]
    if found and steps:
        for step in steps:
            step(connection)
        _add_missing(connection)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _add_missing(connection: sqlite3.Connection) -> None:
    for statement in list(missing(connection)):
        connection.execute(statement)
