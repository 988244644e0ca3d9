"""How often a feed wants to be looked at; it may say so in four ways."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

LONGEST = 3_600.0
"""Seconds. Many feeds ask for a day by habit of their software, and brands cannot wait so long; a
look at a feed that has not changed costs it almost nothing."""

_PERIODS = {
    "hourly": 3_600.0,
    "daily": 86_400.0,
    "weekly": 604_800.0,
    "monthly": 2_592_000.0,
    "yearly": 31_536_000.0,
}
_MAX_AGE = re.compile(r"(?:\A|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def told_pause(ttl: str, period: str, frequency: str) -> float:
    """Seconds, at most `LONGEST`; 0 where nothing is told. ``ttl`` is in minutes, ``period`` and
    ``frequency`` (times per period) are of the syndication module."""
    minutes = _number(ttl) * 60
    per_period = _PERIODS.get(period.lower(), 0.0) / (_number(frequency) or 1.0)
    return min(max(minutes, per_period), LONGEST)


def fresh_for(headers: Mapping[str, str]) -> float:
    """Seconds that the server calls its answer fresh, at most `LONGEST`."""
    found = _MAX_AGE.search(headers.get("cache-control", ""))
    return min(float(found[1]), LONGEST) if found else 0.0


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0
