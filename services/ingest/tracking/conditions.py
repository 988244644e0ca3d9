"""Expressions as functions of a reading, and what a reading needs for them to be true."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from services.ingest.domain.tracking.expression import (
    And,
    Expression,
    Filter,
    Form,
    Located,
    Mark,
    Near,
    Not,
    Or,
    Word,
    Words,
    is_located,
)
from services.ingest.tracking.atoms import AtomSet
from services.ingest.tracking.reading import Places, Reading, any_place, are_near

Condition = Callable[[Reading], bool]
Locating = Callable[[Reading], Places]
Leaf = tuple[Word, Form] | Mark | Filter
"""What an atom stands for."""
Atoms = Mapping[Leaf, int]


def leaves(expression: Expression) -> list[Leaf]:
    """All that the expression asks for."""
    match expression:
        case Words(words, form):
            return [(word, form) for word in words]
        case Near(one, other):
            return [*leaves(one), *leaves(other)]
        case Not(operand):
            return leaves(operand)
        case And(operands) | Or(operands):
            return [leaf for each in operands for leaf in leaves(each)]
        case _:
            return [expression]


def any_of(expression: Expression, atoms: Atoms) -> AtomSet | None:
    """The atoms one of which makes it true, where nothing else matters."""
    match expression:
        case Words((word,), form):
            return frozenset((atoms[word, form],))
        case Mark() | Filter():
            return frozenset((atoms[expression],))
        case Or(operands):
            found = [any_of(each, atoms) for each in operands]
            alternatives = [each for each in found if each is not None]
            return frozenset().union(*alternatives) if len(alternatives) == len(found) else None
        case _:
            return None


def needs(expression: Expression, atoms: Atoms, cost: Callable[[AtomSet], int]) -> list[AtomSet]:
    """Sets of each of which a reading has an atom wherever the expression is true."""
    if (simple := any_of(expression, atoms)) is not None:
        return [simple]
    match expression:
        case Words(words, form):
            return [frozenset((atoms[word, form],)) for word in words]
        case Near(one, other):
            return [*needs(one, atoms, cost), *needs(other, atoms, cost)]
        case And(operands):
            return [need for each in operands for need in needs(each, atoms, cost)]
        case Or(operands):
            found = [needs(each, atoms, cost) for each in operands]
            return [frozenset().union(*(min(each, key=cost) for each in found))]
        case _:
            return []


def condition(expression: Expression, atoms: Atoms) -> Condition:
    if (alternatives := any_of(expression, atoms)) is not None:
        return _has_any(alternatives)
    match expression:
        case Not(operand):
            excluded = any_of(operand, atoms)
            return _not(condition(operand, atoms)) if excluded is None else _has_none(excluded)
        case And(operands):
            # Those that look for places cost more, and come last.
            ordered = sorted(operands, key=lambda each: any_of(each, atoms) is None)
            return _all([condition(each, atoms) for each in ordered])
        case Or(operands):
            return _any([condition(each, atoms) for each in operands])
        case Near(one, other, distance):
            return _near(places(one, atoms), places(other, atoms), distance)
        case Words():
            return _somewhere(places(expression, atoms))
        case _:
            raise TypeError(f"{expression!r} is always simple")


def places(expression: Located, atoms: Atoms) -> Locating:
    match expression:
        case Words(words, form):
            phrase = tuple(atoms[word, form] for word in words)
            return lambda reading: reading.phrase(phrase)
        case Mark():
            mark = atoms[expression]
            return lambda reading: reading.mark(mark)
        case Or(operands):
            found = [places(each, atoms) for each in operands if is_located(each)]
            return lambda reading: any_place(each(reading) for each in found)


def _has_any(alternatives: AtomSet) -> Condition:
    if len(alternatives) == 1:
        (only,) = alternatives
        return lambda reading: only in reading.atoms
    return lambda reading: not alternatives.isdisjoint(reading.atoms)


def _has_none(excluded: AtomSet) -> Condition:
    return lambda reading: excluded.isdisjoint(reading.atoms)


def _not(operand: Condition) -> Condition:
    return lambda reading: not operand(reading)


def _all(operands: Sequence[Condition]) -> Condition:
    return lambda reading: all(operand(reading) for operand in operands)


def _any(operands: Sequence[Condition]) -> Condition:
    return lambda reading: any(operand(reading) for operand in operands)


def _somewhere(found: Locating) -> Condition:
    return lambda reading: found(reading).begins != 0


def _near(one: Locating, other: Locating, distance: int) -> Condition:
    return lambda reading: are_near(one(reading), other(reading), distance)
