"""The detector is right on short texts, and says so when a text shows no language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.language.detector import TOLD, Detector
from services.ingest.language.letters import letters_of
from services.ingest.language.ngrams import NgramTable
from tests.unit.ingest_language.texts import OTHERS, OURS, SPEECHLESS

DETECTOR = Detector(NgramTable.load())
KNOWN = [
    (language, text) for all_ in (OURS, OTHERS) for language in all_ for text in all_[language]
]


@pytest.mark.parametrize(("language", "text"), KNOWN)
def test_short_texts_show_their_language(language: str, text: str) -> None:
    assert DETECTOR.detect(text).language == language


@pytest.mark.parametrize("text", SPEECHLESS)
def test_what_shows_no_language_is_unknown(text: str) -> None:
    assert DETECTOR.detect(text).language == ""
    assert DETECTOR.detect(text).certainty == 0.0


def test_links_handles_and_case_tell_nothing() -> None:
    said = "Czajnik przecieka, co mam zrobić?"
    dressed = f"@the_best_shop {said.upper()} https://shop.example/best-offer-in-town"
    assert letters_of(dressed).words == letters_of(said).words


def test_less_text_is_less_sure() -> None:
    assert DETECTOR.detect("ano").certainty < DETECTOR.detect("ano, konvice zase teče").certainty


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    found = DETECTOR.detect(text)
    assert (found.language == "") is (found.certainty == 0.0)
    assert found.language == "" or TOLD <= found.certainty <= 1.0
    assert DETECTOR.detect(text) == found
