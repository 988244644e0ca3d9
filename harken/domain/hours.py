"""Business hours: instants and durations that count only while a calendar is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from harken.domain.time import Duration, Instant, after, elapsed, from_datetime, to_datetime

DAYS_PER_WEEK = 7
MINUTES_PER_DAY = 24 * 60
_MOST_DAYS = 3_660
"""Looking further ahead than ten years finds a calendar without working days, not a deadline."""


class NeverOpen(ValueError):
    """The calendar has no opening hours, now or in any time that matters."""


@dataclass(frozen=True, slots=True)
class Span:
    """Local minutes of a day, ``start`` included and ``end`` (up to 1440) not."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES_PER_DAY:
            raise ValueError(f"no span of a day: {self.start} to {self.end}")


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """``week`` holds the spans of Monday to Sunday, in order; ``holidays`` are closed all day.

    Across a change of the clocks a span keeps its local times, so it lasts an hour more or less.
    Raises `NeverOpen` without any span, ``ValueError`` for other than seven days.
    """

    zone: tzinfo
    week: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != DAYS_PER_WEEK:
            raise ValueError("a week has seven days")
        if not any(self.week):
            raise NeverOpen("no opening hours on any day")

    def after(self, start: Instant, open_time: Duration) -> Instant:
        """When that much open time has passed since ``start``.

        No open time gives ``start`` itself, open or not.
        """
        left = open_time
        if left <= 0:
            return start
        for opens, closes in self._spans(start):
            begin = max(opens, start)
            if elapsed(begin, closes) >= left:
                return after(begin, left)
            left = Duration(left - elapsed(begin, closes))
        raise NeverOpen("not enough opening hours within ten years")

    def between(self, start: Instant, end: Instant) -> Duration:
        """Open time between the two; nothing where ``end`` is earlier."""
        total = 0
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            total += max(0, elapsed(max(opens, start), min(closes, end)))
        return Duration(total)

    def _spans(self, start: Instant) -> Iterator[tuple[Instant, Instant]]:
        """Open spans that end after ``start``, in order."""
        first = to_datetime(start).astimezone(self.zone).date()
        for offset in range(_MOST_DAYS):
            day = first + timedelta(days=offset)
            if day in self.holidays:
                continue
            for span in self.week[day.weekday()]:
                closes = self._at(day, span.end)
                if closes > start:
                    yield self._at(day, span.start), closes

    def _at(self, day: date, minute: int) -> Instant:
        days, rest = divmod(minute, MINUTES_PER_DAY)
        local = datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=self.zone)
        return from_datetime(local + timedelta(days=days))
