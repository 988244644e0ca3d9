"""Fresh ids for what people make: UUIDv7, so that ids sort by when they were made."""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from collections.abc import Callable

_TAIL_BITS = 74


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class Uuid7:
    """RFC 9562, version 7. Each id is greater than the ones before it, whatever the clock does.

    Within one millisecond (or when the clock steps back) the 74 random bits count on; should
    they overflow, the time part does.
    """

    def __init__(
        self,
        milliseconds: Callable[[], int] = _milliseconds,
        random_bits: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._milliseconds = milliseconds
        self._random_bits = random_bits
        self._latest = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        with self._lock:
            fresh = self._milliseconds() << _TAIL_BITS
            # The highest random bit stays 0: room to count on.
            fresh |= self._random_bits(_TAIL_BITS - 1)
            same_time = fresh >> _TAIL_BITS <= self._latest >> _TAIL_BITS
            self._latest = self._latest + 1 if same_time else fresh
            return _spell(self._latest)


def _spell(number: int) -> str:
    """48 bits of time, the version, 12 random bits, the variant, 62 random bits."""
    time_and_a, tail = number >> 62, number & ((1 << 62) - 1)
    moment, random_a = time_and_a >> 12, time_and_a & 0xFFF
    return str(uuid.UUID(int=moment << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | tail))
