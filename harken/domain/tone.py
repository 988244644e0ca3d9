"""Tone: how one mention sounds, with an honest certainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol


class Polarity(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Emotion(StrEnum):
    """Ekman's six basic emotions; a text may show several or none."""

    ANGER = "anger"
    DISGUST = "disgust"
    FEAR = "fear"
    JOY = "joy"
    SADNESS = "sadness"
    SURPRISE = "surprise"


@dataclass(frozen=True, slots=True)
class Tone:
    """What a tone model says of one text.

    ``polarities`` are calibrated probabilities that sum to 1. ``emotions`` are independent
    probabilities in [0, 1]. ``shown`` are the emotions over their own thresholds.
    ``certainty`` in [0, 1] is the calibrated probability that ``polarity`` is right; it is
    lowered where ``language_known`` is false. ``urgency`` and ``offence`` lie in [0, 1].
    ``reasons`` are contact reasons with their probability, possibly empty.
    """

    polarity: Polarity
    polarities: Mapping[Polarity, float]
    certainty: float
    emotions: Mapping[Emotion, float] = field(default_factory=lambda: MappingProxyType({}))
    shown: tuple[Emotion, ...] = ()
    urgency: float = 0.0
    offence: float = 0.0
    reasons: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    language_known: bool = True
    model: str = ""


@dataclass(frozen=True, slots=True)
class ToneText:
    """A text to tag. ``language`` is an ISO 639-1 code where it is known, else empty."""

    text: str
    language: str = ""


class ToneModel(Protocol):
    """Tags texts with their tone.

    ``tag`` answers every text, in order, whatever it holds (empty, huge, any script, lone
    surrogates): there is a defined answer for each and never an exception because of a text.
    A text's answer does not depend on its neighbours in the batch (to 1e-3), and equal input
    gives equal output. It is CPU-bound and synchronous: callers run it off the event loop.
    """

    @property
    def name(self) -> str:
        """Name and version, written into every tone, such as ``harken-tone-small@1``."""
        ...

    def tag(self, texts: Sequence[ToneText]) -> list[Tone]: ...
