"""Stems: what the inflected forms of a word have in common, per language.

Snowball's algorithms (PyStemmer) for English, Polish, Czech and Russian, `latvian` for Latvian.
A stem carries its language, ``pl:reklamacj``: the same letters mean other words elsewhere.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable
from functools import cache

from harken.search.analysis import latvian
from harken.search.analysis.folding import INVISIBLE, fold

LANGUAGES = ("en", "pl", "cs", "ru", "lv")
"""Those with stems; texts in any other language are found by their folded words alone."""

_SNOWBALL = {"en": "english", "pl": "polish", "cs": "czech", "ru": "russian"}
_SHORTEST = 3
_LONGEST = 50
"""No word of a language is longer; what is longer is noise, or sent to keep stemmers busy."""

_CYRILLIC = re.compile("[Ѐ-ԯ]")
_CYRILLIC_ALONE = re.compile("[Ѐ-ԯ]+")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_lock = threading.Lock()


def primary(language: str) -> str:
    """The subtag that names the language: ``en`` of ``en-GB``."""
    return language.replace("_", "-").partition("-")[0].lower()


def stem(word: str, language: str) -> str:
    """The tagged and folded stem of a word as written; "" where it has none."""
    if language not in LANGUAGES or len(word) > _LONGEST:
        return ""
    plain = word.lower()
    if not plain.isascii():
        plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", word)).lower()
    if not plain.isalpha():
        return ""
    whole = fold(plain)
    if _in_another_script(whole, language):
        return f"{language}:{whole}"
    stemmed = fold(_algorithm(language)(plain))
    # Shorter ones join words that have nothing in common (cisza, ciało).
    return f"{language}:{stemmed if len(stemmed) >= _SHORTEST else whole}"


def _in_another_script(word: str, language: str) -> bool:
    """Where the language's algorithm changes nothing."""
    if language == "ru":
        return _CYRILLIC.search(word) is None
    return _CYRILLIC_ALONE.fullmatch(word) is not None


@cache
def _algorithm(language: str) -> Callable[[str], str]:
    if language == "lv":
        return latvian.stem
    import Stemmer

    stemmer = Stemmer.Stemmer(_SNOWBALL[language], 0)

    def snowball(word: str) -> str:
        # One stemmer must not be used by two threads at once.
        with _lock:
            stemmed: str = stemmer.stemWord(word.replace("ё", "е"))
        return stemmed

    return snowball
