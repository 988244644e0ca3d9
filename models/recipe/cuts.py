"""From which probability on a flag is shown: cuts fitted on few rows of unlike guidelines."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
GRID = np.arange(0.08, 0.85, 0.02)
LEAST_HITS = 5
"""Below this many rows with a flag a set has no say in its cut."""
LEAST_OF_KIND = 10
"""Below this many rows of subtitles, or of other texts, a cut is that of all."""
EMOTION_PULL, FLAG_PULL = 150.0, 20.0
"""What a cut is drawn towards weighs as much as this many rows with the flag."""


def of_emotion(
    chances: Floats,
    truth: npt.NDArray[np.bool_],
    sets: npt.NDArray[np.str_],
    chosen: npt.NDArray[np.bool_],
) -> float:
    """The cut for one kind of text: the best on its rows, drawn to what the chances expect.

    Where chances are calibrated, the cut with the best F1 is half of that F1: Lipton et al.,
    "Optimal thresholding of classifiers to maximize F1 measure" (ECML 2014). Taken from chances
    instead of labels it hardly varies with the few rows there are.
    """
    if chosen.sum() < LEAST_OF_KIND:
        chosen = np.ones_like(chosen)
    chances, truth, sets = chances[chosen], truth[chosen], sets[chosen]
    expected = max(
        2 * chances[chances >= cut].sum() / (chances.sum() + (chances >= cut).sum()) for cut in GRID
    )
    hits = float(truth.sum())
    trust = hits / (hits + EMOTION_PULL) if hits >= LEAST_HITS else 0.0
    return trust * _best_cut(chances, truth, sets, 1.0) + (1 - trust) * float(expected) / 2


def of_flag(
    chances: Floats,
    truth: npt.NDArray[np.bool_],
    sets: npt.NDArray[np.str_],
    fallback: float,
    *,
    careful: bool,
) -> float:
    """The cut with the best F1 (F0.5 where a wrong flag costs more), drawn towards ``fallback``."""
    best = _best_cut(chances, truth, sets, 0.25 if careful else 1.0)
    trust = float(truth.sum()) / (float(truth.sum()) + FLAG_PULL)
    return trust * best + (1 - trust) * min(fallback, 0.5)


def _best_cut(
    chances: Floats, truth: npt.NDArray[np.bool_], sets: npt.NDArray[np.str_], beta2: float
) -> float:
    """The cut with the best mean of each set's F, as it serves sets with different guidelines."""
    own = [sets == name for name in np.unique(sets) if (truth & (sets == name)).sum() >= LEAST_HITS]
    scores = []
    for cut in GRID:
        said = chances >= cut
        each = []
        for chosen in own or [np.ones(len(truth), dtype=bool)]:
            hits = float((said & truth)[chosen].sum())
            asked = beta2 * truth[chosen].sum() + said[chosen].sum()
            each.append((1 + beta2) * hits / max(asked, 1e-9))
        scores.append(float(np.mean(each)))
    smooth = np.convolve(np.pad(scores, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return float(GRID[int(np.argmax(smooth))])
