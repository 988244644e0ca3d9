"""What goes wrong is drawn, and can be drawn again."""

from __future__ import annotations

from collections import Counter

from tests.chaos.distributed.faults import PLACES, Killed, draw
from tests.chaos.distributed.plans import FULL


def test_a_seed_says_all_that_goes_wrong() -> None:
    assert draw(7, FULL) == draw(7, FULL)
    assert draw(7, FULL) != draw(8, FULL)


def test_every_replica_is_killed_about_as_often_as_any_other() -> None:
    killed = Counter(
        strike.fault.place
        for hand in draw(7, FULL)
        for strike in hand
        if isinstance(strike.fault, Killed)
    )
    assert killed.keys() == set(PLACES)
    assert max(killed.values()) - min(killed.values()) <= 1
