"""How trackers read words: as search reads them, under the languages that they can be in."""

from __future__ import annotations

import unicodedata

from harken.domain.mention import Mention
from harken.search.analysis.stems import LANGUAGES, primary
from harken.search.analysis.text import Span, fold_mark, forms
from harken.search.analysis.tokens import marks, words
from services.ingest.domain.language import SURE
from services.ingest.domain.tracking.heard import Token

_READ_AS = {"sk": "cs"}
"""Slovak has no stemmer; short texts in it and in Czech are easily taken for each other."""
LONGEST_WORD = 200
"""Characters of a word that are looked at."""


class Lexicon:
    """What the parser asks about words."""

    def words(self, text: str) -> tuple[str, ...]:
        return tuple(text[start:end] for start, end in places(text))

    def mark(self, text: str) -> str:
        found = list(marks(text))
        if len(found) != 1 or found[0][0] != (0, len(text)):
            return ""
        return fold_mark(found[0][1][-1])


def places(text: str) -> list[Span]:
    """Where the words of a text are, as far as they are looked at."""
    spans = [
        (start, end if end - start <= LONGEST_WORD else start + LONGEST_WORD)
        for start, end in words(text)
    ]
    if text.isascii():
        return spans
    return [span for span in spans if _remains(text[span[0] : span[1]])]


def _remains(word: str) -> bool:
    """Is something left of it when it is folded?"""
    return word.isascii() or forms(word, "")[0] != ""


def read(written: str) -> Token:
    """A query's word can be in any language."""
    return read_in(written, LANGUAGES)


def read_in(written: str, languages: tuple[str, ...]) -> Token:
    found = [forms(written, language) for language in languages or ("",)]
    stems = frozenset(stem for _, stem in found if stem)
    return Token(unicodedata.normalize("NFC", written), found[0][0], stems)


def languages_of(mention: Mention) -> tuple[str, ...]:
    """Those that its words are read under: its own, or all with stems where it is not sure."""
    language = primary(mention.language)
    if not language or mention.language_certainty < SURE:
        return LANGUAGES
    language = _READ_AS.get(language, language)
    return (language,) if language in LANGUAGES else ()
