"""Which queries are worth a look, given the atoms that a mention has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from services.ingest.domain.tracking.expression import And, Expression, Field, Filter
from services.ingest.tracking.atoms import AtomSet
from services.ingest.tracking.conditions import Atoms, Condition, any_of, condition, leaves, needs

_IN_NEARLY_ALL_TEXTS = 1_000_000
"""What a filter for a language or network counts for: any word is rarer."""
MOST_PAIRS = 100
"""Of atoms of the first and second need of one query; with more the second is not looked at."""


class Candidate(NamedTuple):
    """A query whose first needs are met; it matches if the condition, where there is one, holds."""

    number: int
    condition: Condition | None


class Candidates(NamedTuple):
    """The queries of which an atom meets the first need: ``at_once``, or with an atom of
    ``second``."""

    at_once: list[Candidate]
    second: defaultdict[int, list[Candidate]]


def candidates(expressions: Sequence[Expression], atoms: Atoms) -> Mapping[int, Candidates]:
    """The first and second need are those that seem the rarest: what few queries ask for is in
    few texts."""
    cost = _cost(expressions, atoms)
    found: defaultdict[int, Candidates] = defaultdict(lambda: Candidates([], defaultdict(list)))
    for number, expression in enumerate(expressions):
        first, *others = sorted(needs(expression, atoms, cost), key=cost)
        second = others[0] if others and len(first) * len(others[0]) <= MOST_PAIRS else AtomSet()
        candidate = Candidate(number, _left(expression, atoms, {first, second}))
        for atom in first:
            if not second:
                found[atom].at_once.append(candidate)
            for other in second:
                found[atom].second[other].append(candidate)
    return dict(found)


def _cost(expressions: Sequence[Expression], atoms: Atoms) -> Callable[[AtomSet], int]:
    asked = Counter(atom for each in expressions for atom in {atoms[leaf] for leaf in leaves(each)})
    for leaf, atom in atoms.items():
        if isinstance(leaf, Filter) and leaf.field in {Field.LANGUAGE, Field.NETWORK}:
            asked[atom] += _IN_NEARLY_ALL_TEXTS
    return lambda need: sum(asked[atom] for atom in need)


def _left(expression: Expression, atoms: Atoms, met: set[AtomSet]) -> Condition | None:
    """What is left to ask when these needs are met."""
    parts = expression.operands if isinstance(expression, And) else (expression,)
    left = [part for part in parts if any_of(part, atoms) not in met]
    if not left:
        return None
    return condition(left[0] if len(left) == 1 else And(tuple(left)), atoms)
