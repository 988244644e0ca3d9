"""What is to us and what is about us; and how many people may see it."""

from __future__ import annotations

import pytest

from harken.domain.addressing import SEEN_PER_SHARE, addressed, handles_of, named, reach_of
from harken.domain.mention import Kind, Visibility

OURS = handles_of("@tarntoll TarnTollHelp@hearth.example")
PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE


@pytest.mark.parametrize(
    "text",
    [
        "@tarntoll my kettle leaks",
        "my kettle leaks, @TarnToll!",
        "ask @tarntoll@hearth.example",
        "hey (@tarntollhelp)",
        "@ola @TARNTOLLHELP@HEARTH.EXAMPLE help",
    ],
)
def test_a_handle_of_ours_is_seen_however_it_is_written(text: str) -> None:
    assert named(text, OURS)


@pytest.mark.parametrize(
    "text",
    [
        "my tarntoll kettle leaks #tarntoll",
        "@tarntolls is somebody else",
        "@tarntoll_fans is somebody else",
        "write to help@tarntoll.example",
        "@tarntollhelp@elsewhere.example is somebody else",
        "",
    ],
)
def test_who_is_called_alike_is_not_us(text: str) -> None:
    assert not named(text, OURS)


def test_a_private_word_is_always_to_us() -> None:
    assert addressed(Kind.DIRECT_MESSAGE, PUBLIC, "hello", OURS, at_ours=False)
    assert addressed(Kind.POST, PRIVATE, "hello", OURS, at_ours=False)


def test_public_words_are_to_us_where_they_name_us() -> None:
    assert addressed(Kind.POST, PUBLIC, "@tarntoll hello", OURS, at_ours=False)
    assert not addressed(Kind.POST, PUBLIC, "Tarn & Toll is fine", OURS, at_ours=True)


def test_without_known_handles_what_came_to_our_account_is_to_us() -> None:
    assert addressed(Kind.POST, PUBLIC, "hello", frozenset(), at_ours=True)
    assert not addressed(Kind.POST, PUBLIC, "hello", frozenset(), at_ours=False)


def test_reach_is_the_larger_of_followers_and_shares() -> None:
    assert reach_of(PUBLIC, 120) == 120
    assert reach_of(PUBLIC, 120, 40) == 40 * SEEN_PER_SHARE
    assert reach_of(PUBLIC, -1, 1) == SEEN_PER_SHARE
    assert reach_of(PUBLIC, -1) == -1
    assert reach_of(PRIVATE, 120, 40) == -1
