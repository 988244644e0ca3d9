"""What keeps a process from starting, and how long it waits for what may still come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from harken.log.port import LogUnavailable
from harken.search.port import IndexUnavailable
from harken.store.changes import StoreUnavailable
from harken.telemetry.logs import Log

T = TypeVar("T")

LOOK_SECONDS = 1.0

_log = Log(__name__)


class CannotStart(Exception):
    """The message tells a person what to do."""


class NotYet(Exception):
    """Somebody may still make it while we wait; the message says what."""


_PASSING = (StoreUnavailable, LogUnavailable, IndexUnavailable, NotYet)


async def patiently(
    attempt: Callable[[], Awaitable[T]], patience: float, reached_by: str = ""
) -> T:
    """What the attempt gives at last. Raises `CannotStart` after ``patience`` seconds, with the
    settings that say how to reach what is away."""
    deadline, told = time.monotonic() + patience, ""
    while True:
        try:
            return await attempt()
        except _PASSING as away:
            why = str(away)
            if time.monotonic() >= deadline:
                look = f"; see {reached_by}" if reached_by else ""
                raise CannotStart(f"{why} (waited {patience:g} s{look})") from away
        if why != told:
            _log.warning("start waits", why=why)
            told = why
        await asyncio.sleep(LOOK_SECONDS)
