"""What was said and not taken yet: bounded, so that who takes slowly slows down who says it."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Backlog(Generic[T]):
    """One puts, one takes. ``most`` bounds the sum of the sizes that wait; one item always fits."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[tuple[T, int]] = deque()
        self._size = 0
        self._end: Exception | None = None
        self._changed = asyncio.Condition()

    @property
    def size(self) -> int:
        return self._size

    async def put(self, item: T, size: int) -> None:
        """Returns when there is room for it."""
        async with self._changed:
            await self._changed.wait_for(
                lambda: not self._waiting or self._size + size <= self._most
            )
            self._waiting.append((item, size))
            self._size += size
            self._changed.notify_all()

    async def end(self, why: Exception) -> None:
        """What waits can still be taken; then ``why`` is raised."""
        async with self._changed:
            self._end = why
            self._changed.notify_all()

    async def take(self, most: int, seconds: float) -> list[T]:
        """What waits, up to ``most``, oldest first; nothing after ``seconds`` without news."""
        async with self._changed:
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait_for(lambda: self._waiting or self._end)
            except TimeoutError:
                return []
            if not self._waiting and self._end is not None:
                raise self._end
            taken = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
            self._size -= sum(size for _, size in taken)
            self._changed.notify_all()
        return [item for item, _ in taken]
