"""Read transactions: connections in a pool, used by a few threads, one hop for each job."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from harken.embedded.connection import FileUnavailable, connect, passing

T = TypeVar("T")
_Task = tuple[Callable[[], Any], asyncio.Future[Any]]

THREADS = 4
CONNECTIONS = 32
"""Most read transactions at once; a further one waits for its turn."""


class Readers:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._free: list[sqlite3.Connection] = []
        self._closed = False
        self._threads = [
            threading.Thread(target=self._serve, name=f"harken-reader-{n}", daemon=True)
            for n in range(THREADS)
        ]
        for thread in self._threads:
            thread.start()

    def transaction(self) -> ReadTransaction:
        return ReadTransaction(self)

    async def close(self) -> None:
        """Waits for the transactions that are open."""
        if self._closed:
            return
        self._closed = True
        for _ in range(CONNECTIONS):
            await self._turns.acquire()
        for _ in self._threads:
            self._tasks.put(None)
        for connection in self._free:
            connection.close()

    async def acquire(self) -> sqlite3.Connection:
        if self._closed:
            raise FileUnavailable("the file is closed")
        await self._turns.acquire()
        if self._free:
            return self._free.pop()
        opening = self.hop(lambda: connect(self._path, read_only=True))
        try:
            return await asyncio.shield(opening)
        except BaseException:
            opening.add_done_callback(self._opened_for_nobody)
            raise

    def _opened_for_nobody(self, opening: asyncio.Future[sqlite3.Connection]) -> None:
        if opening.exception() is None:
            self.give_back(opening.result())
        else:
            self._turns.release()

    def give_back(self, connection: sqlite3.Connection) -> None:
        self._free.append(connection)
        self._turns.release()

    def hop(self, job: Callable[[], T]) -> asyncio.Future[T]:
        """Runs the job on a reader thread."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._tasks.put((job, future))
        return future

    def _serve(self) -> None:
        while (task := self._tasks.get()) is not None:
            job, future = task
            try:
                result = job()
            except Exception as error:  # noqa: BLE001 - raised to the job's caller
                self._loop.call_soon_threadsafe(_fail, future, error)
            else:
                self._loop.call_soon_threadsafe(_succeed, future, result)


class ReadTransaction:
    """One snapshot of the file, taken by the first job. A context manager."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._connection: sqlite3.Connection | None = None
        self._running: set[asyncio.Future[Any]] = set()
        self._left = False

    async def __aenter__(self) -> Self:
        self._connection = await self._readers.acquire()
        # Deferred: touches no file, so it needs no thread.
        self._connection.execute("BEGIN")
        return self

    async def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection
        if connection is None or self._left:
            raise RuntimeError("the read transaction is over")
        future = self._readers.hop(lambda: job(connection))
        self._running.add(future)
        future.add_done_callback(self._done)
        # Shielded: the connection is in use until its thread is done, cancelled or not.
        return await asyncio.shield(future)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._left = True
        self._end()

    def _done(self, future: asyncio.Future[Any]) -> None:
        self._running.discard(future)
        if self._left:
            future.exception()  # its caller is gone
            self._end()

    def _end(self) -> None:
        if self._connection is None or self._running:
            return
        connection, self._connection = self._connection, None
        connection.execute("COMMIT")
        self._readers.give_back(connection)


def _succeed(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(passing(error) or error)
