"""Counts n-grams per language and writes the table. The same rows give the same table."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from models.languages.rows import LANGUAGES, Row
from services.ingest.language.letters import letters_of
from services.ingest.language.ngrams import (
    BUCKETS_LOG2,
    PEAK_STEP,
    STEP,
    NgramTable,
    buckets_of,
)

SMOOTHING = 0.2


def train(rows: Iterable[Row]) -> NgramTable:
    size = 1 << BUCKETS_LOG2
    counts = np.zeros((size, len(LANGUAGES)))
    for row in rows:
        words = letters_of(row.text).words
        if words:
            found = np.concatenate(buckets_of(words))
            counts[:, LANGUAGES.index(row.language)] += np.bincount(found, minlength=size)
    shares = np.log((counts + SMOOTHING) / (counts.sum(axis=0) + SMOOTHING * size))
    peak = shares.max(axis=1)
    return NgramTable(
        LANGUAGES,
        np.clip(np.rint((shares - peak[:, None]) * STEP), -127, 0).astype(np.int8),
        np.clip(np.rint(peak * PEAK_STEP), -127, 0).astype(np.int8),
    )
