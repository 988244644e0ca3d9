"""A text, the network's word and the author's habit together say in which language it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.language import LENT, SURE, UNKNOWN, Guess, agreed, settle, used

GUESSES = st.builds(Guess, st.sampled_from(["pl", "cs", "en"]), st.floats(0.05, 0.999)) | st.just(
    UNKNOWN
)
DECLARED = 0.5


def test_who_knows_the_language_is_believed() -> None:
    told = Guess("lv", 1.0)
    assert settle(Guess("en", 0.99), told, Guess("ru", 0.99)) == told


def test_a_sure_text_outweighs_a_networks_default() -> None:
    found = settle(Guess("pl", 0.97), Guess("en", DECLARED), UNKNOWN)
    assert found.language == "pl"
    assert SURE <= found.certainty < 0.97


def test_two_that_agree_are_surer_than_each() -> None:
    both = agreed(Guess("pl", 0.7), Guess("pl", 0.75))
    assert both.language == "pl"
    assert both.certainty > 0.75


def test_a_text_without_words_borrows_its_authors_language_less_surely() -> None:
    found = settle(UNKNOWN, UNKNOWN, Guess("cs", 0.99))
    assert found == Guess("cs", LENT)


def test_an_unsure_text_yields_to_its_authors_habit() -> None:
    assert settle(Guess("sk", 0.62), UNKNOWN, Guess("cs", 0.99)).language == "cs"
    assert settle(Guess("sk", 0.95), UNKNOWN, Guess("cs", 0.99)).language == "sk"


def test_a_new_language_of_an_author_is_less_sure_at_first() -> None:
    first = used(UNKNOWN, Guess("pl", 0.95))
    other = used(first, Guess("en", 0.95))
    again = used(other, Guess("en", 0.95))
    assert (other.language, again.language) == ("en", "en")
    assert other.certainty < first.certainty < again.certainty


@given(GUESSES, GUESSES, GUESSES)
def test_the_answer_is_one_of_those_given(shown: Guess, told: Guess, usual: Guess) -> None:
    found = settle(shown, told, usual)
    assert found.language in {shown.language, told.language, usual.language}
    assert (found.language == "") is not any(one.language for one in (shown, told, usual))
    assert 0.0 <= found.certainty <= 1.0


@given(GUESSES, GUESSES)
def test_opinions_have_no_order(one: Guess, other: Guess) -> None:
    first, second = agreed(one, other), agreed(other, one)
    assert first.certainty == pytest.approx(second.certainty)
    assert first.language == second.language or one.certainty == other.certainty
