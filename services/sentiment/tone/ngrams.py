"""Hashed n-gram evidence: what single words and word parts say, in every language alike.

A text is the bag of its character 2-5-grams and word 1-2-grams, each hashed to a bucket by a
polynomial over code points (modulo 2**64, then mixed). Weights are TF-IDF with sublinear counts,
normalised to length 1 (as in Manning, Raghavan & Schütze, *Introduction to Information Retrieval*,
ch. 6). Two int8 tables hold a linear model's weights: one for polarity, a smaller one for flags.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class NgramModel:
    """``rarity`` is the idf per bucket (0: never seen); tables are int8 with a scale per column.

    The flags' table has fewer buckets: its index is the high bits of the polarity's.
    """

    rarity: Floats
    polarity: npt.NDArray[np.int8]
    polarity_scale: Floats
    polarity_bias: Floats
    flags: npt.NDArray[np.int8]
    flags_scale: Floats
    flags_bias: Floats

    @classmethod
    def load(cls, path: Path) -> NgramModel:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        arrays["rarity"] = arrays["rarity"].astype(np.float32) * arrays.pop("rarity_scale")
        return cls(**arrays)

    def save(self, path: Path) -> None:
        scale = np.float32(max(float(self.rarity.max()), 1e-6) / 255)
        np.savez_compressed(
            path,
            rarity=np.rint(self.rarity / scale).astype(np.uint8),
            rarity_scale=scale,
            polarity=self.polarity,
            polarity_scale=self.polarity_scale,
            polarity_bias=self.polarity_bias,
            flags=self.flags,
            flags_scale=self.flags_scale,
            flags_bias=self.flags_bias,
        )

    @property
    def buckets_log2(self) -> int:
        return int(self.rarity.shape[0]).bit_length() - 1

    def score(self, texts: Sequence[str]) -> Floats:
        """Logits ``[texts, polarities + flags + 1]`` of normalised texts, each on its own.

        The last is the register's: whether a text reads like a film subtitle.
        """
        out = np.empty((len(texts), self.polarity.shape[1] + self.flags.shape[1]), np.float32)
        for index, text in enumerate(texts):
            out[index] = self._one(text)
        return out

    def _one(self, text: str) -> Floats:
        buckets, counts = bag(text, self.buckets_log2)
        weights = counts * self.rarity[buckets]
        length = float(np.sqrt(weights @ weights))
        if length > 0:
            weights = weights / length
        side = buckets >> (self.buckets_log2 - (int(self.flags.shape[0]).bit_length() - 1))
        polarity = weights @ self.polarity[buckets].astype(np.float32)
        flags = weights @ self.flags[side].astype(np.float32)
        return np.concatenate(
            [
                polarity * self.polarity_scale + self.polarity_bias,
                flags * self.flags_scale + self.flags_bias,
            ]
        ).astype(np.float32)
