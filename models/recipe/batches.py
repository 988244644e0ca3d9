"""Deterministic sampling and length-sorted token batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
POOL = 4_096


def language_weights(languages: Sequence[str], exponent: float) -> npt.NDArray[np.float64]:
    """A drawing weight per row so that a language of n rows weighs n ** exponent in all."""
    names, inverse, counts = np.unique(
        np.asarray(languages), return_inverse=True, return_counts=True
    )
    del names
    per_row = counts.astype(np.float64) ** (exponent - 1)
    return np.asarray(per_row[inverse], dtype=np.float64)


def draw(
    lengths: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float64],
    tokens: int,
    rng: np.random.Generator,
) -> Iterator[npt.NDArray[np.int64]]:
    """Row indices of one batch after another, endless; at most ``tokens`` padded tokens each.

    Rows are drawn without replacement within a pool by the exponential race, sorted by length,
    cut into batches and the batches shuffled.
    """
    while True:
        race = rng.exponential(size=len(weights)) / weights
        pool = np.argsort(race)[:POOL] if len(weights) > POOL else np.argsort(race)
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches = cut(lengths[pool], tokens)
        for place in rng.permutation(len(batches)):
            start, stop = batches[place]
            yield pool[start:stop]


def cut(lengths: npt.NDArray[np.int64], tokens: int) -> list[tuple[int, int]]:
    """Spans of a list sorted by length whose padded size stays within ``tokens``."""
    spans: list[tuple[int, int]] = []
    start = 0
    for index, length in enumerate(lengths):
        if index > start and int(length) * (index - start + 1) > tokens:
            spans.append((start, index))
            start = index
    if start < len(lengths):
        spans.append((start, len(lengths)))
    return spans


def padded(rows: Sequence[Sequence[int]]) -> tuple[Ids, Ids]:
    """Ids and mask ``[rows, longest]``; piece 0 pads."""
    longest = max(len(row) for row in rows)
    ids = np.zeros((len(rows), longest), dtype=np.int64)
    mask = np.zeros_like(ids)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
        mask[index, : len(row)] = 1
    return ids, mask
