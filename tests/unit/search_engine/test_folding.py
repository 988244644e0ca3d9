from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.search.analysis.folding import _SIMPLE, LONGEST, _folded, fold


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Parcel", "parcel"),
        ("Zażółć", "zazolc"),
        ("ŽLUŤOUČKÝ", "zlutoucky"),
        ("Ļoti", "loti"),
        ("ģērbējs", "gerbejs"),
        ("ёлка", "елка"),
        ("ЁЛКА", "елка"),
        ("мой", "мой"),
        ("мои\u0306", "мой"),
        ("МОЙ", "мой"),
        ("ґрунт", "грунт"),
        ("її", "іі"),
        ("Straße", "strasse"),
        ("ŁÓDŹ", "lodz"),
        ("Đorđe", "dorde"),
        ("Ærø", "aero"),
        ("Œuvre", "oeuvre"),
        ("ıssız", "issiz"),
        ("İstanbul", "istanbul"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("σίσυφος", "σισυφοσ"),
        ("ﬁne", "fine"),
        ("ｐａｒｃｅｌ", "parcel"),
        ("𝐩𝐚𝐫𝐜𝐞𝐥", "parcel"),
        ("m²", "m2"),
        ("٣٤", "34"),
        ("خِدمة", "خدمة"),
        ("שָׁלוֹם", "שלום"),
        ("कुर्सी", "कुर्सी"),
        ("한국어", "한국어"),
        ("par\u200bcel\u00ad", "parcel"),
        ("\u0301", ""),
        ("", ""),
    ],
)
def test_what_writers_vary_does_not_matter(word: str, folded: str) -> None:
    assert fold(word) == folded


@given(st.text())
def test_folding_twice_changes_nothing(word: str) -> None:
    assert fold(fold(word)) == fold(word)


@given(st.text())
def test_decomposed_and_composed_are_the_same(word: str) -> None:
    assert fold(unicodedata.normalize("NFD", word)) == fold(unicodedata.normalize("NFC", word))


@given(st.text(st.characters(codec="utf-8")))
def test_a_folded_word_can_be_stored_as_one_word(word: str) -> None:
    folded = fold(word)
    folded.encode()
    assert len(folded) <= LONGEST


@given(st.text(st.characters(categories=["L", "N", "M"])))
def test_no_folded_letter_parts_words(word: str) -> None:
    assert not any(letter.isspace() or letter in '"#@' for letter in fold(word))


def test_long_words_are_cut() -> None:
    assert fold("ž" * 1_000) == "z" * LONGEST
    assert fold("z" * 1_000) == "z" * LONGEST


@given(st.from_regex(_SIMPLE, fullmatch=True))
def test_simple_letters_fold_one_by_one_as_in_company(word: str) -> None:
    assert fold(word) == _folded(word)[:LONGEST]
