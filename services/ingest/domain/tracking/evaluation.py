"""What it means that a mention matches a query: said plainly, one query at a time.

`services.ingest.tracking.TrackerIndex` answers the same for thousands at once; tests compare.
"""

from __future__ import annotations

from itertools import product

from services.ingest.domain.tracking.expression import (
    And,
    Expression,
    Field,
    Filter,
    Form,
    Located,
    Mark,
    Near,
    Not,
    Or,
    Word,
    Words,
)
from services.ingest.domain.tracking.heard import (
    Heard,
    ReadWord,
    Span,
    Token,
    host_of,
    within,
)


def matches(expression: Expression, heard: Heard, read: ReadWord) -> bool:
    match expression:
        case Not(operand):
            return not matches(operand, heard, read)
        case And(operands):
            return all(matches(each, heard, read) for each in operands)
        case Or(operands):
            return any(matches(each, heard, read) for each in operands)
        case Near(one, other, distance):
            pairs = product(_places(one, heard, read), _places(other, heard, read))
            return any(_near(*pair, distance) for pair in pairs)
        case Filter(field, value):
            return _passes(heard, field, value)
        case _:
            return bool(_places(expression, heard, read))


def _places(expression: Located | Expression, heard: Heard, read: ReadWord) -> list[Span]:
    match expression:
        case Or(operands):
            return [span for each in operands for span in _places(each, heard, read)]
        case Mark(mark, prefix):
            return [
                span
                for said, span in heard.marks
                if said == mark or (prefix and said.startswith(mark))
            ]
        case Words(words, form):
            length = len(words)
            return [
                (start, start + length)
                for start in range(len(heard.tokens) - length + 1)
                if all(
                    _fits(word, form, token, read)
                    for word, token in zip(words, heard.tokens[start:], strict=False)
                )
            ]
        case _:
            raise TypeError(f"{expression!r} has no place in a text")


def _near(one: Span, other: Span, distance: int) -> bool:
    """Overlapping ones are not near."""
    return 0 <= other[0] - one[1] <= distance or 0 <= one[0] - other[1] <= distance


def _fits(word: Word, form: Form, token: Token, read: ReadWord) -> bool:
    asked = read(word.written)
    if form is Form.WRITTEN:
        said, wanted = token.written, asked.written
    else:
        said, wanted = token.folded, asked.folded
    if word.prefix:
        return said.startswith(wanted)
    return said == wanted or (form is Form.ANY and not asked.stems.isdisjoint(token.stems))


def _passes(heard: Heard, field: Field, value: str) -> bool:
    match field:
        case Field.LANGUAGE:
            return heard.language == value
        case Field.NETWORK:
            return heard.network == value
        case Field.AUTHOR:
            return value in heard.authors
        case Field.SITE:
            return within(heard.site, value)
        case Field.DOMAIN:
            return any(within(host_of(each), value) for each in heard.addresses)
        case Field.URL:
            return any(value in each for each in heard.addresses)
