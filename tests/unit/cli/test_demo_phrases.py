"""What the demo's agents say, and to what."""

from __future__ import annotations

from typing import Any

import pytest

from cli.demo.phrases import Situation, load, situation, wants_answer
from cli.demo.script import LANGUAGES

LONGEST = 460
"""Of the network's 500 characters, the rest is for the customer's name."""


def a_mention(id_: str, polarity: str = "negative", **changed: Any) -> dict[str, Any]:
    entry = {"type": "mention", "id": id_, "ours": False, "taken_back": False}
    return entry | {"tone": {"polarity": polarity}} | changed


def a_reply(parent: str, state: str = "sent") -> dict[str, Any]:
    return {"type": "reply", "parent": parent, "state": state}


def a_case(*timeline: dict[str, Any], severity: str = "normal", risks: tuple[str, ...] = ()) -> Any:
    found = {"severity": {"severity_class": severity}, "risk_topics": list(risks)}
    return found | {"timeline": list(timeline)}


def test_every_situation_has_a_text_in_every_language() -> None:
    phrases = load()
    assert set(phrases) == set(Situation)
    for texts in phrases.values():
        assert set(texts) == set(LANGUAGES)
        assert all(0 < len(text) <= LONGEST for text in texts.values())


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (a_case(a_mention("1"), severity="critical", risks=("fire",)), Situation.SAFETY),
        (a_case(a_mention("1"), severity="critical", risks=("data_leak",)), Situation.PRIVACY),
        (a_case(a_mention("1")), Situation.SORRY),
        (a_case(a_mention("1", "neutral")), Situation.ANSWER),
        (a_case(a_mention("1", "positive")), Situation.GLAD),
        (a_case(a_mention("1"), a_reply("1"), a_mention("2")), Situation.DETAILS),
        (a_case(a_mention("1", tone=None)), Situation.ANSWER),
    ],
)
def test_the_situation_chooses_the_text(case: Any, expected: Situation) -> None:
    assert situation(case) is expected


def test_what_was_answered_is_not_answered_again() -> None:
    assert wants_answer([a_mention("1")]) == "1"
    assert wants_answer([a_mention("1"), a_reply("1", "planned")]) == ""
    assert wants_answer([a_mention("1"), a_reply("1"), a_mention("2")]) == "2"


def test_a_refused_reply_leaves_the_customer_waiting() -> None:
    assert wants_answer([a_mention("1"), a_reply("1", "refused")]) == "1"


def test_our_own_posts_and_deleted_ones_want_no_answer() -> None:
    assert wants_answer([a_mention("1", ours=True), a_mention("2", taken_back=True)]) == ""
