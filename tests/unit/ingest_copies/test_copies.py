"""Shares and spam are copies whatever they change; what people say by chance is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.copies.sketch import keys_of, near, sketch_of
from services.ingest.domain.copies import words_of

LONG = "My new kettle from Tarn & Toll started to leak after 3 days and nobody answers my letters"
SHORT = "Win a free kettle today"


def copies(one: str, other: str) -> bool:
    first, second = sketch_of(words_of(one)), sketch_of(words_of(other))
    if not first or not second:
        return False
    return bool(set(keys_of(first)) & set(keys_of(second))) and near(first, second)


@pytest.mark.parametrize("text", [LONG, SHORT])
@pytest.mark.parametrize(
    "change",
    [
        "RT @quillan@hearth.example: {}",
        "{} https://prizes.example/7d1f",
        "{} via @quillan",
        "🔥🔥 {} !!!",
        "@a @b {}",
        "{}\n\n\U0001f621",
    ],
)
def test_what_sharing_and_spamming_add_does_not_count(text: str, change: str) -> None:
    assert copies(text, change.format(text))


def test_numbers_and_case_do_not_count() -> None:
    assert copies("Order 1,204.50 now and get 3 kettles", "ORDER 88 NOW AND GET 1204 KETTLES")


def test_long_texts_may_differ_in_a_word_and_at_their_ends() -> None:
    assert copies(LONG, LONG.replace("leak", "smoke"))
    assert copies(LONG, f"Look at this: {LONG[:80]}…")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("thanks!", "thanks a lot"),
        ("thanks!", "Thanks!"),
        ("thank you so much", "Thank you so much!"),
        ("Win a free kettle today", "Win a free lamp today"),
        (LONG, "My old lamp from Tarn & Toll works after 3 years and I still love it every day"),
        ("Děkuji za rychlou odpověď a pomoc", "Děkuji za rychlou opravu a pomoc"),
        ("", ""),
    ],
)
def test_what_people_say_by_chance_is_no_copy(one: str, other: str) -> None:
    assert not copies(one, other)


@given(st.text(st.characters(codec=None), max_size=400))
def test_a_text_is_a_copy_of_itself_or_too_short(text: str) -> None:
    sketch = sketch_of(words_of(text))
    assert not sketch or near(sketch, sketch)
    assert sketch == sketch_of(words_of(text))
    assert bool(sketch) is (len(words_of(text)) >= 5)
