"""The linear half of the model: logistic regression on hashed n-grams, a table per language.

A language's rows learn by themselves: with all languages in one table, the large sets of others
weighed on its words, and most of what separates a set's labels is words anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse, special

from models.recipe.configuration import Configuration
from models.recipe.finetune import UNUSED
from models.recipe.labels import EMOTIONS, FLAGS, POLARITIES, REASONS
from models.recipe.rows import Row, origins
from models.recipe.sources import is_subtitles
from services.sentiment.tone.ngrams import NgramModel, Region, bag
from services.sentiment.tone.normalise import folded

Floats = npt.NDArray[np.float32]
Matrix: TypeAlias = Any  # scipy.sparse.csr_matrix, which is untyped here
FOLDED_WEIGHT = 0.3
RAREST = 2
"""Buckets that fewer texts use weigh nothing."""
LEAST_POLARITY, LEAST_FLAG = 2, 3
"""Smaller int8 weights become 0: most are so small, and zeros take no room in the file."""
TOGETHER = (EMOTIONS, ("offence", "irony"), REASONS)
"""Flags that mostly the same rows know, fitted in one go."""


def train(rows: Sequence[Row], configuration: Configuration) -> NgramModel:
    """The n-gram model of ``rows``; penalties are the inverse of the strengths."""
    regions: dict[str, Region] = {}
    tables: list[_Table] = []
    start = 0
    for languages, size_log2 in configuration.ngram_tables:
        own = [row for row in rows if row.language in languages]
        tables.append(_table([*own, *_folded(own)], size_log2, configuration))
        regions.update(dict.fromkeys(languages, Region(start, size_log2)))
        start += 1 << size_log2
        print(f"n-grams of {len(own)} rows in {', '.join(languages)}", flush=True)
    polarity, scale = quantised(
        np.concatenate([table.polarity for table in tables]), LEAST_POLARITY
    )
    flags, flags_scale = quantised(np.concatenate([table.flags for table in tables]), LEAST_FLAG)
    told = np.sum([table.told for table in tables], axis=0)
    bias = np.sum([table.flags_bias * table.told for table in tables], axis=0)
    return NgramModel(
        regions,
        np.concatenate([table.rarity for table in tables]),
        polarity,
        scale,
        flags,
        flags_scale,
        (bias / np.maximum(told, 1)).astype(np.float32),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """One region. ``flags`` has the register's column too; ``told`` is how many rows know each."""

    rarity: npt.NDArray[np.uint8]
    polarity: Floats
    flags: Floats
    flags_bias: Floats
    told: Floats


def _table(rows: Sequence[Row], size_log2: int, configuration: Configuration) -> _Table:
    buckets, shift = 1 << size_log2, configuration.ngram_side_shift
    columns = len(FLAGS) + 1
    flags = np.zeros((buckets >> shift, columns), dtype=np.float32)
    bias, told = np.zeros((2, columns), dtype=np.float32)
    if not rows:
        return _Table(
            np.zeros(buckets, np.uint8), np.zeros((buckets, 3), np.float32), flags, bias, told
        )
    counts = features([row.text for row in rows], size_log2)
    seen = np.bincount(counts.indices, minlength=buckets)
    idf = np.where(seen >= RAREST, np.log(len(rows) / np.maximum(seen, 1)) + 1, 0.0)
    rarity = np.rint(idf * (255 / max(float(idf.max()), 1e-6))).astype(np.uint8)
    matrix = _unit(counts @ sparse.diags(rarity.astype(np.float32)))
    polarity = _polarity(matrix, rows, configuration)
    side = sparse.csr_matrix(
        (matrix.data, matrix.indices >> shift, matrix.indptr),
        shape=(matrix.shape[0], buckets >> shift),
    )
    for names in TOGETHER:
        at = [FLAGS.index(name) for name in names]
        flags[:, at], bias[at], told[at] = _flags(side, rows, names, configuration)
    flags[:, -1], bias[-1], told[-1] = _register(side, rows, configuration)
    return _Table(rarity, polarity, flags, bias, told)


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


def quantised(weights: Floats, least: int) -> tuple[npt.NDArray[np.int8], Floats]:
    """int8 values, 0 below ``least``, and their scale per column; the farthest 1 in 100,000 are
    clipped."""
    scale = np.quantile(np.abs(weights), 0.99999, axis=0) / 127
    scale = np.maximum(scale, 1e-9).astype(np.float32)
    table = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
    table[np.abs(table) < least] = 0
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
    matrix.eliminate_zeros()
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


def _polarity(matrix: Matrix, rows: Sequence[Row], configuration: Configuration) -> Floats:
    """Softmax regression with a free bias per set; a set without neutral says little of it."""
    chosen = np.asarray([i for i, row in enumerate(rows) if row.polarity is not None], np.int64)
    if len(chosen) == 0:
        return np.zeros((matrix.shape[1], len(POLARITIES)), dtype=np.float32)
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

    penalty = 1 / configuration.ngram_polarity_strength
    extra = len(sources) * classes
    most = configuration.ngram_iterations
    table, _ = _minimise(matrix[chosen], classes, extra, penalty, loss, most)
    return table


def _flags(
    matrix: Matrix,
    rows: Sequence[Row],
    names: Sequence[str],
    configuration: Configuration,
) -> tuple[Floats, Floats, Floats]:
    """Columns, biases and known rows of a logistic regression per flag.

    Each set has a free bias: how often it gives a flag is its guideline's, not the words'. What
    remains as a flag's bias is their mean over the rows.
    """
    nothing = np.zeros(len(names), dtype=np.float32)
    chosen = [i for i, row in enumerate(rows) if row.flags.keys() & set(names)]
    if not chosen:
        return np.zeros((matrix.shape[1], len(names)), dtype=np.float32), nothing, nothing
    own = [rows[i] for i in chosen]
    truth = np.asarray([[row.flags.get(name, False) for name in names] for row in own], np.float32)
    known = np.asarray([[name in row.flags for name in names] for row in own], np.float32)
    weight = known * np.asarray([[row.flag_weight] for row in own], dtype=np.float32)
    sources = origins(own)
    place = {source: index for index, source in enumerate(sources)}
    origin = np.asarray([place[row.origin] for row in own])
    loss = partial(_logistic, truth=truth, weight=weight, origin=origin)
    table, free = _minimise(
        matrix[chosen],
        len(names),
        len(sources) * len(names),
        1 / configuration.ngram_flag_strength,
        loss,
        configuration.ngram_iterations,
    )
    bias = (free.reshape(len(sources), len(names))[origin] * weight).sum(axis=0)
    told = weight.sum(axis=0)
    return table, bias / np.maximum(told, 1e-6), told


def _register(
    matrix: Matrix, rows: Sequence[Row], configuration: Configuration
) -> tuple[Floats, np.float32, np.float32]:
    """Column, bias and rows of a logistic regression on whether a row is a film subtitle."""
    truth = np.asarray([[any(map(is_subtitles, row.sets))] for row in rows], np.float32)
    loss = partial(
        _logistic,
        truth=truth,
        weight=np.ones_like(truth),
        origin=np.zeros(len(rows), dtype=np.int64),
    )
    penalty = 1 / configuration.ngram_flag_strength
    most = max(1, configuration.ngram_iterations // 3)
    column, bias = _minimise(matrix, 1, 1, penalty, loss, most)
    return column[:, 0], bias[0], np.float32(len(rows))


def _logistic(
    values: Floats, *, truth: Floats, weight: Floats, origin: npt.NDArray[np.int64]
) -> tuple[float, Floats]:
    """Weighted loss and slope over scores ``[rows, flags]`` and biases ``[sets, flags]``."""
    free = values[truth.size :].reshape(-1, truth.shape[1])
    scores = values[: truth.size].reshape(truth.shape) + free[origin]
    each = np.logaddexp(0, scores) - truth * scores
    slope = (special.expit(scores) - truth) * weight
    by_set = np.zeros_like(free)
    np.add.at(by_set, origin, slope)
    return float((each * weight).sum()), np.concatenate([slope.ravel(), by_set.ravel()])
