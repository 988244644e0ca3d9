"""What was worked out once and is likely to be asked for again, within bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LONGEST = 64
"""Characters of what is kept: longer words and links hardly come again."""


class Remembered(dict[str, T]):
    """Looked up as a dictionary is. Keeps the newest ``most``, and as many that came before
    these, so that what comes again and again stays.
    """

    def __init__(self, work_out: Callable[[str], T], most: int) -> None:
        self._work_out = work_out
        self._most = most
        self._before: dict[str, T] = {}

    def __missing__(self, asked: str) -> T:
        found = self._before.get(asked)
        if found is None:
            found = self._work_out(asked)
        if len(asked) <= LONGEST:
            if len(self) >= self._most:
                self._before = dict(self)
                self.clear()
            self[asked] = found
        return found
