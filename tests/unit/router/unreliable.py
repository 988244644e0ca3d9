"""A store that lets a test step in just before, or just after, a change set is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from harken.store.changes import ChangeSet
from harken.store.port import Snapshot, Store

Step = Callable[[], Awaitable[None]]


class UnreliableStore:
    """Each step runs once. What it raises is what the caller of `submit` gets."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.before_submit: Step | None = None
        self.after_submit: Step | None = None

    def reading(self) -> AbstractAsyncContextManager[Snapshot]:
        return self._store.reading()

    async def submit(self, change: ChangeSet) -> None:
        before, self.before_submit = self.before_submit, None
        if before is not None:
            await before()
        await self._store.submit(change)
        after, self.after_submit = self.after_submit, None
        if after is not None:
            await after()

    async def claim(self, lease: str, holder: str, seconds: float) -> int | None:
        return await self._store.claim(lease, holder, seconds)

    async def release(self, lease: str, holder: str) -> None:
        await self._store.release(lease, holder)

    async def wait(self, seconds: float) -> None:
        await self._store.wait(seconds)

    async def close(self) -> None:
        await self._store.close()
