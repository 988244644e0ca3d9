"""Latvian stems: endings taken off, with a dictionary for the consonants that change.

simplemma's dictionary knows two words of three in everyday Latvian, and its forms lead on to
other words (a verbal noun to its verb, a comparative to its positive, a negated verb to the
plain one), not evenly so. Taking endings off folded words joins most forms by itself, also where
the writer left out the diacritics; the dictionary's form is followed where its stem differs at
the end only (biešu, biete). Measured on tweets: 92 % of the words that the dictionary knows get
the same stem as their dictionary form, 83 % without the dictionary.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from harken.search.analysis.folding import fold

_OF_NOUNS_AND_ADJECTIVES = "a ai ais aj am as e ei em es i ie iem im is o os s u um us"
_OF_INFINITIVES = "at et it ot t aties eties ities oties ties"
_ENDINGS = frozenset(f"{_OF_NOUNS_AND_ADJECTIVES} {_OF_INFINITIVES}".split())
_LONGEST_ENDING = 5
_SHORTEST = 3
_MAY_DIFFER = 2


def stem(word: str) -> str:
    """The folded stem of a word in lower case."""
    own = _without_ending(fold(word))
    known = dictionary_form(word)
    if known is None:
        return own
    theirs = _without_ending(fold(known))
    same = _common(own, theirs)
    close = same >= max(len(own), len(theirs)) - _MAY_DIFFER
    return theirs if close and same >= _SHORTEST - 1 else own


def dictionary_form(word: str) -> str | None:
    """None for a word that the dictionary doesn't know."""
    form = _dictionary().get(word)
    return None if form is None else form.lower()


@cache
def _dictionary() -> Mapping[str, str]:
    # Takes 3 MB and 13 us a look-up; the plain one 21 MB, and stems are cached anyway.
    from simplemma.strategies import StreamDictionaryFactory

    dictionary: Mapping[str, str] = StreamDictionaryFactory().get_dictionary("lv")
    return dictionary


def _without_ending(word: str) -> str:
    for length in range(min(_LONGEST_ENDING, len(word) - _SHORTEST), 0, -1):
        if word[-length:] in _ENDINGS:
            return word[:-length]
    return word


def _common(one: str, other: str) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
