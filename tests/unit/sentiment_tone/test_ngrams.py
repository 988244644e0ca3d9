"""Hashed n-grams."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sentiment.tone.ngrams import NgramModel, bag, hashes

WORDS = st.text(st.characters(categories=["Ll", "Nd"]), min_size=1, max_size=6)


@given(WORDS, WORDS, WORDS)
def test_a_words_hashes_do_not_depend_on_where_it_stands(a: str, b: str, c: str) -> None:
    assert set(hashes(b).tolist()) <= set(hashes(f"{a} {b} {c}").tolist())


@given(st.lists(WORDS, min_size=1, max_size=8))
def test_all_ngrams_are_hashed(words: list[str]) -> None:
    text = " ".join(words)
    length = len(text) + 2
    parts = sum(max(0, length - n + 1) for n in (2, 3, 4, 5))
    assert len(hashes(text)) == parts + len(words) + len(words) - 1


def test_counts_grow_with_the_logarithm() -> None:
    once, _ = bag("ab", 16)
    buckets, counts = bag("ab ab ab ab", 16)
    assert set(once.tolist()) <= set(buckets.tolist())
    assert counts.max() == pytest.approx(1 + np.log(5), rel=0.2)


def _model() -> NgramModel:
    rng = np.random.default_rng(1)
    return NgramModel(
        rarity=np.ones(1 << 10, dtype=np.float32),
        polarity=rng.integers(-127, 128, (1 << 10, 3)).astype(np.int8),
        polarity_scale=np.full(3, 0.01, dtype=np.float32),
        polarity_bias=np.zeros(3, dtype=np.float32),
        flags=rng.integers(-127, 128, (1 << 8, 2)).astype(np.int8),
        flags_scale=np.full(2, 0.01, dtype=np.float32),
        flags_bias=np.asarray([1.0, -1.0], dtype=np.float32),
    )


def test_a_text_of_no_ngrams_scores_the_bias() -> None:
    model = _model()
    empty = NgramModel(
        np.zeros_like(model.rarity),
        model.polarity,
        model.polarity_scale,
        model.polarity_bias,
        model.flags,
        model.flags_scale,
        model.flags_bias,
    )
    assert empty.score(["never seen"])[0].tolist() == [0.0, 0.0, 0.0, 1.0, -1.0]


def test_scores_survive_a_file(tmp_path: Path) -> None:
    model = _model()
    model.save(tmp_path / "ngrams.npz")
    texts = ["one text", "", "another text altogether"]
    again = NgramModel.load(tmp_path / "ngrams.npz")
    np.testing.assert_allclose(again.score(texts), model.score(texts), atol=1e-2)


def test_a_huge_text_is_cut() -> None:
    assert len(hashes("x" * 100_000)) < 7_000
