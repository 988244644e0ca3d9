"""Measures of a tagger, as pure functions over labels and probabilities."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

Confusion = Mapping[tuple[str, str], int]
"""How often a true label (first) was tagged as another (second)."""


def confusion(truth: Sequence[str], guesses: Sequence[str]) -> Confusion:
    return Counter(zip(truth, guesses, strict=True))


def f1(counts: Confusion, label: str) -> float:
    """The harmonic mean of precision and recall of one label; 0 where it is never right."""
    hits = counts.get((label, label), 0)
    said = sum(number for (_, guess), number in counts.items() if guess == label)
    true = sum(number for (wanted, _), number in counts.items() if wanted == label)
    return 2 * hits / (said + true) if said + true else 0.0


def macro_f1(counts: Confusion, labels: Sequence[str]) -> float:
    """The plain mean of the labels' F1; 0 for no labels."""
    return sum(f1(counts, label) for label in labels) / len(labels) if labels else 0.0


def accuracy(counts: Confusion) -> float:
    total = sum(counts.values())
    right = sum(number for (wanted, guess), number in counts.items() if wanted == guess)
    return right / total if total else 0.0


def calibration_error(
    certainties: Sequence[float], right: Sequence[bool], *, bins: int = 15
) -> float:
    """Expected calibration error: the mean gap between certainty and accuracy over equal bins.

    Naeini, Cooper & Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning"
    (AAAI 2015).
    """
    groups: dict[int, list[tuple[float, bool]]] = {}
    for certainty, hit in zip(certainties, right, strict=True):
        groups.setdefault(min(int(certainty * bins), bins - 1), []).append((certainty, hit))
    gap = sum(
        abs(sum(certainty for certainty, _ in group) - sum(hit for _, hit in group))
        for group in groups.values()
    )
    return gap / len(certainties) if certainties else 0.0


def sign_test(only_first: int, only_second: int) -> float:
    """Two-sided exact probability that two models differ so much by chance alone.

    McNemar's test on the texts that just one of them gets right.
    """
    total = only_first + only_second
    if total == 0:
        return 1.0
    least = min(only_first, only_second)
    tail = sum(
        math.exp(
            math.lgamma(total + 1)
            - math.lgamma(k + 1)
            - math.lgamma(total - k + 1)
            - total * math.log(2)
        )
        for k in range(least + 1)
    )
    return min(1.0, 2 * tail)
