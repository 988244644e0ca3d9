"""Cuts of emotions: near half of the F1 to expect, and not moved by a handful of rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.recipe import cuts

Chances = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]


def _drawn(rows: int, sharp: float, seed: int) -> tuple[Chances, Truth]:
    """Calibrated chances, and labels that are as often true as these say."""
    rng = np.random.default_rng(seed)
    chances = 1 / (1 + np.exp(-sharp * (rng.normal(size=rows) - 1.0)))
    return chances, rng.random(rows) < chances


def _f1(chances: Chances, truth: Truth, cut: float) -> float:
    said = chances >= cut
    return float(2 * (said & truth).sum() / (said.sum() + truth.sum()))


def test_few_rows_are_cut_nearly_as_well_as_many() -> None:
    unseen, labels = _drawn(50_000, 2.0, seed=0)
    best = max(_f1(unseen, labels, float(cut)) for cut in cuts.GRID)
    for seed in range(1, 21):
        chances, truth = _drawn(60, 2.0, seed)
        everything = np.ones(60, dtype=bool)
        cut = cuts.of_emotion(chances, truth, np.full(60, "set"), everything)
        assert _f1(unseen, labels, cut) > best - 0.03


def test_a_kind_of_text_has_its_own_cut() -> None:
    clear, told = _drawn(4_000, 6.0, seed=1)
    vague, guessed = _drawn(4_000, 1.0, seed=2)
    chances, truth = np.concatenate([clear, vague]), np.concatenate([told, guessed])
    kind = np.arange(8_000) >= 4_000
    sets = np.where(kind, "subtitles", "posts")
    plain = cuts.of_emotion(chances, truth, sets, ~kind)
    subtitle = cuts.of_emotion(chances, truth, sets, kind)
    assert plain - subtitle > 0.1, "what is told less well is shown at a lower chance"


def test_a_kind_of_which_there_is_hardly_any_is_cut_like_all() -> None:
    chances, truth = _drawn(500, 2.0, seed=3)
    sets, some = np.full(500, "set"), np.arange(500) < cuts.LEAST_OF_KIND - 1
    whole = cuts.of_emotion(chances, truth, sets, np.ones(500, dtype=bool))
    assert cuts.of_emotion(chances, truth, sets, some) == whole
