"""What a new version of the schema changes in a file beyond adding: one step each, in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

Step = Callable[[sqlite3.Connection], None]


def _two(connection: sqlite3.Connection) -> None:
    """Nothing wrote trackers before; now each has a query."""
    connection.execute("DROP TABLE trackers")


STEPS: Mapping[int, Step] = {2: _two}
"""By the version that they lead to. All run in one transaction, in which everything that the newest
schema has more was added before; what a step drops is made anew after it. Never changed later."""
