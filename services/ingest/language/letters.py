"""What of a text tells its language: its words in lower case, without links, handles and digits."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 600
"""Characters that are looked at: no text needs more to show its language."""

_FOREIGN_MATTER = re.compile(
    r"(?:https?://|www\.)\S*|\bhttps?\b|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]*\w"
    r"|@\w+(?:@[\w.-]*\w)?|#\w+|\bRT\b|\b__\w+__\b|(?<!\S)\S{1,64}\.[a-z]{2,3}/\S*"
)
_NO_LETTERS = re.compile(r"[\W\d_]+")
_HASHTAG_SIGN = re.compile(r"#(?=\w)")
_LATIN = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LAUGHTER = re.compile(r"\b(?:(?:[ah]{2,}|[ха]{2,}|[xd]{2,}|[eh]{4,}|[хе]{4,}|lo+l|r?o?t?fl)\b ?)+")


@dataclass(frozen=True, slots=True)
class Letters:
    """``words`` in lower case, one space between and around them; "" where there are none.

    ``script`` is "latin", "cyrillic" or "other", by most letters. ``names`` is true where all
    words are capitalised and few: people's, places' and products' names are in no language.
    """

    words: str
    count: int
    script: str
    names: bool


def letters_of(text: str) -> Letters:
    """Never raises. Hashtags count only where there is nothing else."""
    text = text[: 4 * LONGEST]
    plain = _plain(_FOREIGN_MATTER.sub(" ", text))
    if not plain:
        plain = _plain(_HASHTAG_SIGN.sub(" ", text)) if "#" in text and "@" not in text else ""
    lower = _LAUGHTER.sub("", plain.lower())[:LONGEST].strip()
    words = lower.split()
    count = len(lower) - len(words) + 1 if words else 0
    return Letters(f" {lower} " if lower else "", count, _script(lower, count), _names(plain))


def _plain(text: str) -> str:
    return _NO_LETTERS.sub(" ", text).strip()


def _script(lower: str, count: int) -> str:
    latin = len(_LATIN.findall(lower))
    if 2 * latin >= count:
        return "latin"
    return "cyrillic" if 2 * len(_CYRILLIC.findall(lower)) >= count else "other"


def _names(plain: str) -> bool:
    words = plain.split()
    return 2 <= len(words) <= 3 and all(word.istitle() for word in words)
