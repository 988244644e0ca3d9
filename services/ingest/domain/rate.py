"""Alerts over a rate: so many matches within so many minutes, then quiet for a time.

Times are of receipt. Matches may come late, in any order: a rate is reached when there is a window
of enough matches that the new one is part of, whenever the others came.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass

from harken.domain.time import Instant, after
from services.ingest.domain.tracker import AlertRule


@dataclass(frozen=True, slots=True)
class Reached:
    """``at`` is the receipt of the window's last match; ``by`` is the place of the new match that
    completed it."""

    rule: AlertRule
    at: Instant
    by: int


def count(
    rule: AlertRule, known: Sequence[Instant], new: Sequence[Instant], quiet_until: Instant
) -> tuple[list[Reached], Instant]:
    """Counts each new match in turn. Returns what was reached, and until when it is quiet now.

    ``known`` are earlier counted ones: all between the first and the last of ``new``, and at least
    ``rule.matches - 1`` on either side, as far as there are so many. The first and the last match
    of a window are less than ``rule.window`` apart. A window that ends in the quiet time says
    nothing; since that is no shorter than a window, no match tells twice.
    """
    times = sorted(known)
    reached = []
    for place, time in enumerate(new):
        insort(times, time)
        end = _last_window(rule, times, time)
        if end is not None and end >= quiet_until:
            reached.append(Reached(rule, end, place))
            quiet_until = after(end, rule.quiet)
    return reached, quiet_until


def _last_window(rule: AlertRule, times: Sequence[Instant], new: Instant) -> Instant | None:
    """The end of the last window of enough matches that holds ``new``."""
    place = bisect_left(times, new)
    last_start = min(place, len(times) - rule.matches)
    for start in range(last_start, max(place - rule.matches, -1), -1):
        end = times[start + rule.matches - 1]
        if end - times[start] < rule.window:
            return end
    return None
