"""How long an answer asks us to wait; servers say it in four ways."""

from __future__ import annotations

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from harken.channels.port import RateLimit
from harken.domain.time import Instant, after, from_datetime, parse_rfc3339
from harken.domain.time import seconds as seconds_long

DEFAULT = 30.0
_LONGEST = 86_400.0
_DIGITS = 16
# A number greater than this is a date (seconds since 1970), else a number of seconds to wait.
_FIRST_DATE = 1_000_000_000


def patience(headers: Mapping[str, str], now: Instant, default: float = DEFAULT) -> float:
    """Seconds, between 1 and a day, by ``Retry-After``, else ``X-RateLimit-Reset``.

    Understood: seconds, seconds since 1970, RFC 3339 and HTTP dates.
    """
    for name in ("retry-after", "x-ratelimit-reset"):
        seconds = _seconds(headers.get(name, "").strip(), now)
        if seconds is not None:
            return min(max(seconds, 1.0), _LONGEST)
    return default


def exhausted(headers: Mapping[str, str]) -> bool:
    """Was this the last request that the rate limit allows for now?"""
    return headers.get("x-ratelimit-remaining", "").strip() == "0"


def rate_limit(headers: Mapping[str, str], now: Instant) -> RateLimit | None:
    """What ``X-RateLimit-*`` tell; None where the requests that remain are not told."""
    remaining = _count(headers, "x-ratelimit-remaining")
    if remaining is None:
        return None
    wait = _seconds(headers.get("x-ratelimit-reset", "").strip(), now)
    resets_at = None if wait is None else after(now, seconds_long(min(max(wait, 0.0), _LONGEST)))
    return RateLimit(remaining, _count(headers, "x-ratelimit-limit") or 0, resets_at)


def _count(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else None


def _seconds(text: str, now: Instant) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        until = _date(text)
        return None if until is None else (until - now) / 1_000_000
    if not math.isfinite(number):
        return None
    return number - now / 1_000_000 if number > _FIRST_DATE else number


def _date(text: str) -> Instant | None:
    try:
        return parse_rfc3339(text)
    except ValueError:
        pass
    try:
        return from_datetime(parsedate_to_datetime(text))
    except ValueError:
        return None
