"""Where the words, emoji, hashtags and handles of a text are.

A word is a run of letters and digits of any script, with its combining marks and whatever
invisible characters were put inside; everything else parts words. So ``12,50`` and ``12.50`` are
the same two words, and a URL or an e-mail address is found by any of its parts or, as a phrase,
whole; a URL's ``https://www.`` is no word. Scripts that don't part their words by spaces give one
word per character. An emoji is a word, with all that is joined to it.

Hashtags and handles are marks beside the words: ``#Refund`` is found by ``refund`` and by
``#refund``, ``@Brand@social.example`` also by ``@brand``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from harken.search.analysis.folding import INVISIBLE

Span = tuple[int, int]

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_EMOJI = (
    "\u203c\u2049\u231a-\u23ff\u25aa-\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf"
    "\u2b05-\u2b55\u3030\u303d\U0001f000-\U0001f0ff\U0001f18e\U0001f191-\U0001f19a"
    "\U0001f201-\U0001f251\U0001f300-\U0001f3fa\U0001f400-\U0001faff"
)
_FLAG_LETTER = "\U0001f1e6-\U0001f1ff"
_VARIANT = "[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"

_MARKS_WITHIN = ((0x0300, 0x3100), (0xA66F, 0xAC00), (0xFB1E, 0xFB1F), (0xFE00, 0xFE30))


@cache
def _combining() -> str:
    """The combining marks of the basic plane, as a character class's content."""
    return "".join(
        chr(point)
        for first, end in _MARKS_WITHIN
        for point in range(first, end)
        if unicodedata.category(chr(point))[0] == "M"
    )


@cache
def _word_pattern() -> re.Pattern[str]:
    letter = rf"[^\W_{_UNSPACED}]"
    mark = f"[{_combining()}]"
    emoji = f"[{_EMOJI}]{_VARIANT}*+"
    return re.compile(
        rf"{letter}(?:{letter}++|{mark}++|[{INVISIBLE}]++(?={letter}|{mark}))*+"
        rf"(?:(?<=[nN])['’][tT](?!\w))?"  # don't is dont; other apostrophes part words
        rf"|[{_UNSPACED}](?<=\w){mark}*+"
        rf"|[{_FLAG_LETTER}]{{2}}"
        rf"|{emoji}(?:\u200d{emoji})*+"
    )


_URL_BEGIN = re.compile(r"(?i)\b(?:https?://(?:www\.)?|www\.)(?=\w)")


@cache
def _mark_pattern() -> re.Pattern[str]:
    inside = rf"[\w{_combining()}\u200c\u200d]"
    name = rf"{inside}++(?:[.-]{inside}++)*+"
    return re.compile(
        rf"(?<![/&])[#＃](?P<tag>(?=[\d_]*[^\W\d_]){inside}++)"
        rf"|(?<![\w@])[@＠](?P<name>{name})(?:@(?P<host>{name}))?+"
    )


def words(text: str) -> list[Span]:
    """Where the words and emoji of the text are, in order."""
    if "://" in text or "." in text:
        text = _URL_BEGIN.sub(_blank, text)
    return [match.span() for match in _word_pattern().finditer(text)]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def marks(text: str) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """The hashtags and handles: where, and what finds them (the last is the most exact)."""
    if not any(sign in text for sign in "#@＃＠"):
        return
    for match in _mark_pattern().finditer(text):
        tag, name, host = match.group("tag", "name", "host")
        if tag is not None:
            yield match.span(), (f"#{tag}",)
        elif host is None:
            yield match.span(), (f"@{name}",)
        else:
            yield match.span(), (f"@{name}", f"@{name}@{host}")
