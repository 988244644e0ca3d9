"""The detector: our table for the languages that matter here, CLD2 for all others.

CLD2 knows 80 languages and errs on short texts; the table knows eleven and is right on them. So
the table decides among its own, with CLD2 as a witness, and CLD2's word for another language
counts where the text looks like none of the table's. The figures are in ADR 0027.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pycld2

from services.ingest.domain.language import UNKNOWN, Guess
from services.ingest.language.letters import Letters, letters_of
from services.ingest.language.ngrams import Floats, NgramTable

TOLD = 0.6
"""Below this certainty the answer is "unknown"."""
SHARPNESS = 0.06
"""Overlapping n-grams repeat each other: their evidence is worth this part of its sum."""
WITNESS = 1.5
"""Nats that CLD2's reliable word adds to a language of the table."""
LEANING = {"cs": 0.6}
"""Nats in favour of a promised language over its twin (Slovak) where a text fits both."""
ATYPICAL = -10.8
"""Mean log-share of a text's 4-grams from which on it may be in another language."""
FEWEST_LETTERS = 3
_FEW_LETTERS = 10
_MOST_OF_FEW = 0.85
_MOST_OF_NAMES = 0.5
_ELSEWHERE = 0.9

_NOT_RUSSIAN = re.compile("[іїєґўђјљњћџѓќѕәғқңөұүһҗ]")
_RUSSIAN = re.compile("[ыэё]")
_CODE = re.compile(r"[a-z]{2,3}")
_RENAMED = {"iw": "he", "jw": "jv", "no": "nb"}
_NEIGHBOURS = frozenset(
    ("da", "et", "fi", "hr", "hu", "lt", "nb", "nl", "ro", "sl", "sq", "sv", "tr")
)
"""A Latin text is taken for these alone: CLD2's rarer names for short texts are mostly mistakes."""


@dataclass(frozen=True, slots=True)
class _Witness:
    """What CLD2 says."""

    language: str
    reliable: bool


class Detector:
    """Safe to call from several threads."""

    def __init__(self, table: NgramTable) -> None:
        self._table = table
        self._places = {name: place for place, name in enumerate(table.languages)}
        self._leaning = np.array([LEANING.get(name, 0.0) for name in table.languages], np.float32)

    def detect(self, text: str) -> Guess:
        """Takes any string. `UNKNOWN` where it shows no language."""
        letters = letters_of(text)
        if letters.count < FEWEST_LETTERS and letters.script != "other":
            return UNKNOWN
        witness = _ask_cld2(letters.words)
        if letters.script == "other":
            return _elsewhere(witness) if witness.language not in self._places else UNKNOWN
        evidence = self._table.read(letters.words)
        if self._foreign(letters, witness, evidence.typical):
            return _elsewhere(witness)
        return self._among_ours(letters, witness, evidence.likelihoods)

    def _foreign(self, letters: Letters, witness: _Witness, typical: float) -> bool:
        """Is it in a language that the table does not know?"""
        odd = witness.reliable and letters.count >= _FEW_LETTERS and typical < ATYPICAL
        if letters.script == "latin":
            return odd and witness.language in _NEIGHBOURS
        if _NOT_RUSSIAN.search(letters.words):
            return True
        return odd and witness.language in {"bg", "uk"} and not _RUSSIAN.search(letters.words)

    def _among_ours(self, letters: Letters, witness: _Witness, likelihoods: Floats) -> Guess:
        scores = likelihoods * SHARPNESS + self._leaning
        if witness.reliable and witness.language in self._places:
            scores[self._places[witness.language]] += WITNESS
        weights = np.exp(scores - scores.max())
        best = int(weights.argmax())
        certainty = float(weights[best] / weights.sum())
        if letters.names:
            certainty = min(certainty, _MOST_OF_NAMES)
        elif letters.count < _FEW_LETTERS:
            certainty = min(certainty, _MOST_OF_FEW)
        return Guess(self._table.languages[best], certainty) if certainty >= TOLD else UNKNOWN


def _elsewhere(witness: _Witness) -> Guess:
    if not witness.reliable or not _CODE.fullmatch(witness.language):
        return UNKNOWN
    return Guess(witness.language, _ELSEWHERE)


def _ask_cld2(words: str) -> _Witness:
    try:
        reliable, _, details = pycld2.detect(words, isPlainText=True, bestEffort=True)
    except pycld2.error:
        return _Witness("", reliable=False)
    code = details[0][1].partition("-")[0]
    return _Witness(_RENAMED.get(code, code), bool(reliable) and code != "un")
