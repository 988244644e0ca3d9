"""One SQLite file: a writer thread with group commit, a few reader threads.

The event log, the store and the search index of the embedded edition share one file, so that a
data folder is one thing to back up. Nothing is awaited inside a transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from harken.clock import Clock
from harken.embedded.connection import FileUnavailable
from harken.embedded.readers import Readers, ReadTransaction
from harken.embedded.writer import Writer

__all__ = ["EmbeddedFile", "FileUnavailable"]

T = TypeVar("T")

JUST_NOW = 0.05
"""Seconds for which a write counts as one that a caller of `EmbeddedFile.wait` may have missed."""


class EmbeddedFile:
    """Belongs to the event loop on which it was opened."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Use `open`."""
        self.path = path
        self.clock = clock
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._commits = 0
        self._committed_at = float("-inf")
        self._writer = Writer(path, self._written)
        self._readers = Readers(path)

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> EmbeddedFile:
        """Creates the file, not its folder. Raises `FileUnavailable`, ``sqlite3.Error``."""
        file = cls(path, clock)
        try:
            await file.write(lambda _: None)
        except BaseException:
            await file.close()
            raise
        return file

    async def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Runs the job on the writer thread; what it wrote is durable when this returns.

        The job has a savepoint of its own inside a transaction that it shares with others: its
        exception undoes its own changes and is raised here. It must not begin or end
        transactions. Raises `FileUnavailable` where the queue or the disk is full; then it is
        unknown whether the changes were stored.
        """
        return await self._writer.write(job)

    async def read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Runs the job on a reader thread in a read transaction. Raises `FileUnavailable`."""
        async with self._readers.transaction() as transaction:
            return await transaction.run(job)

    def reading(self) -> ReadTransaction:
        """Several jobs over one snapshot: ``async with file.reading() as r: await r.run(job)``."""
        return self._readers.transaction()

    @property
    def commits(self) -> int:
        """How often this file was seen to change. Taken before a read, it tells `wait` what the
        read cannot have missed."""
        return self._commits

    async def wait(self, seconds: float, since: int | None = None) -> None:
        """Returns soon after any write, by this process or another, at the latest after
        ``seconds``; at once where ``commits`` is not ``since`` any more.

        Without ``since``, a write just before the call may or may not be what the caller has
        read already: then it waits for a moment only.
        """
        if since is not None and since != self._commits:
            return
        if since is None and self._loop.time() - self._committed_at < JUST_NOW:
            seconds = min(seconds, JUST_NOW)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def close(self) -> None:
        """Finishes what was begun."""
        await self._readers.close()
        await self._writer.close()

    def _written(self) -> None:
        self._commits += 1
        self._committed_at = self._loop.time()
        self._wake.set()
        self._wake = asyncio.Event()
