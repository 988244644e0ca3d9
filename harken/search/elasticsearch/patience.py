"""Trying again where a long piece of work should outlive a busy moment of the cluster."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from harken.search.elasticsearch.errors import as_index_unavailable
from harken.search.port import IndexUnavailable

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds: long enough for a node to come back."""


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """The call must be harmless to repeat. Raises `IndexUnavailable` when patience is at an end."""
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while True:
        try:
            with as_index_unavailable():
                return await call()
        except IndexUnavailable as away:
            if loop.time() + away.retry_after > until:
                raise
            await asyncio.sleep(away.retry_after)
