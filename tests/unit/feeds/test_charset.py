"""Texts of five languages in the encodings in which the web wrote them, rightly declared or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import harken.testing
from harken.channels.feed.charset import decode

TEXTS = Path(harken.testing.__file__).parent / "corpus" / "texts.jsonl"
ENCODINGS = {
    "pl": ("cp1250", "iso8859-2"),
    "cs": ("cp1250", "iso8859-2"),
    "ru": ("cp1251", "koi8-r"),
    "lv": ("cp1257", "iso8859-13"),
}
CASES = [(language, name) for language, names in ENCODINGS.items() for name in names]


def passages(language: str, encoding: str) -> list[tuple[str, bytes]]:
    """Of three sentences each, without what the encoding lacks."""
    rows = map(json.loads, TEXTS.read_text("utf-8").splitlines())
    texts = [row["text"] for row in rows if row["language"] == language]
    plain = ["\n".join(texts[place : place + 3]) for place in range(0, len(texts), 3)]
    encoded = [text.encode(encoding, "ignore") for text in plain]
    return [(raw.decode(encoding), raw) for raw in encoded if not raw.isascii()]


@pytest.mark.parametrize(("language", "encoding"), CASES)
@pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1", "no-such-charset"])
def test_nothing_or_something_wrong_is_declared(
    language: str, encoding: str, declared: str
) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    for text, raw in passages(language, encoding):
        assert decode(head.encode() + raw) == head + text


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_what_is_declared_helps(language: str, encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    for text, raw in passages(language, encoding):
        for sentence, line in zip(text.splitlines(), raw.splitlines(), strict=True):
            assert decode(head.encode() + line) == head + sentence
            assert decode(line, f"text/xml; charset={encoding}") == sentence


def test_other_languages_are_read_as_declared() -> None:
    for text, name in (
        ("Die Teekanne läuft über, schöne Grüße", "iso-8859-1"),
        ("La théière fuit, ça suffit, à bientôt, naïve", "windows-1252"),
        ("La tetera gotea, ¿quién responde mañana?", "iso-8859-1"),
        ("Чайник тече, підтримка мовчить", "windows-1251"),
        ("茶壶漏水", "gb2312"),
        ("やかんが漏れる", "shift_jis"),
    ):
        assert decode(text.encode(name), f"text/xml; charset={name}") == text
