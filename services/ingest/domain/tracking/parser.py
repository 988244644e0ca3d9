"""Reads a query; docs/trackers.md explains the language to those who write it.

query   = part | part {["AND"] part} | part {"OR" part}
part    = ("NOT" | "-") part | one "NEAR/n" one | one
one     = "(" query ")" | term
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.ingest.domain.tracking.expression import (
    And,
    Expression,
    Located,
    Near,
    Not,
    Or,
    Words,
    is_located,
    looks_for_something,
)
from services.ingest.domain.tracking.heard import Lexis
from services.ingest.domain.tracking.lexer import Kind, Lexeme, lexemes
from services.ingest.domain.tracking.problem import QueryError
from services.ingest.domain.tracking.terms import term

LONGEST_QUERY = 5_000
"""Characters."""
MOST_WORDS = 300
"""Words, hashtags, handles and filters of one query."""
DEEPEST = 30
"""Brackets and exclusions within each other."""

_OPERATORS = (Kind.AND, Kind.OR, Kind.NEAR)


def parse(query: str, lexis: Lexis) -> Expression:
    """Raises `QueryError`."""
    if len(query) > LONGEST_QUERY:
        problem = f"A query has at most {LONGEST_QUERY:,} characters."
        raise QueryError(problem, LONGEST_QUERY, len(query) - LONGEST_QUERY)
    found = list(lexemes(query))
    if not found:
        raise QueryError("The query is empty. Write a word to look for.", 0, len(query))
    return _Parser(found, lexis).query()


class _Parser:
    def __init__(self, found: list[Lexeme], lexis: Lexis) -> None:
        self._lexemes = found
        self._lexis = lexis
        self._next = 0
        self._words = 0
        self._depth = 0

    def query(self) -> Expression:
        expression = self._parts()
        if (left := self._peek()) is not None:
            raise left.error("This bracket closes nothing.")
        if not looks_for_something(expression):
            raise self._error(
                "The query only excludes. Add what to look for, as in: kettle -job.", 0
            )
        return expression

    def _parts(self) -> Expression:
        """Parts that are all joined by OR, or all by AND."""
        begin = self._next
        part = self._part()
        joint = self._joint(None)
        if joint is Kind.OR:
            self._must_look(part, begin, self._next - 1)
            return self._alternatives(part)
        parts = [part]
        while joint is Kind.AND:
            parts.append(self._part())
            joint = self._joint(Kind.AND)
        return And(tuple(parts)) if len(parts) > 1 else part

    def _alternatives(self, first: Expression) -> Or:
        parts = [first]
        joint: Kind | None = Kind.OR
        while joint is Kind.OR:
            begin = self._next
            parts.append(self._part())
            self._must_look(parts[-1], begin, self._next)
            joint = self._joint(Kind.OR)
        return Or(tuple(parts))

    def _joint(self, before: Kind | None) -> Kind | None:
        """Steps over the operator before the next part; words side by side are joined by AND."""
        lexeme = self._peek()
        if lexeme is None or lexeme.kind is Kind.CLOSE:
            return None
        joint = Kind.OR if lexeme.kind is Kind.OR else Kind.AND
        if before not in {None, joint}:
            raise lexeme.error(
                "OR and AND are mixed here (words side by side are joined by AND). "
                "Put brackets around what belongs together: (kettle OR teapot) leaks."
            )
        self._next += lexeme.kind in _OPERATORS
        return joint

    def _part(self) -> Expression:
        lexeme = self._peek()
        if lexeme is not None and lexeme.kind is Kind.NOT:
            self._next += 1
            with self._deeper(lexeme):
                return Not(self._part())
        begin = self._next
        one = self._one()
        near = self._peek()
        if near is None or near.kind is not Kind.NEAR:
            return one
        left = self._must_have_a_place(one, begin)
        self._next += 1
        begin = self._next
        right = self._must_have_a_place(self._one(), begin)
        if (again := self._peek()) is not None and again.kind is Kind.NEAR:
            raise again.error("NEAR joins two. For three write: (a NEAR/5 b) (b NEAR/5 c).")
        return Near(left, right, near.distance)

    def _one(self) -> Expression:
        lexeme = self._peek()
        if lexeme is None or lexeme.kind in _OPERATORS or lexeme.kind in {Kind.CLOSE, Kind.NOT}:
            raise self._missing(lexeme)
        self._next += 1
        if lexeme.kind is not Kind.OPEN:
            return self._term(lexeme)
        with self._deeper(lexeme):
            expression = self._parts()
        if self._peek() is None:
            raise lexeme.error("This bracket is never closed.")
        self._next += 1
        return expression

    def _term(self, lexeme: Lexeme) -> Expression:
        found = term(lexeme, self._lexis)
        self._words += len(found.words) if isinstance(found, Words) else 1
        if self._words > MOST_WORDS:
            raise lexeme.error(f"A query has at most {MOST_WORDS} words and filters.")
        return found

    def _must_look(self, part: Expression, begin: int, end: int) -> None:
        if not looks_for_something(part):
            problem = "This alternative only excludes, so nearly everything would match."
            raise self._error(problem, begin, end)

    def _must_have_a_place(self, expression: Expression, begin: int) -> Located:
        if is_located(expression):
            return expression
        problem = "NEAR joins words, phrases, hashtags, handles, or brackets of these with OR."
        raise self._error(problem, begin, self._next)

    def _missing(self, lexeme: Lexeme | None) -> QueryError:
        before = self._lexemes[self._next - 1] if self._next else None
        if lexeme is not None and lexeme.kind is Kind.CLOSE and not self._depth:
            return lexeme.error("This bracket closes nothing.")
        if before is None or before.kind is Kind.OPEN:
            if lexeme is None:
                return self._lexemes[-1].error("This bracket is never closed.")
            if lexeme.kind is Kind.CLOSE:
                problem = "There is nothing in these brackets."
                return self._error(problem, self._next - 1, self._next + 1)
            return lexeme.error(f"Before {lexeme.kind} something to look for is missing.")
        return before.error(f"After {before.kind} something to look for is missing.")

    def _error(self, problem: str, begin: int, end: int | None = None) -> QueryError:
        """At the lexemes from ``begin`` up to ``end``."""
        lexemes_ = self._lexemes[begin:end]
        start = lexemes_[0].start
        return QueryError(problem, start, lexemes_[-1].end - start)

    @contextmanager
    def _deeper(self, lexeme: Lexeme) -> Iterator[None]:
        if self._depth == DEEPEST:
            raise lexeme.error(f"Brackets are nested deeper than {DEEPEST}.")
        self._depth += 1
        yield
        self._depth -= 1

    def _peek(self) -> Lexeme | None:
        return self._lexemes[self._next] if self._next < len(self._lexemes) else None
