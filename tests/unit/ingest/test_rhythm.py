"""When a source is too silent for its own rhythm, and when it is not."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from harken.domain.time import Duration, Instant, days, hours, minutes
from services.ingest.domain.rhythm import (
    LEAST_ITEMS,
    SLOT,
    Rhythm,
    absent,
    listened,
    spoken,
)

MONDAY = Instant(1_772_409_600_000_000)
"""2026-03-02T00:00Z."""
DAY, WEEK = days(1), days(7)


def by_day(rhythm: Rhythm, start: Instant, end: Instant, per_slot: float, lots: Random) -> Rhythm:
    """Speaks by day alone, from 8 to 20, on weekdays."""
    for now in range(start, end, SLOT):
        hour, weekday = now % DAY // hours(1), (now - MONDAY) // DAY % 7
        if 8 <= hour < 20 and weekday < 5 and lots.random() < per_slot:
            rhythm = spoken(rhythm, Instant(now), 1)
        else:
            rhythm = listened(rhythm, Instant(now))
    return rhythm


def first_alarm(rhythm: Rhythm, start: Instant, end: Instant) -> int | None:
    """Hours from ``start`` without a word."""
    for now in range(start, end, SLOT):
        rhythm = listened(rhythm, Instant(now))
        if rhythm.too_silent:
            return (now - start) // hours(1)
    return None


def test_quiet_nights_and_weekends_alarm_nobody() -> None:
    lots, rhythm = Random(1), Rhythm()
    for now in range(MONDAY, MONDAY + 6 * WEEK, int(hours(1))):
        rhythm = by_day(rhythm, Instant(now), Instant(now + hours(1)), 0.4, lots)
        assert not rhythm.too_silent
    assert rhythm.known


def test_a_working_day_without_a_word_alarms_within_hours() -> None:
    lots = Random(2)
    end = Instant(MONDAY + 5 * WEEK)
    rhythm = by_day(Rhythm(), MONDAY, end, 0.4, lots)
    # Monday morning at eight: the weekend before adds next to nothing.
    quiet = first_alarm(rhythm, end, Instant(end + hours(8)))
    assert quiet is None
    alarm = first_alarm(rhythm, end, Instant(end + 2 * DAY))
    assert alarm is not None
    assert 8 <= alarm < 20


def test_a_source_that_bursts_by_nature_is_given_more_time() -> None:
    def told(burst: int, pause: int) -> int:
        """Hours until the alarm, of a source that speaks the same share of slots."""
        rhythm, now = Rhythm(), MONDAY
        while now < MONDAY + 4 * WEEK:
            for _ in range(burst):
                rhythm = spoken(rhythm, now, 1)
                now = Instant(now + SLOT)
            for _ in range(pause):
                rhythm = listened(rhythm, now)
                now = Instant(now + SLOT)
        alarm = first_alarm(rhythm, now, Instant(now + 8 * WEEK))
        assert alarm is not None
        return alarm

    assert told(burst=35, pause=70) > 2 * told(burst=1, pause=2)


def test_it_says_nothing_before_it_knows_the_source() -> None:
    few = Rhythm()
    for item in range(LEAST_ITEMS - 1):
        few = spoken(few, Instant(MONDAY + item * minutes(30)), 1)
    assert first_alarm(few, Instant(MONDAY + DAY), Instant(MONDAY + 8 * WEEK)) is None
    young = Rhythm()
    for slot in range(12 * 24 * 3):
        young = spoken(young, Instant(MONDAY + slot * SLOT), 5)
    assert first_alarm(young, Instant(MONDAY + 3 * DAY), Instant(MONDAY + 6 * DAY)) is None


def test_time_in_which_nobody_listened_is_no_silence() -> None:
    rhythm = by_day(Rhythm(), MONDAY, Instant(MONDAY + 3 * WEEK), 0.9, Random(3))
    later = Instant(MONDAY + 5 * WEEK + hours(12))
    assert absent(rhythm, later).surprise == rhythm.surprise
    assert listened(rhythm, later).surprise == rhythm.surprise
    assert not listened(absent(rhythm, later), Instant(later + minutes(10))).too_silent


STEPS = st.lists(
    st.tuples(st.sampled_from(["spoken", "listened", "absent"]), st.integers(0, int(3 * DAY))),
    max_size=60,
)


@settings(deadline=None)
@given(STEPS)
def test_whatever_happens_the_shares_stay_shares(steps: list[tuple[str, int]]) -> None:
    rhythm, now = Rhythm(), MONDAY
    for what, passed in steps:
        now = Instant(now + passed)
        before = rhythm
        if what == "spoken":
            rhythm = spoken(rhythm, now, 2)
            assert (rhythm.surprise, rhythm.last_at) == (0.0, now)
        else:
            rhythm = (listened if what == "listened" else absent)(rhythm, now)
            assert rhythm.surprise >= before.surprise * (not before.speaks)
            assert rhythm.items == before.items
        assert all(0 <= s <= h for s, h in zip(rhythm.spoke, rhythm.heard, strict=True))
        assert rhythm.slot >= before.slot
        assert not (rhythm.too_silent and not rhythm.known)


@given(st.integers(1, 200), st.integers(1, 40))
def test_looking_more_often_changes_nothing(slots: int, looks: int) -> None:
    """How often we look is ours; the silence is the source's."""
    rhythm = by_day(Rhythm(), MONDAY, Instant(MONDAY + DAY), 0.9, Random(4))
    start, length = Instant(MONDAY + DAY), Duration(slots * SLOT)
    often = rhythm
    for look in range(1, looks + 1):
        often = listened(often, Instant(start + length * look // looks))
    once = listened(rhythm, Instant(start + length))
    assert abs(often.surprise - once.surprise) < 1e-9
    assert often.spoke == once.spoke
