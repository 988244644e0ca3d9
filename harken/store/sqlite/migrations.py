"""What a new version of the schema changes in a file beyond adding: one step each, in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

Step = Callable[[sqlite3.Connection], None]


def _two(connection: sqlite3.Connection) -> None:
    """Nothing wrote trackers before; now each has a query. Cursors lie with the sources' states."""
    connection.execute("DROP TABLE trackers")
    connection.execute(
        "INSERT INTO source_states (tenant, id, revision, cursor, body)"
        " SELECT tenant, id, 1, cursor, '{}' FROM sources"
    )
    connection.execute("ALTER TABLE sources DROP COLUMN cursor")


def _three(connection: sqlite3.Connection) -> None:
    """Mentions are looked for by their connection."""
    connection.execute("DROP INDEX IF EXISTS mentions_source_id")


STEPS: Mapping[int, Step] = {2: _two, 3: _three}
"""By the version that they lead to. All run in one transaction, in which everything that the newest
schema has more was added before; what a step drops is made anew after it. Never changed later."""
