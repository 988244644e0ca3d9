"""The one spelling of texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sentiment.tone.normalise import MAX_CHARS, folded, masked, normalise

ANYTHING = st.text(st.characters(codec=None), max_size=300)  # lone surrogates too


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("@ada_b @ben@host.example this is", "@user this is"),
        ("see https://a.example/b?c=d now", "see http now"),
        ("write to a.b@c.example", "write to e-mail"),
        ("SO BAD, NEVER again", "⇧ so bad, never again"),
        ("THIS IS AWFUL today", "⇧ this is awful today"),
        ("I LOVE it", "i ⇧ love it"),
        ("ask the IRS, then EU", "ask the irs, then eu"),
        ("sooooo good", "soo ↔ good"),
        ("what?????", "what???"),
        ("nice😂😂😂😂😂", "nice 😂 😂 😂"),
        ("thumbs👍🏽up ❤️", "thumbs 👍 up ❤"),
        ("#BestDayEver", "#best day ever"),
        ("fish &amp; chips", "fish & chips"),
        ("Zażółć GĘŚLĄ", "zażółć ⇧ gęślą"),
        ("a\x00b\u200bc", "a bc"),
        ("\ud83d\ude21", "😡"),
        ("\ud83d", "\ufffd"),
        ("   ", ""),
    ],
)
def test_a_text_is_read_as(typed: str, read: str) -> None:
    assert normalise(typed) == read


@given(ANYTHING)
def test_any_text_becomes_one_encodable_line(text: str) -> None:
    read = normalise(text)
    read.encode("utf-8")
    assert read == " ".join(read.split())
    assert masked(text).isprintable() or not masked(text).isascii()


def test_a_long_text_keeps_its_head_and_its_tail() -> None:
    read = normalise("first " + "middle " * 2_000 + "last")
    assert read.startswith("first")
    assert read.endswith("last")
    assert len(read) <= MAX_CHARS + 1


def test_a_foreign_checkpoint_reads_case_but_no_handles() -> None:
    assert masked("Dear @ada, LOOK: https://x.example") == "Dear @user, LOOK: http"


def test_folding_leaves_plain_letters() -> None:
    assert folded("Łódź, Žižkov, ēģļ, ёлка") == "Lodz, Zizkov, egl, елка"
