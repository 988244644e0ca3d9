"""Parts a query into brackets, operators and terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.ingest.domain.tracking.expression import Form
from services.ingest.domain.tracking.problem import QueryError


class Kind(StrEnum):
    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    NEAR = "NEAR"
    WORDS = "words"
    QUOTED = "quoted"
    MARK = "mark"
    FILTER = "filter"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """``text`` is a term's content, without quotes and signs before them; it begins at ``inner``.

    ``name`` is a filter's; ``form`` is what the sign before a word or phrase asks for.
    """

    kind: Kind
    start: int
    end: int
    text: str = ""
    inner: int = 0
    name: str = ""
    form: Form = Form.ANY
    distance: int = 0

    def error(self, problem: str) -> QueryError:
        return QueryError(problem, self.start, self.end - self.start)


MOST_BETWEEN = 100

_PLAIN = str.maketrans("“”„‟«»＂（）：＊＃＠＝～", '"""""""():*#@=~')
_PART = re.compile(
    r"(?P<space>\s+)|(?P<bracket>[()])|(?P<minus>[-\u2212\u2013\u2014])"
    r"|(?:(?P<form>[=~])|(?P<name>[^\W\d_]+):)?"
    r'(?:"(?P<quoted>[^"]*)(?P<closed>"?)|(?P<bare>[^\s()"]*))'
)
_FORMS = {None: Form.EXACT, "=": Form.WRITTEN, "~": Form.ANY}
_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}
_NEAR = re.compile(r"NEAR(?:/(?P<distance>\d*))?")


def lexemes(query: str) -> Iterator[Lexeme]:
    """Raises `QueryError`."""
    text = query.translate(_PLAIN)
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None or part.end() == at:
            raise AssertionError(f"nothing of a query fits at {at}")
        at = part.end()
        if not part["space"]:
            yield _lexeme(part)


def _lexeme(part: re.Match[str]) -> Lexeme:
    start, end = part.span()
    if part["bracket"]:
        return Lexeme(Kind(part["bracket"]), start, end)
    if part["minus"]:
        if part.string[end : end + 1].strip() in {"", ")"}:
            raise QueryError(
                "“-” must stand right before what it excludes, as in -job.", start, end - start
            )
        return Lexeme(Kind.NOT, start, end)
    if part["quoted"] is not None and not part["closed"]:
        quote = part.start("quoted") - 1
        raise QueryError("This quotation mark has no partner.", quote, 1)
    if part["name"] is not None:
        return _filter(part)
    if part["quoted"] is not None:
        form = _FORMS[part["form"]]
        return Lexeme(Kind.QUOTED, start, end, part["quoted"], part.start("quoted"), form=form)
    return _bare(part)


def _filter(part: re.Match[str]) -> Lexeme:
    value = "quoted" if part["quoted"] is not None else "bare"
    return Lexeme(
        Kind.FILTER, *part.span(), part[value], part.start(value), name=part["name"].lower()
    )


def _bare(part: re.Match[str]) -> Lexeme:
    start, end = part.span()
    bare = part["bare"]
    if part["form"]:
        form = _FORMS[part["form"]]
        return Lexeme(Kind.WORDS, start, end, bare, part.start("bare"), form=form)
    if bare in _OPERATORS:
        return Lexeme(_OPERATORS[bare], start, end)
    if near := _NEAR.fullmatch(bare):
        return _near(near, start, end)
    if bare.lower() in {"and", "or", "not"} or bare.lower().startswith("near/"):
        raise QueryError(
            f"Operators are written in capitals: {bare.upper()}. "
            f'To look for the word itself, put it in quotes: "{bare}".',
            start,
            end - start,
        )
    return Lexeme(Kind.MARK if bare[0] in "#@" else Kind.WORDS, start, end, bare, start)


def _near(near: re.Match[str], start: int, end: int) -> Lexeme:
    digits = near["distance"] or ""
    if not digits or len(digits) > len(str(MOST_BETWEEN)) or int(digits) > MOST_BETWEEN:
        raise QueryError(
            "NEAR needs a number, how many words may lie between at the most: "
            f"NEAR/5. It can be 0 to {MOST_BETWEEN}.",
            start,
            end - start,
        )
    return Lexeme(Kind.NEAR, start, end, distance=int(digits))
