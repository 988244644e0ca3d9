"""The linear half of the model: logistic regression on hashed n-grams, all sets at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse, special

from models.recipe.configuration import Configuration
from models.recipe.finetune import UNUSED
from models.recipe.labels import FLAGS, POLARITIES
from models.recipe.rows import Row, origins
from models.recipe.sources import is_subtitles
from services.sentiment.tone.ngrams import NgramModel, bag
from services.sentiment.tone.normalise import folded

Floats = npt.NDArray[np.float32]
Matrix: TypeAlias = Any  # scipy.sparse.csr_matrix, which is untyped here
FOLDED_WEIGHT = 0.3
RAREST = 2
"""Buckets that fewer texts use weigh nothing."""


def train(
    rows: Sequence[Row], configuration: Configuration, *, iterations: int = 150
) -> NgramModel:
    """The n-gram model of ``rows``; the penalty is the inverse of ``ngram_strength``."""
    rows = [*rows, *_folded(rows)]
    counts = features([row.text for row in rows], configuration.ngram_buckets_log2)
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.where(seen >= RAREST, np.log(len(rows) / np.maximum(seen, 1)) + 1, 0.0)
    rarity = rarity.astype(np.float32)
    matrix = _unit(counts @ sparse.diags(rarity, dtype=np.float32))
    polarity, polarity_bias = _polarity(matrix, rows, configuration, iterations)
    shift = configuration.ngram_buckets_log2 - configuration.ngram_side_buckets_log2
    side = sparse.csr_matrix(
        (matrix.data, matrix.indices >> shift, matrix.indptr),
        shape=(matrix.shape[0], matrix.shape[1] >> shift),
    )
    flags, flags_bias = _flags(side, rows, configuration, iterations)
    register, register_bias = register_of(side, rows, configuration, iterations)
    table, scale = quantised(polarity)
    flag_table, flag_scale = quantised(np.column_stack([flags, register]))
    flags_bias = np.append(flags_bias, register_bias)
    return NgramModel(rarity, table, scale, polarity_bias, flag_table, flag_scale, flags_bias)


def features(texts: Sequence[str], buckets_log2: int) -> Matrix:
    """Sublinear counts ``[texts, buckets]``."""
    bags = [bag(text, buckets_log2) for text in texts]
    starts = np.cumsum([0, *(len(buckets) for buckets, _ in bags)])
    return sparse.csr_matrix(
        (
            np.concatenate([values for _, values in bags]),
            np.concatenate([buckets.astype(np.int32) for buckets, _ in bags]),
            starts,
        ),
        shape=(len(bags), 1 << buckets_log2),
    )


def quantised(weights: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """int8 values and their scale per column; the farthest 1 in 100,000 weights are clipped."""
    scale = np.quantile(np.abs(weights), 0.99999, axis=0) / 127
    scale = np.maximum(scale, 1e-9).astype(np.float32)
    table = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
    return table, np.asarray(scale, dtype=np.float32)


def _folded(rows: Sequence[Row]) -> list[Row]:
    """Copies without diacritics, for languages that people also type so."""
    return [
        replace(
            row,
            text=folded(row.text),
            polarity_weight=row.polarity_weight * FOLDED_WEIGHT,
            flag_weight=row.flag_weight * FOLDED_WEIGHT,
        )
        for row in rows
        if row.language in {"pl", "cs", "sk", "lv"} and not row.text.isascii()
    ]


def _unit(matrix: Matrix) -> Matrix:
    matrix = sparse.csr_matrix(matrix)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = sparse.diags(1 / np.maximum(lengths, 1e-9), dtype=np.float32)
    return sparse.csr_matrix(scale @ matrix, dtype=np.float32)


Loss = Callable[[Floats], tuple[float, Floats]]


def _minimise(
    matrix: Matrix, columns: int, extra: int, penalty: float, loss: Loss, iterations: int
) -> tuple[Floats, Floats]:
    """L-BFGS over table ``[buckets, columns]`` and ``extra`` free numbers.

    ``loss`` takes ``[scores.ravel(), extra]`` and gives its value and gradient.
    """
    buckets = matrix.shape[1]
    used = np.flatnonzero(np.diff(matrix.tocsc().indptr))
    small = sparse.csr_matrix(matrix[:, used])
    turned = sparse.csr_matrix(small.T)
    size = len(used) * columns

    def objective(values: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        table = values[:size].astype(np.float32).reshape(len(used), columns)
        scores = small @ table
        value, slope = loss(np.concatenate([scores.ravel(), values[size:].astype(np.float32)]))
        by_score = slope[: scores.size].reshape(scores.shape)
        gradient = turned @ by_score + penalty * table
        value += 0.5 * penalty * float((table * table).sum())
        return value, np.concatenate([gradient.ravel(), slope[scores.size :]]).astype(np.float64)

    found = optimize.minimize(
        objective,
        np.zeros(size + extra),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": iterations, "maxcor": 6},
    )
    table = np.zeros((buckets, columns), dtype=np.float32)
    table[used] = found.x[:size].reshape(len(used), columns)
    return table, found.x[size:].astype(np.float32)


def _polarity(
    matrix: Matrix, rows: Sequence[Row], configuration: Configuration, iterations: int
) -> tuple[Floats, Floats]:
    """Softmax regression with a free bias per set; a set without neutral says little of it."""
    chosen = np.asarray([i for i, row in enumerate(rows) if row.polarity is not None])
    sources = origins([rows[i] for i in chosen])
    place = {source: index for index, source in enumerate(sources)}
    origin = np.asarray([place[rows[i].origin] for i in chosen])
    truth = np.asarray([POLARITIES.index(str(rows[i].polarity)) for i in chosen])
    weight = np.asarray([rows[i].polarity_weight for i in chosen], dtype=np.float32)
    used = np.asarray(
        [[name in s.classes for name in POLARITIES] for s in sources], dtype=np.float32
    )
    count, classes = len(chosen), len(POLARITIES)
    at = np.arange(count)

    def loss(values: Floats) -> tuple[float, Floats]:
        bias = values[count * classes :].reshape(len(sources), classes)
        habits = bias * used + UNUSED * (1 - used)
        scores = values[: count * classes].reshape(count, classes) + habits[origin]
        shares = special.log_softmax(scores, axis=1)
        slope = np.exp(shares)
        slope[at, truth] -= 1
        slope *= weight[:, None]
        bias_slope = np.zeros_like(bias)
        np.add.at(bias_slope, origin, slope * used[origin])
        value = -float((shares[at, truth] * weight).sum())
        return value, np.concatenate([slope.ravel(), bias_slope.ravel()])

    penalty = 1 / configuration.ngram_strength
    extra = len(sources) * classes
    table, _ = _minimise(matrix[chosen], classes, extra, penalty, loss, iterations)
    return table, np.zeros(classes, dtype=np.float32)


def _flags(
    matrix: Matrix, rows: Sequence[Row], configuration: Configuration, iterations: int
) -> tuple[Floats, Floats]:
    """One logistic regression per flag, on the rows that say something of it.

    Each set has a free bias: how often it gives a flag is its guideline's, not the words'.
    """
    table = np.zeros((matrix.shape[1], len(FLAGS)), dtype=np.float32)
    bias = np.zeros(len(FLAGS), dtype=np.float32)
    for column, name in enumerate(FLAGS):
        chosen = np.asarray([i for i, row in enumerate(rows) if name in row.flags], dtype=np.int64)
        if len(chosen) == 0:
            continue
        truth = np.asarray([rows[i].flags[name] for i in chosen], dtype=np.float32)
        weight = np.asarray([rows[i].flag_weight for i in chosen], dtype=np.float32)
        sources = origins([rows[i] for i in chosen])
        place = {source: index for index, source in enumerate(sources)}
        origin = np.asarray([place[rows[i].origin] for i in chosen])
        loss = partial(_logistic, truth=truth, weight=weight, origin=origin)
        penalty = 1 / configuration.ngram_strength
        one, free = _minimise(
            matrix[chosen], 1, len(sources), penalty, loss, max(1, iterations // 3)
        )
        share = np.bincount(origin, weights=weight, minlength=len(sources)) / weight.sum()
        table[:, column], bias[column] = one[:, 0], float(free @ share)
    return table, bias


def register_of(
    matrix: Matrix, rows: Sequence[Row], configuration: Configuration, iterations: int
) -> tuple[Floats, np.float32]:
    """Column and bias of a logistic regression on whether a row is a film subtitle."""
    truth = np.asarray([any(is_subtitles(path) for path in row.sets) for row in rows], np.float32)
    loss = partial(
        _logistic,
        truth=truth,
        weight=np.ones(len(rows), dtype=np.float32),
        origin=np.zeros(len(rows), dtype=np.int64),
    )
    penalty = 1 / configuration.ngram_strength
    column, bias = _minimise(matrix, 1, 1, penalty, loss, max(1, iterations // 3))
    return column[:, 0], bias[0]


def _logistic(
    values: Floats, *, truth: Floats, weight: Floats, origin: npt.NDArray[np.int64]
) -> tuple[float, Floats]:
    free = values[len(truth) :]
    scores = values[: len(truth)] + free[origin]
    each = np.logaddexp(0, scores) - truth * scores
    slope = (special.expit(scores) - truth) * weight
    by_set = np.bincount(origin, weights=slope, minlength=len(free))
    return float((each * weight).sum()), np.r_[slope, by_set].astype(np.float32)
