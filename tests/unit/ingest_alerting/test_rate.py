"""The rate rule against the sentence that it is written for."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from harken.domain.time import BEGINNING, Instant, after, minutes
from services.ingest.domain.rate import Reached, count
from services.ingest.domain.tracker import AlertRule, When

RULES = st.builds(
    AlertRule,
    when=st.just(When.RATE),
    matches=st.integers(2, 5),
    minutes=st.integers(1, 4),
    quiet_minutes=st.integers(4, 12),
)
TIMES = st.lists(st.integers(0, 40).map(lambda half: Instant(minutes(half / 2))), max_size=30)


def every_window(
    rule: AlertRule, counted: list[Instant], new: list[Instant]
) -> tuple[list[Instant], Instant]:
    """The obvious way: after each match look at every window of enough matches that holds it."""
    told, quiet_until = [], BEGINNING
    for time in new:
        counted = sorted([*counted, time])
        ends = []
        for start in range(len(counted) - rule.matches + 1):
            window = counted[start : start + rule.matches]
            if time in window and window[-1] - window[0] < rule.window:
                ends.append(window[-1])
        if ends and max(ends) >= quiet_until:
            told.append(max(ends))
            quiet_until = after(max(ends), rule.quiet)
    return told, quiet_until


@settings(deadline=None)
@given(RULES, TIMES)
def test_it_tells_whenever_a_window_of_enough_matches_ends_outside_the_quiet_time(
    rule: AlertRule, times: list[Instant]
) -> None:
    reached, quiet = count(rule, [], times, BEGINNING)
    assert ([one.at for one in reached], quiet) == every_window(rule, [], times)


@settings(deadline=None)
@given(RULES, TIMES, st.integers(1, 6))
def test_in_batches_it_tells_the_same(rule: AlertRule, times: list[Instant], size: int) -> None:
    """However the matches are cut into batches, with only those near known to each."""
    whole, _ = count(rule, [], times, BEGINNING)
    told: list[Reached] = []
    quiet, done = BEGINNING, list[Instant]()
    for start in range(0, len(times), size):
        batch = times[start : start + size]
        reached, quiet = count(rule, near(done, batch, rule.matches - 1), batch, quiet)
        told += [Reached(rule, one.at, start + one.by) for one in reached]
        done += batch
    assert told == whole


def near(done: list[Instant], batch: list[Instant], most: int) -> list[Instant]:
    before = sorted(time for time in done if time < min(batch))[-most:]
    between = [time for time in done if min(batch) <= time <= max(batch)]
    after_ = sorted(time for time in done if time > max(batch))[:most]
    return [*before, *between, *after_]


@settings(deadline=None)
@given(RULES, TIMES)
def test_no_match_tells_twice(rule: AlertRule, times: list[Instant]) -> None:
    reached, _ = count(rule, [], sorted(times), BEGINNING)
    for earlier, later in pairwise(one.at for one in reached):
        assert later - rule.window >= earlier  # a window is shorter than that
