"""What a foreign checkpoint's label names mean, as polarities and emotions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harken.domain.tone import Emotion, Polarity

Meaning = TypeVar("Meaning", Polarity, Emotion)

_POLARITIES: Mapping[str, Polarity] = {
    "negative": Polarity.NEGATIVE,
    "neg": Polarity.NEGATIVE,
    "very negative": Polarity.NEGATIVE,
    "neutral": Polarity.NEUTRAL,
    "neu": Polarity.NEUTRAL,
    "mixed": Polarity.NEUTRAL,
    "none": Polarity.NEUTRAL,
    "positive": Polarity.POSITIVE,
    "pos": Polarity.POSITIVE,
    "very positive": Polarity.POSITIVE,
}
_EMOTIONS: Mapping[str, Emotion] = {
    **{emotion.value: emotion for emotion in Emotion},
    "angry": Emotion.ANGER,
    "annoyance": Emotion.ANGER,
    "happy": Emotion.JOY,
    "happiness": Emotion.JOY,
    "love": Emotion.JOY,
    "gratitude": Emotion.JOY,
    "sad": Emotion.SADNESS,
    "disappointment": Emotion.SADNESS,
    "scared": Emotion.FEAR,
}
_POLARITY_OF_EMOTION: Mapping[Emotion, Polarity] = {
    Emotion.ANGER: Polarity.NEGATIVE,
    Emotion.DISGUST: Polarity.NEGATIVE,
    Emotion.FEAR: Polarity.NEGATIVE,
    Emotion.SADNESS: Polarity.NEGATIVE,
    Emotion.SURPRISE: Polarity.NEUTRAL,
    Emotion.JOY: Polarity.POSITIVE,
}
_STARS = re.compile(r"^([1-5]) stars?$")
_UNNAMED = re.compile(r"^label \d+$")


class UnknownLabelsError(ValueError):
    """Labels that say neither a polarity nor an emotion."""


@dataclass(frozen=True, slots=True)
class LabelMap:
    """The meaning of every output. ``independent`` outputs are sigmoids, others one softmax."""

    polarity: tuple[Polarity | None, ...]
    emotion: tuple[Emotion | None, ...]
    independent: bool

    def polarities(self, shares: Sequence[float]) -> dict[Polarity, float]:
        """Probabilities that sum to 1; a polarity that no label says has 0."""
        sums = _sums(Polarity, self.polarity, shares)
        total = sum(sums.values())
        if total <= 0:
            return dict.fromkeys(Polarity, 1 / 3)
        return {polarity: sums[polarity] / total for polarity in Polarity}

    def emotions(self, shares: Sequence[float]) -> dict[Emotion, float]:
        """Only the emotions that a label says."""
        sums = _sums(Emotion, self.emotion, shares)
        return {emotion: min(1.0, sums[emotion]) for emotion in Emotion if emotion in self.emotion}


def label_map(names: Sequence[str], *, independent: bool) -> LabelMap:
    """The map of a config's ``id2label`` values, in order.

    Understood are polarity words, one to five stars, emotion words (which also give the polarity
    where no label says one), and three nameless labels as negative, neutral, positive. Labels that
    mean nothing here are ignored, but UnknownLabelsError is raised where all are.
    """
    plain = [re.sub(r"[_\-\s]+", " ", name).strip().lower() for name in names]
    if len(plain) == len(Polarity) and all(_UNNAMED.match(name) for name in plain):
        return LabelMap(tuple(Polarity), (None,) * len(plain), independent)
    polarity = tuple(_polarity(name) for name in plain)
    emotion = tuple(_EMOTIONS.get(name) for name in plain)
    if not any(each and name != "neutral" for each, name in zip(polarity, plain, strict=True)):
        polarity = tuple(
            said or (_POLARITY_OF_EMOTION[shown] if shown else None)
            for said, shown in zip(polarity, emotion, strict=True)
        )
    if len({each for each in polarity if each}) < 2:
        raise UnknownLabelsError(
            f"its labels {', '.join(names)} say no polarity; name them negative, neutral and "
            "positive in config.json's id2label"
        )
    return LabelMap(polarity, emotion, independent)


def _polarity(name: str) -> Polarity | None:
    stars = _STARS.match(name)
    if stars is None:
        return _POLARITIES.get(name)
    number = int(stars.group(1))
    if number == 3:
        return Polarity.NEUTRAL
    return Polarity.NEGATIVE if number < 3 else Polarity.POSITIVE


def _sums(
    kind: type[Meaning], meanings: Sequence[Meaning | None], shares: Sequence[float]
) -> dict[Meaning, float]:
    sums = dict.fromkeys(kind, 0.0)
    for meaning, share in zip(meanings, shares, strict=True):
        if meaning is not None:
            sums[meaning] += share
    return sums
