"""Hears of every commit, of this process and of others, by LISTEN."""

from __future__ import annotations

import asyncio
import contextlib

import psycopg

AGAIN_SECONDS = 1.0
JUST_NOW = 0.05
"""A commit this short ago may have been read already, or not: a wait then lasts a moment only."""


class Waking:
    """One connection that listens. While it is away, waits end by their time alone."""

    def __init__(self, address: str, channel: str) -> None:
        self._address = address
        self._channel = channel
        self._woken = asyncio.Event()
        self._woken_at = float("-inf")
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def start(self) -> None:
        """Returns when it listens. Raises ``psycopg.OperationalError``."""
        self._task = asyncio.create_task(self._listen(), name="postgres wake-ups")
        listening = asyncio.create_task(self._listening.wait())
        await asyncio.wait({self._task, listening}, return_when=asyncio.FIRST_COMPLETED)
        listening.cancel()

    async def wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() - self._woken_at < JUST_NOW:
            seconds = min(seconds, JUST_NOW)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    def wake(self) -> None:
        self._woken_at = asyncio.get_running_loop().time()
        self._woken.set()
        self._woken = asyncio.Event()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._address, autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {self._channel}".encode())
                    self._listening.set()
                    # Whatever was committed while nobody listened.
                    self.wake()
                    async for _ in connection.notifies():
                        self.wake()
            except psycopg.OperationalError:
                await asyncio.sleep(AGAIN_SECONDS)
