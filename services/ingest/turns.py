"""One at a time for each key: two sources may bring the same post in the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Hashable
from contextlib import asynccontextmanager


class Turns:
    """All keys of a turn are got at once, so that no two turns wait for each other."""

    def __init__(self) -> None:
        self._taken: dict[Hashable, asyncio.Event] = {}

    @asynccontextmanager
    async def of(self, keys: Collection[Hashable]) -> AsyncIterator[None]:
        while (before := next(filter(None, map(self._taken.get, keys)), None)) is not None:
            await before.wait()
        over = asyncio.Event()
        self._taken.update(dict.fromkeys(keys, over))
        try:
            yield
        finally:
            for key in keys:
                del self._taken[key]
            over.set()
