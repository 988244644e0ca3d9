"""Which of our own posts under a parent is the reply?"""

from __future__ import annotations

from dataclasses import replace

from harken.domain.time import after, before, minutes, seconds
from harken.testing import builders
from services.responder.domain.recognition import CLOCK_SKEW, OwnPost, recognise

NOW = builders.NOW
REPLY = replace(builders.reply(), first_attempt_at=NOW)
SAME = OwnPost("1", after(NOW, seconds(2)), same_text=True)
OTHER = OwnPost("2", after(NOW, seconds(1)), same_text=False)


def test_the_same_text_is_preferred_to_an_earlier_post() -> None:
    assert recognise(REPLY, [OTHER, SAME], alone=True) == SAME


def test_a_post_that_the_network_changed_counts_too() -> None:
    assert recognise(REPLY, [OTHER], alone=True) == OTHER


def test_with_two_replies_under_way_only_the_text_tells() -> None:
    assert recognise(REPLY, [OTHER], alone=False) is None
    assert recognise(REPLY, [OTHER, SAME], alone=False) == SAME


def test_what_was_there_before_is_not_it_whatever_the_clocks_say() -> None:
    old = replace(OTHER, created_at=before(NOW, minutes(6)))
    slow_clock = replace(OTHER, created_at=before(NOW, CLOCK_SKEW))
    assert recognise(REPLY, [old], alone=True) is None
    assert recognise(REPLY, [slow_clock], alone=True) == slow_clock


def test_what_is_known_to_be_something_else_is_not_it() -> None:
    assert recognise(REPLY, [replace(SAME, bound=True)], alone=True) is None


def test_of_two_alike_it_is_the_earlier_one() -> None:
    later = replace(SAME, network_id="0", created_at=after(SAME.created_at, seconds(1)))
    assert recognise(REPLY, [later, SAME], alone=True) == SAME
