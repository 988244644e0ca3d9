"""A store for tests: the embedded one, in a folder of the test's own.

There is no store in dictionaries. Change sets and queries are SQLAlchemy Core statements, so
anything that ran them would be a database; the embedded store opens in some ten milliseconds and
is what most installations run.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from harken.clock import Clock
from harken.embedded.file import EmbeddedFile
from harken.store.sqlite import SqliteStore


@asynccontextmanager
async def store_in(folder: Path, clock: Clock) -> AsyncIterator[SqliteStore]:
    file = await EmbeddedFile.open(folder / "harken.db", clock)
    try:
        yield await SqliteStore.open(file, clock)
    finally:
        await file.close()
