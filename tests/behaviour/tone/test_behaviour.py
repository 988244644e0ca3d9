"""The behavioural suite on the bundled model: a floor per capability, so that nothing slips back.

The floors are what the shipped model reached, less a case or two; the card shows every rate and
every failing case.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from models.recipe.behaviour import Case, Outcome, read_cases, run
from services.sentiment.tone import load_model

CASES = read_cases(Path(__file__).parent)
LANGUAGES = {"en", "pl", "cs", "ru", "lv"}


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return run(load_model(threads=1), CASES)


def test_every_capability_is_asked_in_every_language() -> None:
    asked: dict[str, set[str]] = {}
    for case in CASES:
        asked.setdefault(case.capability, set()).add(case.language)
    assert {name: languages for name, languages in asked.items() if languages != LANGUAGES} == {}


def test_no_case_is_asked_twice() -> None:
    asked = Counter((case.language, case.text, case.like) for case in CASES)
    assert [key for key, count in asked.items() if count > 1] == []


def test_a_line_that_is_no_case_is_named(tmp_path: Path) -> None:
    (tmp_path / "en.txt").write_text("negation | negative\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"en\.txt:1"):
        read_cases(tmp_path)


def test_cases_know_their_language(tmp_path: Path) -> None:
    (tmp_path / "pl.txt").write_text("typos | same | a | b\n", encoding="utf-8")
    assert read_cases(tmp_path) == [Case("pl", "typos", "same", "a", "b")]


LEAST = {
    "negation": 0.65,
    "not bad": 0.55,
    "sarcasm": 0.2,
    "emoji against words": 0.85,
    "thanks with complaint": 0.65,
    "resolved": 0.85,
    "urgency and risk": 0.9,
    "neutral": 0.8,
    "address": 0.7,
    "code-switching": 0.9,
    "diacritics missing": 0.9,
    "typos": 0.8,
    "all caps": 0.9,
}


@pytest.mark.parametrize("capability", LEAST)
def test_a_capability_keeps_its_pass_rate(outcomes: list[Outcome], capability: str) -> None:
    own = [outcome for outcome in outcomes if outcome.case.capability == capability]
    passed = sum(outcome.passed for outcome in own)
    assert passed / len(own) >= LEAST[capability]


def test_every_capability_has_a_floor() -> None:
    assert set(LEAST) == {case.capability for case in CASES}
