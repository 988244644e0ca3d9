"""Writes an expression as a query that is read as the same expression."""

from __future__ import annotations

import re

from services.ingest.domain.tracking.expression import (
    And,
    Expression,
    Filter,
    Form,
    Mark,
    Near,
    Not,
    Or,
    Words,
)

_PLAIN = re.compile(r"[^\W_]+")
_SIGNS = {Form.ANY: "~", Form.EXACT: "", Form.WRITTEN: "="}
_OPERATORS = {"and", "or", "not", "near"}


def print_query(expression: Expression) -> str:
    match expression:
        case Words():
            return _words(expression)
        case Mark(mark, prefix):
            return mark + "*" * prefix
        case Filter(field, value):
            return f'{field}:"{value}"'
        case Near(one, other, distance):
            return f"{_inside(one)} NEAR/{distance} {_inside(other)}"
        case Not(operand):
            return f"NOT {_inside(operand)}"
        case And(operands):
            return " AND ".join(_inside(each) for each in operands)
        case Or(operands):
            return " OR ".join(_inside(each) for each in operands)


def _inside(expression: Expression) -> str:
    query = print_query(expression)
    return query if isinstance(expression, Words | Mark | Filter) else f"({query})"


def _words(words: Words) -> str:
    text = " ".join(word.written + "*" * word.prefix for word in words.words)
    first = words.words[0].written
    if (
        words.form is Form.ANY
        and len(words.words) == 1
        and _PLAIN.fullmatch(first)
        and first.lower() not in _OPERATORS
    ):
        return text
    return f'{_SIGNS[words.form]}"{text}"'
