"""Revisions for networks that number none: they grow with the time of the edit."""

from __future__ import annotations

from harken.domain.time import Instant, parse_rfc3339

FIRST = 1
LAST = 2**53 - 1
"""Of a retraction: nothing comes after it, and saying it twice says the same."""


def edited(at: str | None) -> int:
    """`FIRST` for an unedited post, else the edit's milliseconds since 1970.

    Raises ``ValueError`` for what is no time.
    """
    if not at:
        return FIRST
    try:
        instant: Instant = parse_rfc3339(at)
    except (ValueError, OverflowError):
        raise ValueError(f"{at[:40]!r} is not an RFC 3339 time with a zone") from None
    return min(max(instant // 1_000, FIRST + 1), LAST - 1)
