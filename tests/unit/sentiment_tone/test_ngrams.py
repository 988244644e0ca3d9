"""Hashed n-grams."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sentiment.tone.ngrams import NgramModel, Region, bag, hashes

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
        regions={"en": Region(0, 9), "pl": Region(512, 9), "lv": Region(512, 9)},
        rarity=np.full(1 << 10, 7, dtype=np.uint8),
        polarity=rng.integers(-127, 128, (1 << 10, 3)).astype(np.int8),
        polarity_scale=np.full(3, 0.01, dtype=np.float32),
        flags=rng.integers(-127, 128, (1 << 8, 2)).astype(np.int8),
        flags_scale=np.full(2, 0.01, dtype=np.float32),
        flags_bias=np.asarray([1.0, -1.0], dtype=np.float32),
    )


def test_a_text_of_no_known_ngrams_scores_the_bias() -> None:
    model = _model()
    empty = replace(model, rarity=np.zeros_like(model.rarity))
    assert empty.score(["never seen"], ["en"])[0].tolist() == [0.0, 0.0, 0.0, 1.0, -1.0]


def test_a_language_without_a_region_scores_the_bias() -> None:
    assert _model().score(["some text"], ["fi"])[0].tolist() == [0.0, 0.0, 0.0, 1.0, -1.0]


def test_each_language_reads_its_own_region_alone() -> None:
    model = _model()
    polarity, flags = model.polarity.copy(), model.flags.copy()
    polarity[512:], flags[128:] = 0, 0
    english = replace(model, polarity=polarity, flags=flags)
    texts = ["one text", "another text altogether"]
    before, after = model.score(texts, ["en", "en"]), english.score(texts, ["en", "en"])
    assert before.tolist() == after.tolist()
    assert english.score(texts, ["pl", "lv"]).tolist() == [[0.0, 0.0, 0.0, 1.0, -1.0]] * 2


def test_languages_may_share_a_region() -> None:
    model = _model()
    polish, latvian, english = model.score(["one text"] * 3, ["pl", "lv", "en"])
    assert polish.tolist() == latvian.tolist() != english.tolist()


def test_scores_survive_a_file(tmp_path: Path) -> None:
    model = _model()
    model.save(tmp_path / "ngrams.npz")
    texts, languages = ["one text", "", "another text altogether"], ["en", "pl", "lv"]
    again = NgramModel.load(tmp_path / "ngrams.npz")
    assert again.score(texts, languages).tolist() == model.score(texts, languages).tolist()


def test_a_huge_text_is_cut() -> None:
    assert len(hashes("x" * 100_000)) < 7_000
