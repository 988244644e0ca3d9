"""Deciding again where somebody else was faster."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from harken.store.changes import ChangeRefused

T = TypeVar("T")

RACES = 5


async def until_first(
    attempt: Callable[[], Awaitable[T]], overtaken: Callable[[ChangeRefused], bool]
) -> T:
    """Each attempt loads and decides anew. What the last one raises is raised."""
    for _ in range(RACES - 1):
        try:
            return await attempt()
        except ChangeRefused as refused:
            if not overtaken(refused):
                raise
    return await attempt()
