"""The urgency lexicon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sentiment.tone.normalise import normalise
from services.sentiment.tone.urgency import PRESSING, SAFETY, WAITING, urgency


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("There is smoke coming out of the charger", "en"),
        ("Mój telefon... w domu był pożar", "pl"),
        ("ladowarka i pozar w domu", "pl"),
        ("Nabíječka hoří!", "cs"),
        ("Дом, пожар, помогите", "ru"),
        ("Mājā izcēlās ugunsgrēks", "lv"),
        ("Somebody hacked my account", "lv"),
    ],
)
def test_safety_is_urgent_in_every_language(text: str, language: str) -> None:
    assert urgency(normalise(text), language) >= SAFETY


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("thanks for the hospitality", "en"),
        ("What colours are there?", "en"),
        ("sądzę, że to dobry pomysł", "pl"),
        ("horizont byl krásný", "cs"),
        ("degviela kļuvusi lētāka", "lv"),
        ("", "en"),
        ("пожар", "en"),
    ],
)
def test_calm_words_are_calm(text: str, language: str) -> None:
    assert urgency(normalise(text), language) == 0.0


def test_evidence_adds_up() -> None:
    waiting = urgency("still waiting", "en")
    both = urgency("still waiting, urgent", "en")
    assert waiting == pytest.approx(WAITING)
    assert both == pytest.approx(1 - (1 - WAITING) * (1 - PRESSING))


def test_a_phrase_counts_once_however_often_it_is_said() -> None:
    assert urgency("urgent urgent urgent", "en") == urgency("urgent", "en")


@given(st.text(max_size=200), st.sampled_from(["en", "pl", "cs", "ru", "lv", "", "xx"]))
def test_urgency_is_a_share(text: str, language: str) -> None:
    assert 0.0 <= urgency(normalise(text), language) < 1.0
