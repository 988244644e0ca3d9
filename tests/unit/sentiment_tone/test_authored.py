"""The care sentences that the tone model learns beside the labelled sets."""

from __future__ import annotations

from pathlib import Path

from models.recipe import authored
from models.recipe.behaviour import read_cases
from services.sentiment.tone.normalise import normalise

CASES = Path(__file__).parents[2] / "behaviour" / "tone"
SAID = list(authored.sentences(1))


def test_no_case_of_the_behavioural_suite_is_learnt() -> None:
    learnt = {normalise(each.text) for each in SAID}
    asked = {normalise(text) for case in read_cases(CASES) for text in (case.text, case.like)}
    assert learnt & asked == set()


def test_every_frame_is_filled() -> None:
    assert [each for each in SAID if set("{}|=;") & set(each.text)] == []


def test_every_promised_language_has_hundreds_of_every_polarity() -> None:
    for language in ("en", "pl", "cs", "ru", "lv"):
        own = [each.polarity for each in SAID if each.language == language]
        assert min(own.count(name) for name in ("negative", "neutral", "positive")) >= 300
    assert {each.polarity for each in SAID} == {"negative", "neutral", "positive"}


def test_the_same_seed_gives_the_same_sentences() -> None:
    assert list(authored.sentences(1)) == SAID
    assert list(authored.sentences(2)) != SAID
