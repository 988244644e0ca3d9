"""How long an answer asks us to wait; servers say it in four ways."""

from __future__ import annotations

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from harken.domain.time import Instant, from_datetime, parse_rfc3339

DEFAULT = 30.0
_LONGEST = 86_400.0
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
