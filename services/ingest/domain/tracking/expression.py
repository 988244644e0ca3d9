"""What a tracker looks for, as the parser understood it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, TypeGuard


class Form(StrEnum):
    """How near to what was asked a word of a text must be."""

    ANY = "any"
    """Any inflected form; case and diacritics don't matter."""
    EXACT = "exact"
    """This form; case and diacritics don't matter."""
    WRITTEN = "written"
    """This form in these very letters."""


class Field(StrEnum):
    LANGUAGE = "lang"
    NETWORK = "network"
    AUTHOR = "author"
    SITE = "site"
    """The host of the mention's own address."""
    DOMAIN = "domain"
    """The same, or the host of a link in the text."""
    URL = "url"
    """Part of the mention's own address or of a link's."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was typed; as a prefix it stands for all words that begin so."""

    written: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """One word, or several side by side in this order."""

    words: tuple[Word, ...]
    form: Form = Form.ANY


@dataclass(frozen=True, slots=True)
class Mark:
    """A hashtag or handle, folded, with its sign."""

    mark: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """``value`` is in lower case; hosts and addresses are without scheme and ``www.``."""

    field: Field
    value: str


@dataclass(frozen=True, slots=True)
class Near:
    """Both sides occur, in any order, with at most ``distance`` words between them."""

    one: Located
    other: Located
    distance: int


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Expression, ...]


Located: TypeAlias = Words | Mark | Or
"""What has a place in the text; of `Or` those whose operands have."""
Expression: TypeAlias = Words | Mark | Filter | Near | Not | And | Or


def is_located(expression: Expression) -> TypeGuard[Located]:
    if isinstance(expression, Or):
        return all(is_located(each) for each in expression.operands)
    return isinstance(expression, Words | Mark)


def looks_for_something(expression: Expression) -> bool:
    """False for what a text could match by all that it does not say."""
    match expression:
        case Not():
            return False
        case And(operands):
            return any(looks_for_something(each) for each in operands)
        case Or(operands):
            return all(looks_for_something(each) for each in operands)
        case _:
            return True
