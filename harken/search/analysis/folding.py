"""Folding: the form of a word in which case, diacritics and writing variants do not matter.

What differs only in case, diacritics, width, digits' script or invisible characters folds to the
same string, and folding twice changes nothing. Й stays itself: to a reader of Russian it is a
letter of its own, Ё is not.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

LONGEST = 100
"""Code points of a folded word; the rest is cut off, in texts and in queries alike."""

INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufe00-\ufe0f\ufeff"
)
"""As ranges for a character class: soft hyphens, joiners, direction marks, variation selectors."""

_DIACRITICS = (
    (0x0300, 0x036F),
    (0x0483, 0x0487),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
)
"""Marks that writers leave out. Those of the Indic scripts are vowels and stay."""

_WITHOUT_DECOMPOSITION = {
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ø": "o",
    "ħ": "h",
    "ŧ": "t",
    "ı": "i",
    "ŋ": "n",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ґ": "г",
    "ـ": None,
}

_SHORT_I = ("и\u0306", "й")


def _table() -> dict[int, str | int | None]:
    table: dict[int, str | int | None] = {}
    for first, last in _DIACRITICS:
        table.update(dict.fromkeys(range(first, last + 1)))
    table.update({ord(letter): plain for letter, plain in _WITHOUT_DECOMPOSITION.items()})
    return table


_TABLE = _table()

_SIMPLE = re.compile("[0-9A-Za-zÀ-ÖØ-öø-ɏЀ-ҁҊ-ԯ]+")
"""Latin and Cyrillic letters without marks of their own, the usual ones of most texts."""
_AFTER_SIMPLE = 0x530


def fold(word: str) -> str:
    """The folded form of one word; "" where nothing of it can be searched for."""
    if word.isascii():
        return word.lower()[:LONGEST]
    if _SIMPLE.fullmatch(word):
        return word.translate(_simple())[:LONGEST]
    return _folded(word)[:LONGEST]


@cache
def _simple() -> dict[int, str]:
    """Letters that fold alike in any company, and so one by one."""
    letters = map(chr, range(_AFTER_SIMPLE))
    return {ord(each): _folded(each) for each in letters if _SIMPLE.fullmatch(each)}


def _folded(word: str) -> str:
    # Decomposed before and after: folding case takes some letters apart, others only so.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    folded = folded.replace(*_SHORT_I).translate(_TABLE)
    plain = "".join(_digit(letter) for letter in folded if _searched(letter))
    return unicodedata.normalize("NFC", plain)


def _searched(letter: str) -> bool:
    if letter.isalnum():
        return True
    return letter > "\u02ff" and unicodedata.category(letter)[0] == "M"


def _digit(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
