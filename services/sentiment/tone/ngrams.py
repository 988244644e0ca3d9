"""Hashed n-gram evidence: what single words and word parts say, per language.

A text is the bag of its character 2-5-grams and word 1-2-grams, each hashed to a bucket by a
polynomial over code points (modulo 2**64, then mixed). Weights are TF-IDF with sublinear counts,
normalised to length 1 (as in Manning, Raghavan & Schütze, *Introduction to Information Retrieval*,
ch. 6). Two int8 tables hold a linear model's weights: one for polarity, a smaller one for flags.
Each language has a region of its own in both, so no other language's words fall on its buckets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint64]

CHARACTERS = (2, 3, 4, 5)
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_WORD_SEED = np.uint64(0x94D049BB133111EB)
_NOTHING = np.zeros(1, dtype=np.uint64)
_LONGEST = 1_700
"""Characters of a normalised text that are read; marks may lengthen a text a little."""

with np.errstate(over="ignore"):
    _POWERS = np.cumprod(np.r_[np.uint64(1), np.full(_LONGEST + 2, _BASE)], dtype=np.uint64)


def hashes(text: str) -> Hashes:
    """The 64-bit hashes of all n-grams of a normalised text, repeats included."""
    spaced = f" {text[:_LONGEST]} "
    codes = np.frombuffer(spaced.encode("utf-32-le", "replace"), dtype=np.uint32)
    prefix = _prefixes(codes)
    parts = [_spans(prefix, np.arange(len(codes) - n + 1), n) for n in _fitting(len(codes))]
    gaps = np.flatnonzero(codes == ord(" "))
    if len(gaps) > 1:
        parts.append(_spans(prefix, gaps[:-1], np.diff(gaps)) ^ _WORD_SEED)
    if len(gaps) > 2:
        parts.append(_spans(prefix, gaps[:-2], gaps[2:] - gaps[:-2]) ^ _WORD_SEED)
    return _mixed(np.concatenate(parts)) if parts else np.empty(0, dtype=np.uint64)


def _fitting(length: int) -> list[int]:
    return [n for n in CHARACTERS if n <= length]


def _prefixes(codes: npt.NDArray[np.uint32]) -> Hashes:
    """``prefix[i]`` hashes ``codes[:i]``, scaled so that differences need one multiplication."""
    terms = (codes.astype(np.uint64) + np.uint64(1)) * _POWERS[: len(codes)]
    return np.concatenate([_NOTHING, np.cumsum(terms, dtype=np.uint64)])


def _spans(
    prefix: Hashes, starts: npt.NDArray[np.int64], lengths: int | npt.NDArray[np.int64]
) -> Hashes:
    """A hash of each span that doesn't depend on where it stands."""
    differences = prefix[starts + lengths] - prefix[starts]
    return np.asarray(differences * _POWERS[_LONGEST + 2 - starts], dtype=np.uint64)


def _mixed(values: Hashes) -> Hashes:
    values = (values ^ (values >> np.uint64(31))) * _MIX
    return np.asarray(values ^ (values >> np.uint64(29)), dtype=np.uint64)


def bag(text: str, buckets_log2: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Distinct buckets of a text and their sublinear counts, ``1 + ln(count)``."""
    buckets = (hashes(text) >> np.uint64(64 - buckets_log2)).astype(np.int64)
    distinct, counts = np.unique(buckets, return_counts=True)
    return distinct, (1 + np.log(counts)).astype(np.float32)


class Region(NamedTuple):
    """The ``2 ** size_log2`` buckets of a language, or of some that share them, from ``start``."""

    start: int
    size_log2: int


@dataclass(frozen=True, slots=True)
class NgramModel:
    """``rarity`` is the idf per bucket to any scale (0: never seen); tables are int8 with a scale
    per column.

    The flags' table has fewer buckets: its index is the high bits of the polarity's.
    """

    regions: Mapping[str, Region]
    rarity: npt.NDArray[np.uint8]
    polarity: npt.NDArray[np.int8]
    polarity_scale: Floats
    flags: npt.NDArray[np.int8]
    flags_scale: Floats
    flags_bias: Floats

    @classmethod
    def load(cls, path: Path) -> NgramModel:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        named = zip(arrays.pop("languages").tolist(), arrays.pop("regions").tolist(), strict=True)
        return cls({language: Region(*region) for language, region in named}, **arrays)

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            languages=np.asarray(list(self.regions)),
            regions=np.asarray(list(self.regions.values()), dtype=np.int64),
            rarity=self.rarity,
            polarity=self.polarity,
            polarity_scale=self.polarity_scale,
            flags=self.flags,
            flags_scale=self.flags_scale,
            flags_bias=self.flags_bias,
        )

    @property
    def side_shift(self) -> int:
        """How many low bits the flags' index drops."""
        return (len(self.rarity) // len(self.flags)).bit_length() - 1

    def score(self, texts: Sequence[str], languages: Sequence[str]) -> Floats:
        """Logits ``[texts, polarities + flags + 1]`` of normalised texts, each on its own.

        The last is the register's: whether a text reads like a film subtitle. In a language
        without a region no n-gram says anything.
        """
        out = np.empty((len(texts), self.polarity.shape[1] + self.flags.shape[1]), np.float32)
        for index, (text, language) in enumerate(zip(texts, languages, strict=True)):
            out[index] = self._one(text, self.regions.get(language))
        return out

    def _one(self, text: str, region: Region | None) -> Floats:
        if region is None:
            return np.concatenate([np.zeros(self.polarity.shape[1], np.float32), self.flags_bias])
        buckets, counts = bag(text, region.size_log2)
        buckets += region.start
        weights = counts * self.rarity[buckets]
        length = float(np.sqrt(weights @ weights))
        if length > 0:
            weights = weights / length
        polarity = weights @ self.polarity[buckets].astype(np.float32)
        flags = weights @ self.flags[buckets >> self.side_shift].astype(np.float32)
        return np.concatenate(
            [polarity * self.polarity_scale, flags * self.flags_scale + self.flags_bias]
        ).astype(np.float32)
