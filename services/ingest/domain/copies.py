"""What makes one public text a copy of another: the same words, near enough, within a time.

Links, handles, digits, emoji, punctuation and case do not count: a share adds a prefix, a spam
wave changes exactly these. A few words are said by chance ("thanks a lot"), so short texts must
be equal in all that is left, and the shortest are never copies.
"""

from __future__ import annotations

import re
from itertools import pairwise

from harken.domain.mention import Change, Mention, Visibility

FEWEST_WORDS = 5
"""Fewer are said by many people who do not know of each other."""
NEAR_WORDS = 8
"""From here on texts may differ in some words."""
SIMILAR = 0.6
"""Share of words and word pairs that near copies have in common at least (Jaccard's index)."""
_MOST_WORDS = 200
_LONGEST = 4_000

_MASKED = re.compile(
    r"(?:https?://|www\.)\S*|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]*\w|@\w+(?:@[\w.-]*\w)?"
    r"|(?<!\S)\S{1,64}\.[a-z]{2,3}/\S*|\b(?:rt|via)\b(?=\W*[@:]|\W*$)",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d[\d.,]*")
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words that count, folded in case; a number reads "0". At most the first 200."""
    plain = _DIGITS.sub("0", _MASKED.sub(" ", text[:_LONGEST])).casefold()
    return tuple(_WORD.findall(plain)[:_MOST_WORDS])


def may_be_copied(mention: Mention) -> bool:
    """A private word is meant for us alone, and our own posts are no wave."""
    public = mention.visibility is Visibility.PUBLIC
    return public and mention.change is Change.CONTENT and not mention.echo


def features_of(words: tuple[str, ...]) -> list[str]:
    """Each word and each pair of neighbours, once."""
    pairs = (f"{one} {other}" for one, other in pairwise(words))
    return list(dict.fromkeys((*words, *pairs)))
