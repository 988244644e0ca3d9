"""Makes terms of what stands between brackets and operators."""

from __future__ import annotations

import re

from services.ingest.domain.tracking.expression import Field, Filter, Mark, Word, Words
from services.ingest.domain.tracking.heard import Lexis, in_letters
from services.ingest.domain.tracking.lexer import Kind, Lexeme
from services.ingest.domain.tracking.problem import QueryError

SHORTEST_PREFIX = 3
"""Letters before a ``*``: fewer stand for half of a language."""
SHORTEST_ADDRESS = 3
"""Characters after ``url:``."""

_PIECE = re.compile(r"\S+")
_ALIASES = {"language": Field.LANGUAGE, **{field.value: field for field in Field}}
_NAMES = ", ".join(f"{field}:" for field in Field)
_SCHEME = re.compile(r"^(?:https?://)?(?:www\.)?")
_SHAPES = {
    Field.LANGUAGE: (re.compile(r"[a-z]{2,3}"), "a language's code, as in lang:pl"),
    Field.NETWORK: (re.compile(r"[\w.-]+"), "a network's name, as in network:mastodon"),
    Field.AUTHOR: (re.compile(r".+"), "a handle or name, as in author:anna"),
    Field.SITE: (re.compile(r"[\w-]+(?:\.[\w-]+)*"), "a host, as in site:forum.example"),
    Field.DOMAIN: (re.compile(r"[\w-]+(?:\.[\w-]+)*"), "a host, as in domain:shop.example"),
    Field.URL: (
        re.compile(rf"\S{{{SHORTEST_ADDRESS},}}"),
        f"at least {SHORTEST_ADDRESS} characters of an address, as in url:shop.example/sale",
    ),
}


def term(lexeme: Lexeme, lexis: Lexis) -> Words | Mark | Filter:
    """Raises `QueryError`."""
    if lexeme.kind is Kind.FILTER:
        return _filter(lexeme)
    if lexeme.kind is Kind.MARK:
        return _mark(lexeme, lexis)
    return _words(lexeme, lexis)


def _words(lexeme: Lexeme, lexis: Lexis) -> Words:
    words: list[Word] = []
    for piece in _PIECE.finditer(lexeme.text):
        text, prefix = _prefix(piece[0], lexeme.inner + piece.start())
        found = lexis.words(text)
        words += [Word(each) for each in found]
        if prefix:
            _long_enough(text, found, lexeme.inner + piece.start())
            words[-1] = Word(found[-1], prefix=True)
    if not words:
        raise lexeme.error("There is no word to look for here.")
    return Words(tuple(words), lexeme.form)


def _long_enough(text: str, found: tuple[str, ...], place: int) -> None:
    if not found or len(found[-1]) < SHORTEST_PREFIX:
        raise QueryError(
            f"Before “*” stand at least {SHORTEST_PREFIX} letters, as in kettle*.",
            place,
            len(text) + 1,
        )


def _mark(lexeme: Lexeme, lexis: Lexis) -> Mark:
    text, prefix = _prefix(lexeme.text, lexeme.inner)
    mark = lexis.mark(text)
    if not mark:
        raise lexeme.error(
            "This is no hashtag: one has letters and digits only, and at least one letter."
            if text.startswith("#")
            else "This is no handle: write @name or @name@host."
        )
    if prefix:
        _long_enough(text, (text[1:],), lexeme.inner)
    return Mark(mark, prefix)


def _prefix(text: str, place: int) -> tuple[str, bool]:
    """Without the ``*`` at its end, and whether there was one."""
    bare = text.removesuffix("*")
    if "*" in bare:
        raise QueryError(
            "“*” can only stand at the end of a word, as in kettle*.", place + bare.index("*"), 1
        )
    return bare, bare != text


def _filter(lexeme: Lexeme) -> Filter:
    field = _ALIASES.get(lexeme.name)
    if field is None:
        raise lexeme.error(_unknown_filter(lexeme))
    value = lexeme.text.strip().lower()
    match field:
        case Field.LANGUAGE:
            value = re.split("[-_]", value)[0]
        case Field.AUTHOR:
            value = value.removeprefix("@")
        case Field.SITE | Field.DOMAIN:
            value = in_letters(_SCHEME.sub("", value).rstrip("/."))
        case Field.URL:
            value = in_letters(_SCHEME.sub("", value).rstrip("/"))
    shape, expected = _SHAPES[field]
    if not shape.fullmatch(value):
        raise lexeme.error(f"After “{lexeme.name}:” write {expected}.")
    return Filter(field, value)


def _unknown_filter(lexeme: Lexeme) -> str:
    if lexeme.name in {"http", "https"}:
        return f"To look for a link, write url:{lexeme.text.lstrip('/')[:60]}."
    return (
        f"There is no filter “{lexeme.name}:”. There are {_NAMES}. "
        "To look for these words themselves, put them in quotes."
    )
