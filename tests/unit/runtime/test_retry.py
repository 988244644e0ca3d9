"""Pauses grow, are drawn below their bound, and keep what was asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harken.runtime.retry import Backoff


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True), st.floats(0, 60))
def test_a_pause_lies_between_what_was_asked_for_and_the_bound(
    attempt: int, drawn: float, at_least: float
) -> None:
    pause = Backoff(0.1, 30.0, lambda: drawn).pause(attempt, at_least)
    assert at_least <= pause <= at_least + 30.0


def test_the_bound_doubles_until_it_is_the_longest() -> None:
    backoff = Backoff(0.5, 3.0, lambda: 1.0)
    assert [backoff.pause(n) for n in range(1, 6)] == [0.5, 1.0, 2.0, 3.0, 3.0]
