"""Which language a text is read as."""

from __future__ import annotations

import pytest

from services.sentiment.tone.languages import read_as, readable_script


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("whatever", "pt-BR", "pt"),
        ("whatever", " EN_us ", "en"),
        ("я не знаю", "", "ru"),
        ("ні, дякую", "", "uk"),
        ("čau, ļoti garšīgi", "", "lv"),
        ("děkuji, bylo to dobře", "", "cs"),
        ("dziękuję, było świetnie", "", "pl"),
        ("thank you", "", ""),
        ("", "", ""),
    ],
)
def test_a_hint_counts_else_telling_letters(text: str, hint: str, language: str) -> None:
    assert read_as(text, hint) == language


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("hello", True),
        ("привет", True),
        ("👍👍 100%", True),
        ("こんにちは", False),
        ("سلام", False),
    ],
)
def test_scripts_that_the_model_reads(text: str, readable: bool) -> None:
    assert readable_script(text) is readable
