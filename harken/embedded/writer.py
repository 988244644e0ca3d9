"""The single writer: a thread that groups jobs into transactions, one fsync for each group."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from harken.embedded.connection import FileUnavailable, connect, passing

T = TypeVar("T")

WAITING_JOBS = 4096
"""More waiting jobs than this are refused: what waits longer helps nobody."""
GROUP_JOBS = 512
GROUP_SECONDS = 0.025
LOOK_SECONDS = 0.5
"""How often the thread looks whether another process has written."""


@dataclass(slots=True)
class _Job:
    run: Callable[[sqlite3.Connection], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():  # its caller was cancelled
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Writer:
    """``written`` is called on the loop after every commit, also after another process's."""

    def __init__(self, path: Path, written: Callable[[], None]) -> None:
        self._path = path
        self._written = written
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._waiting = 0
        self._closed = False
        self._ended = asyncio.Event()
        self._failure: BaseException | None = None
        self._data_version = 0
        self._looked_at = 0.0
        threading.Thread(target=self._run, name="harken-writer", daemon=True).start()

    async def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        if self._failure is not None:
            raise RuntimeError("the writer has ended") from self._failure
        if self._closed:
            raise FileUnavailable("the file is closed")
        if self._waiting >= WAITING_JOBS:
            raise FileUnavailable(f"{self._waiting} writes are waiting")
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting += 1
        self._jobs.put(_Job(job, future))
        return await future

    async def close(self) -> None:
        """What was queued before is still written."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await self._ended.wait()

    # --- on the writer thread

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            connection = connect(self._path, read_only=False)
            try:
                self._serve(connection)
            finally:
                connection.close()
        except BaseException as failure:  # noqa: BLE001 - handed to whoever waits
            error = passing(failure) or failure
        self._loop.call_soon_threadsafe(self._end, error)

    def _serve(self, connection: sqlite3.Connection) -> None:
        self._data_version = _data_version(connection)
        while True:
            try:
                job = self._jobs.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                self._look(connection)
                continue
            if job is None:
                return
            group = [job]
            more = _commit(connection, group, self._jobs)
            self._loop.call_soon_threadsafe(self._settle, group)
            if not more:
                return
            self._look(connection)

    def _look(self, connection: sqlite3.Connection) -> None:
        """The version that a connection sees changes with the commits of others only."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        try:
            version = _data_version(connection)
        except sqlite3.OperationalError:
            return  # the next write will say what is wrong
        if version != self._data_version:
            self._data_version = version
            self._loop.call_soon_threadsafe(self._written)

    # --- on the loop

    def _settle(self, group: list[_Job]) -> None:
        self._waiting -= len(group)
        for job in group:
            job.settle()
        self._written()

    def _end(self, failure: BaseException | None) -> None:
        self._closed = True
        self._failure = failure
        left = []
        while not self._jobs.empty():
            job = self._jobs.get()
            if job is not None:
                job.error = failure or FileUnavailable("the file is closed")
                left.append(job)
        self._settle(left)
        self._ended.set()


def _commit(
    connection: sqlite3.Connection, group: list[_Job], jobs: queue.SimpleQueue[_Job | None]
) -> bool:
    """Runs the group's first job and what is queued behind it in one transaction.

    False if the end of the queue was reached. Jobs that fail are rolled back alone; an error of
    the disk fails them all, since nothing of the group was stored, or nobody knows.
    """
    more = True
    try:
        connection.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        _attempt(connection, group[0])
        while len(group) < GROUP_JOBS and time.monotonic() - started < GROUP_SECONDS:
            try:
                job = jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                more = False
                break
            group.append(job)
            _attempt(connection, job)
        connection.execute("COMMIT")
    except (sqlite3.Error, FileUnavailable) as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        for job in group:
            job.error = passing(error) or error
    return more


def _attempt(connection: sqlite3.Connection, job: _Job) -> None:
    connection.execute("SAVEPOINT job")
    try:
        job.result = job.run(connection)
    except Exception as error:
        unavailable = passing(error)
        if unavailable is not None:  # SQLite may have rolled back the whole transaction
            raise unavailable from error
        job.error = error
        connection.execute("ROLLBACK TO job")
    connection.execute("RELEASE job")


def _data_version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version
