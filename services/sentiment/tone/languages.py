"""Which of the model's languages a text is read as, where nobody has said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_SIGNS: Mapping[str, re.Pattern[str]] = {
    "ru": re.compile("[а-яё]"),
    "lv": re.compile("[āēģīķļņ]"),
    "pl": re.compile("[ąćęłńśźż]"),
    "cs": re.compile("[ěřů]"),
    "sk": re.compile("[ľĺŕô]"),
}
_OTHER_CYRILLIC = re.compile("[іїєґўђјљњћџ]")


def read_as(text: str, hint: str) -> str:
    """The ISO 639-1 code of ``hint`` (a region is dropped), else a guess by telling letters.

    Empty where neither says anything: Latin script without a telling letter.
    """
    code = hint.strip().lower().replace("_", "-").split("-")[0]
    if code:
        return code
    if _OTHER_CYRILLIC.search(text):
        return "uk"
    found = {name: len(sign.findall(text)) for name, sign in _SIGNS.items()}
    best = max(found, key=found.__getitem__)
    return best if found[best] else ""


def readable_script(text: str) -> bool:
    """True where most letters are Latin or Cyrillic, or where there are none (emoji, numbers)."""
    letters = [sign for sign in text if sign.isalpha()]
    ours = sum(_is_ours(sign) for sign in letters)
    return ours * 2 >= len(letters)


def _is_ours(sign: str) -> bool:
    return sign.isascii() or unicodedata.name(sign, "").startswith(("LATIN", "CYRILLIC"))
