"""Naive Bayes over hashed character n-grams: how likely a text is in each language it knows.

Each n-gram (1 to 4 code points of the words, spaces included) falls into one of 65,536 buckets;
the table holds per bucket and language the logarithm of the bucket's share in that language's
texts (Laplace-smoothed, as in Manning, Raghavan & Schütze, *Introduction to Information
Retrieval*, ch. 13), in int8, below the highest of the bucket. `models.languages` makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Buckets = npt.NDArray[np.int64]

FILE = Path(__file__).parents[3] / "models" / "harken-languages" / "table.npz"
BUCKETS_LOG2 = 16
ORDERS = 4
STEP = 16.0
"""Levels per nat of ``below``."""
PEAK_STEP = 8.0
"""Levels per nat of ``peak``."""

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_ONE, _TOP, _FOLD = np.uint64(1), np.uint64(64 - BUCKETS_LOG2), np.uint64(31)


def buckets_of(words: str) -> list[Buckets]:
    """The bucket of each n-gram, shortest order first; repeats included."""
    codes = np.frombuffer(words.encode("utf-32-le", "replace"), dtype=np.uint32)
    codes = codes.astype(np.uint64) + _ONE
    found: list[Buckets] = []
    hashed = codes
    for order in range(1, min(ORDERS, len(codes)) + 1):
        if order > 1:
            hashed = hashed[:-1] * _BASE + codes[order - 1 :]
        mixed = (hashed ^ (hashed >> _FOLD)) * _MIX
        found.append((mixed >> _TOP).astype(np.int64))
    return found


@dataclass(frozen=True, slots=True)
class Evidence:
    """``likelihoods`` per language, in nats, relative to each other.

    ``typical`` is the mean log-share of the text's longest n-grams in its likeliest language: low
    where the text is in a language that the table does not know.
    """

    likelihoods: Floats
    typical: float


@dataclass(frozen=True, slots=True)
class NgramTable:
    """``below`` [buckets, languages] and ``peak`` [buckets], in levels (see the module)."""

    languages: Sequence[str]
    below: npt.NDArray[np.int8]
    peak: npt.NDArray[np.int8]

    @classmethod
    def load(cls, path: Path = FILE) -> NgramTable:
        with np.load(path, allow_pickle=False) as stored:
            return cls(tuple(str(stored["languages"]).split()), stored["below"], stored["peak"])

    def save(self, path: Path) -> None:
        languages = np.array(" ".join(self.languages))
        np.savez_compressed(path, languages=languages, below=self.below, peak=self.peak)

    def read(self, words: str) -> Evidence:
        """``words`` as `letters.Letters.words`; must not be empty."""
        by_order = buckets_of(words)
        rows = self.below[np.concatenate(by_order)]
        likelihoods = rows.sum(axis=0, dtype=np.int32).astype(np.float32) / STEP
        longest = by_order[-1]
        best = int(likelihoods.argmax())
        typical = float(rows[-len(longest) :, best].mean() / STEP)
        typical += float(self.peak[longest].mean() / PEAK_STEP)
        return Evidence(likelihoods, typical)
