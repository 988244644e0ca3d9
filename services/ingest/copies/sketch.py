"""Sketches of texts: similar texts have similar ones, found by any of a few keys.

MinHash (Broder, *On the resemblance and containment of documents*, 1997) over the features of
`services.ingest.domain.copies`: the share of equal places estimates Jaccard's index. Places are
taken in bands, and texts that agree in one band are compared (Leskovec, Rajaraman & Ullman,
*Mining of Massive Datasets*, ch. 3).
"""

from __future__ import annotations

from hashlib import blake2b
from zlib import crc32

import numpy as np
import numpy.typing as npt

from services.ingest.domain.copies import FEWEST_WORDS, NEAR_WORDS, SIMILAR, features_of

PLACES = 32
BANDS = 8
ROWS = 2
"""Places per band. Of texts with an index of 0.6, 97 % agree in a band; of 0.8, 99.97 %."""

_SEED = 0x9E3779B97F4A7C15
_DIGEST = 16
_NEEDED = round(SIMILAR * PLACES)


def _odd_numbers(salt: int) -> npt.NDArray[np.uint64]:
    numbers = [(_SEED * (salt + 2 * n + 1)) % 2**64 | 1 for n in range(PLACES)]
    return np.array(numbers, dtype=np.uint64)[:, None]


_FACTORS, _TERMS = _odd_numbers(3), _odd_numbers(1_009)
_HIGH = np.uint64(32)


def sketch_of(words: tuple[str, ...]) -> bytes:
    """A digest of short texts, `PLACES` minima of longer ones; empty where a text is too short."""
    if len(words) < FEWEST_WORDS:
        return b""
    if len(words) < NEAR_WORDS:
        joined = " ".join(words).encode("utf-8", "surrogatepass")
        return blake2b(joined, digest_size=_DIGEST).digest()
    features = [crc32(one.encode("utf-8", "surrogatepass")) for one in features_of(words)]
    hashed = (np.array(features, dtype=np.uint64) * _FACTORS + _TERMS) >> _HIGH
    minima: bytes = hashed.min(axis=1).astype("<u4").tobytes()
    return minima


def keys_of(sketch: bytes) -> tuple[int, ...]:
    """Texts that are copies of each other have a key in common (almost always)."""
    if len(sketch) == _DIGEST:
        return (int.from_bytes(sketch, "little"),)
    width = 4 * ROWS
    return tuple(
        int.from_bytes(sketch[band * width : (band + 1) * width], "little") * BANDS + band
        for band in range(BANDS)
    )


def near(one: bytes, other: bytes) -> bool:
    """Are the texts of these two sketches copies?"""
    if len(one) != len(other) or len(one) == _DIGEST:
        return one == other
    equal = np.frombuffer(one, "<u4") == np.frombuffer(other, "<u4")
    return int(np.count_nonzero(equal)) >= _NEEDED
