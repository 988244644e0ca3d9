"""Time as the domain sees it: whole microseconds since 1970-01-01T00:00Z, always passed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NewType

Instant = NewType("Instant", int)
"""Microseconds since the Unix epoch, UTC."""

Duration = NewType("Duration", int)
"""Microseconds."""

NO_TIME = Duration(0)
BEGINNING = Instant(0)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

LATEST = Instant((datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND)
"""The last instant that RFC 3339 can say."""


def milliseconds(n: float) -> Duration:
    return Duration(round(n * 1_000))


def seconds(n: float) -> Duration:
    return Duration(round(n * 1_000_000))


def minutes(n: float) -> Duration:
    return seconds(n * 60)


def hours(n: float) -> Duration:
    return minutes(n * 60)


def days(n: float) -> Duration:
    return hours(n * 24)


def after(instant: Instant, duration: Duration) -> Instant:
    return Instant(instant + duration)


def before(instant: Instant, duration: Duration) -> Instant:
    return Instant(instant - duration)


def elapsed(start: Instant, end: Instant) -> Duration:
    """Time from ``start`` to ``end``; negative where ``end`` is earlier."""
    return Duration(end - start)


def from_datetime(moment: datetime) -> Instant:
    """Raises ``ValueError`` for a datetime without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is not an instant")
    return Instant((moment - _EPOCH) // _MICROSECOND)


def to_datetime(instant: Instant) -> datetime:
    return _EPOCH + timedelta(microseconds=instant)


def parse_rfc3339(text: str) -> Instant:
    """Raises ``ValueError`` for anything but a full date and time with a zone."""
    return from_datetime(datetime.fromisoformat(text))


def rfc3339(instant: Instant) -> str:
    """For example ``2026-03-01T09:30:00.120000Z``; whole seconds carry no fraction."""
    return to_datetime(instant).isoformat().replace("+00:00", "Z")
