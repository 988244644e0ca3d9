"""Which queries match, looking only at those worth a look: by the atoms that a mention has.

Queries are numbers here and sets of them are added and subtracted, so that what a query costs that
matches, or is excluded by a word, is next to nothing. Only what else it asks for is a function.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from services.ingest.domain.tracking.expression import And, Expression, Field, Filter, Not
from services.ingest.tracking.atoms import AtomSet
from services.ingest.tracking.conditions import Atoms, Condition, any_of, condition, leaves, needs
from services.ingest.tracking.reading import Reading

_IN_NEARLY_ALL_TEXTS = 1_000_000
"""What a filter for a language or network counts for: any word is rarer."""
MOST_PAIRS = 100
"""Of atoms of the first and second need of one query; with more the second is not looked at."""


class _Needing(NamedTuple):
    """The queries of which an atom meets the first need: ``at_once``, or with an atom of
    ``second``."""

    at_once: list[int]
    second: defaultdict[int, list[int]]


class Candidates:
    """``_needing``: the queries by an atom that meets their first need. ``_excluded``: those that
    an atom excludes. ``_left``: what else they ask for; by their numbers."""

    def __init__(self, expressions: Sequence[Expression], atoms: Atoms) -> None:
        """The first and second need are those that seem the rarest: what few queries ask for is in
        few texts."""
        self._needing: dict[int, _Needing] = {}
        self._excluded: defaultdict[int, set[int]] = defaultdict(set)
        self._left: dict[int, Condition] = {}
        cost = _cost(expressions, atoms)
        for number, expression in enumerate(expressions):
            first, *others = sorted(needs(expression, atoms, cost), key=cost)
            second = others[0] if others and len(first) * len(others[0]) <= MOST_PAIRS else None
            for atom in first:
                self._need(number, atom, second)
            self._ask(number, expression, atoms, {first, second})

    def matching(self, reading: Reading) -> set[int]:
        """The numbers of the queries that match."""
        atoms = reading.atoms
        found: set[int] = set()
        for atom in self._needing.keys() & atoms:
            at_once, second = self._needing[atom]
            found.update(at_once)
            for other in second.keys() & atoms:
                found.update(second[other])
        for atom in self._excluded.keys() & atoms:
            found -= self._excluded[atom]
        for number in self._left.keys() & found:
            if not self._left[number](reading):
                found.remove(number)
        return found

    def _need(self, number: int, atom: int, second: AtomSet | None) -> None:
        needing = self._needing.setdefault(atom, _Needing([], defaultdict(list)))
        if second is None:
            needing.at_once.append(number)
        for other in second or ():
            needing.second[other].append(number)

    def _ask(
        self, number: int, expression: Expression, atoms: Atoms, met: set[AtomSet | None]
    ) -> None:
        """For what is left when these needs are met."""
        left: list[Expression] = []
        for part in expression.operands if isinstance(expression, And) else (expression,):
            if isinstance(part, Not) and (unwanted := any_of(part.operand, atoms)) is not None:
                for atom in unwanted:
                    self._excluded[atom].add(number)
            elif (simple := any_of(part, atoms)) is None or simple not in met:
                left.append(part)
        if left:
            whole = left[0] if len(left) == 1 else And(tuple(left))
            self._left[number] = condition(whole, atoms)


def _cost(expressions: Sequence[Expression], atoms: Atoms) -> Callable[[AtomSet], int]:
    asked = Counter(atom for each in expressions for atom in {atoms[leaf] for leaf in leaves(each)})
    for leaf, atom in atoms.items():
        if isinstance(leaf, Filter) and leaf.field in {Field.LANGUAGE, Field.NETWORK}:
            asked[atom] += _IN_NEARLY_ALL_TEXTS
    return lambda need: sum(asked[atom] for atom in need)
