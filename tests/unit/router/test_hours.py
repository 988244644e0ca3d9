"""Business hours with time zones, holidays and changes of the clocks."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.domain.hours import BusinessHours, NeverOpen, Span
from harken.domain.time import Duration, Instant, hours, minutes, parse_rfc3339

PRAGUE = ZoneInfo("Europe/Prague")
OFFICE = (Span(9 * 60, 12 * 60), Span(13 * 60, 17 * 60))
WEEK = (OFFICE,) * 5 + ((), ())
OPEN = BusinessHours(PRAGUE, WEEK, frozenset({date(2026, 5, 1)}))

instants = st.integers(
    parse_rfc3339("2025-01-01T00:00:00Z"), parse_rfc3339("2027-01-01T00:00:00Z")
).map(Instant)
durations = st.integers(0, hours(100)).map(Duration)


@pytest.mark.parametrize(
    ("start", "open_time", "end"),
    [
        ("2026-03-02T08:00:00Z", hours(1), "2026-03-02T09:00:00Z"),
        ("2026-03-02T10:30:00Z", hours(1), "2026-03-02T12:30:00Z"),
        ("2026-03-06T15:30:00Z", hours(1), "2026-03-09T08:30:00Z"),
        ("2026-03-07T12:00:00Z", hours(1), "2026-03-09T09:00:00Z"),
        # Summer time begins on 29 March: 9:00 in Prague is 7:00 UTC from then on.
        ("2026-03-27T15:30:00Z", hours(1), "2026-03-30T07:30:00Z"),
        ("2026-04-30T14:30:00Z", hours(1), "2026-05-04T07:30:00Z"),
    ],
    ids=["morning", "lunch", "evening", "weekend", "clocks change", "holiday"],
)
def test_deadlines_fall_into_opening_hours(start: str, open_time: Duration, end: str) -> None:
    assert OPEN.after(parse_rfc3339(start), open_time) == parse_rfc3339(end)


@given(instants, durations)
def test_the_open_time_until_a_deadline_is_what_was_allowed(
    start: Instant, allowed: Duration
) -> None:
    assert OPEN.between(start, OPEN.after(start, allowed)) == allowed


@given(instants, durations, durations)
def test_more_time_is_never_over_earlier(start: Instant, a: Duration, b: Duration) -> None:
    assert OPEN.after(start, min(a, b)) <= OPEN.after(start, max(a, b))


def test_time_does_not_run_backwards() -> None:
    start = parse_rfc3339("2026-03-02T08:00:00Z")
    assert OPEN.between(start, Instant(start - hours(5))) == 0


def test_a_calendar_that_never_opens_is_refused() -> None:
    with pytest.raises(NeverOpen):
        BusinessHours(PRAGUE, ((),) * 7)


def test_a_span_lies_within_a_day() -> None:
    with pytest.raises(ValueError, match="no span"):
        Span(17 * 60, 9 * 60)


def test_round_the_clock_is_wall_time() -> None:
    always = BusinessHours(PRAGUE, ((Span(0, 1440),),) * 7)
    start = parse_rfc3339("2026-03-28T12:00:00Z")
    assert always.after(start, hours(48)) == start + hours(48)
    assert always.between(start, Instant(start + minutes(90))) == minutes(90)
