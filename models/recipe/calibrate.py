"""How the two halves are mixed, tempered and cut, fitted on the tuning rows alone.

Per language and with a pull towards the general fit, so that few rows say little. Classes and
sets are weighed by the root of their rarity: a compromise between calibrated and balanced answers,
and between many rows of one guideline and few of another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from models.recipe import cuts
from models.recipe.labels import EMOTIONS, FLAGS, OUTPUTS, POLARITIES, REASONS
from models.recipe.rows import Row, said_by_people
from services.sentiment.tone.readout import PLAIN, SUBTITLE, FlagMix, PolarityMix

Floats = npt.NDArray[np.float64]

LEAST_ROWS = 60
"""Below this many tuning rows a language takes the general fit."""
LEAST_POSITIVES = 20
PULL, FLAG_PULL = 6.0, 10.0
"""The general fit weighs as much as this many rows (on parameters of unit scale)."""
BALANCE = 0.5
"""How far classes are balanced: 0 not at all, 1 to equal weights. In cross-validation among the
tuning rows 0, a quarter and a half were level; a half says neutral more where it was learnt least.
"""
UNUSED = -2.0
"""A set that lacks a label still says a little against it: clear tweets aren't neutral."""
INFERRED = 0.3
"""How much a polarity counts that was read off emotions, beside those that people gave."""
SHIFT = 1.5
"""How much higher the temperature is where no set of a language was labelled with neutral.

Measured with the n-gram half where it could be: trained and tempered on Polish without its set
that has neutral, and on Czech without its own, the temperature that was right for the set left out
was 1.45 and 1.55 times the fitted one.
"""
BY_LANGUAGE = (*EMOTIONS, "offence")
"""Flags that sets in more than one language know."""
LANGUAGES = ("en", "pl", "cs", "sk", "ru", "lv", "de", "es", "fr", "it", "pt")
KIN = frozenset({"de", "es", "fr", "it", "pt"})
"""Languages of one set with some ninety tuning rows each: their general fit is what they share."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Rows with both halves' logits ``[rows, outputs]``; the n-grams' have the register's too."""

    rows: Sequence[Row]
    network: Floats
    ngrams: Floats

    def pick(self, chosen: Sequence[int]) -> Scored:
        return Scored([self.rows[i] for i in chosen], self.network[chosen], self.ngrams[chosen])


def polarity_mixes(scored: Scored) -> dict[str, PolarityMix]:
    """A mix per language, and the general one under ""."""
    told = scored.pick([i for i, row in enumerate(scored.rows) if row.polarity is not None])
    general = _fit_polarity(told, np.zeros(5), pull=0.1)
    mixes = {"": _polarity_mix(general)}
    kin = _own(told, KIN)
    shared = general if len(kin.rows) < LEAST_ROWS else _fit_polarity(kin, general, pull=PULL)
    for language in LANGUAGES:
        own = _own(told, {language})
        if len(own.rows) >= LEAST_ROWS:
            shift = 1.0 if _knows_neutral(own.rows) else SHIFT
            prior = shared if language in KIN else general
            mixes[language] = _polarity_mix(_fit_polarity(own, prior, pull=PULL), shift)
    return mixes


def _own(scored: Scored, languages: AbstractSet[str]) -> Scored:
    return scored.pick([i for i, row in enumerate(scored.rows) if row.language in languages])


def _knows_neutral(rows: Sequence[Row]) -> bool:
    return any(row.polarity == "neutral" and said_by_people(row.origin) for row in rows)


def _fit_polarity(scored: Scored, prior: Floats, *, pull: float) -> Floats:
    """[log weight of the network, log weight of the n-grams, three biases]."""
    truth = np.asarray([POLARITIES.index(str(row.polarity)) for row in scored.rows])
    closed = np.asarray(
        [
            [0.0 if name in row.origin.classes else UNUSED for name in POLARITIES]
            for row in scored.rows
        ]
    )
    sizes = Counter(row.origin.path for row in scored.rows)
    weight = np.asarray(
        [
            sizes[row.origin.path] ** -0.5
            if said_by_people(row.origin)
            else INFERRED * row.polarity_weight
            for row in scored.rows
        ]
    )
    counts = np.bincount(truth, weights=weight, minlength=len(POLARITIES)) + 1e-3
    weight *= (counts**-BALANCE)[truth]
    weight *= len(truth) / weight.sum()
    network, ngrams = scored.network[:, : len(POLARITIES)], scored.ngrams[:, : len(POLARITIES)]
    at = np.arange(len(truth))

    def cost(values: Floats) -> float:
        logits = np.exp(values[0]) * network + np.exp(values[1]) * ngrams + values[2:] + closed
        shares = special.log_softmax(logits, axis=1)
        return float(-(shares[at, truth] * weight).sum() + pull * ((values - prior) ** 2).sum())

    return np.asarray(optimize.minimize(cost, prior, method="L-BFGS-B").x)


def _polarity_mix(values: Floats, shift: float = 1.0) -> PolarityMix:
    network, ngrams = np.exp(values[:2])
    scale = network + ngrams
    negative, neutral, positive = (values[2:] - values[2:].mean()) / scale
    return PolarityMix(
        _short(network / scale),
        _short(ngrams / scale),
        (_short(negative), _short(neutral), _short(positive)),
        _short(shift / scale),
    )


def flag_mixes(scored: Scored) -> dict[str, dict[str, FlagMix]]:
    """Per flag that any set knows: a mix per language, and the general one under ""."""
    mixes: dict[str, dict[str, FlagMix]] = {}
    for column, name in enumerate(FLAGS, start=len(POLARITIES)):
        told = [i for i, row in enumerate(scored.rows) if name in row.flags]
        if sum(scored.rows[i].flags[name] for i in told) < LEAST_POSITIVES:
            continue
        general = _fit_flag(scored.pick(told), name, column, np.zeros(4), pull=0.1)
        own = {"": _flag_mix(general, scored.pick(told), name, column, 0.5)}
        for language in LANGUAGES if name in BY_LANGUAGE else ():
            chosen = [i for i in told if scored.rows[i].language == language]
            if sum(scored.rows[i].flags[name] for i in chosen) < LEAST_POSITIVES:
                continue
            part = scored.pick(chosen)
            fitted = _fit_flag(part, name, column, general, pull=FLAG_PULL)
            own[language] = _flag_mix(fitted, part, name, column, own[""].threshold)
        mixes[name] = own
    return mixes


def _fit_flag(scored: Scored, name: str, column: int, prior: Floats, *, pull: float) -> Floats:
    """[log weight of the network, log weight of the n-grams, bias, weight of the register]."""
    truth = np.asarray([row.flags[name] for row in scored.rows], dtype=np.float64)

    def cost(values: Floats) -> float:
        logits = _flag_logits(values, scored, name, column)
        each = np.logaddexp(0, logits) - truth * logits
        return float(each.sum() + pull * ((values - prior) ** 2).sum())

    return np.asarray(optimize.minimize(cost, prior, method="L-BFGS-B").x)


def _flag_logits(values: Floats, scored: Scored, name: str, column: int) -> Floats:
    network, ngrams = scored.network[:, column], scored.ngrams[:, column]
    logits = np.exp(values[0]) * network + np.exp(values[1]) * ngrams + values[2]
    if name in EMOTIONS:
        logits = logits + values[3] * special.expit(scored.ngrams[:, len(OUTPUTS)])
    return np.asarray(logits)


def _flag_mix(values: Floats, scored: Scored, name: str, column: int, fallback: float) -> FlagMix:
    network, ngrams = np.exp(values[:2])
    logits = _flag_logits(values, scored, name, column)
    truth = np.asarray([row.flags[name] for row in scored.rows])
    sets = np.asarray([row.origin.path for row in scored.rows])
    chances = special.expit(logits)
    parts = _short(network), _short(ngrams), _short(values[2])
    if name not in EMOTIONS:
        cut = cuts.of_flag(chances, truth, sets, fallback, careful=name in REASONS)
        return FlagMix(*parts, _short(cut))
    middle = (PLAIN + SUBTITLE) / 2
    subtitles = scored.ngrams[:, len(OUTPUTS)] >= middle
    plain, subtitle = (cuts.of_emotion(chances, truth, sets, subtitles == k) for k in (False, True))
    return FlagMix(*parts, _short(plain), _short(values[3]), _short(subtitle))


def document(
    name: str,
    version: int,
    max_tokens: int,
    polarity: dict[str, PolarityMix],
    flags: dict[str, dict[str, FlagMix]],
) -> dict[str, object]:
    """The ``tone.json`` that the readout is built from."""
    return {
        "name": name,
        "version": version,
        "max_tokens": max_tokens,
        "outputs": list(OUTPUTS),
        "languages": list(LANGUAGES),
        "reasons": [reason for reason in REASONS if reason in flags],
        "polarity": {
            language: {
                "network": mix.network,
                "ngrams": mix.ngrams,
                "bias": list(mix.bias),
                "temperature": mix.temperature,
            }
            for language, mix in polarity.items()
        },
        "flags": {
            flag: {
                language: {
                    "network": mix.network,
                    "ngrams": mix.ngrams,
                    "bias": mix.bias,
                    "threshold": mix.threshold,
                    "register": mix.register,
                    "subtitle_threshold": mix.subtitle_threshold,
                }
                for language, mix in mixes.items()
            }
            for flag, mixes in flags.items()
        },
    }


def _short(value: float) -> float:
    return round(float(value), 5)
