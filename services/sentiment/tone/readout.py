"""From the two halves' logits to calibrated probabilities, as pure arithmetic.

Every output's logit is ``network * n + ngrams * g + bias``, with the mix per output group and
language; a language without its own mix takes the general one under the key "". Emotions were
labelled by different guidelines in film subtitles and elsewhere: ``register`` is added, and the cut
moves towards ``subtitle_threshold``, as far as a text reads like a subtitle, which the n-grams'
last column says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from harken.domain.tone import Emotion, Polarity, Tone

POLARITIES = tuple(Polarity)
NOTHING_READ = MappingProxyType(dict.fromkeys(Polarity, 1 / 3))
PLAIN, SUBTITLE = -3.5, -0.85
"""The register's logits up to which a text is no subtitle (3 %) and from which it is one (30 %)."""
UNKNOWN_LANGUAGE_FACTOR = 0.5
"""How much of the certainty over chance is believed in a language the model doesn't know."""


@dataclass(frozen=True, slots=True)
class PolarityMix:
    """Weights of both halves, a bias per polarity and the temperature."""

    network: float
    ngrams: float
    bias: tuple[float, float, float]
    temperature: float


@dataclass(frozen=True, slots=True)
class FlagMix:
    """Weights of both halves, biases, and the probability from which the flag is shown; in
    subtitles another one, where that is not 0."""

    network: float
    ngrams: float
    bias: float
    threshold: float
    register: float = 0.0
    subtitle_threshold: float = 0.0


@dataclass(frozen=True, slots=True)
class Readout:
    """``outputs`` names the columns of the logits: three polarities, then flags."""

    name: str
    outputs: tuple[str, ...]
    languages: frozenset[str]
    polarity: Mapping[str, PolarityMix]
    flags: Mapping[str, Mapping[str, FlagMix]]
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Readout:
        """The readout that a ``tone.json`` describes. KeyError or ValueError where it is wrong."""
        polarity = {
            language: PolarityMix(
                mix["network"], mix["ngrams"], _three(mix["bias"]), mix["temperature"]
            )
            for language, mix in document["polarity"].items()
        }
        flags = {
            name: {language: FlagMix(**mix) for language, mix in mixes.items()}
            for name, mixes in document["flags"].items()
        }
        return cls(
            name=f"{document['name']}@{document['version']}",
            outputs=tuple(document["outputs"]),
            languages=frozenset(document["languages"]),
            polarity=polarity,
            flags=flags,
            reasons=tuple(document["reasons"]),
        )

    def tone(
        self,
        network: Sequence[float],
        ngrams: Sequence[float],
        language: str,
        *,
        known: bool,
        urgency: float,
    ) -> Tone:
        """The tone of one text from its logits in the order of ``outputs``.

        ``ngrams`` may have one more: the logit of its being a subtitle.
        """
        mix = self.polarity.get(language) or self.polarity[""]
        shares = softmax(
            [
                (mix.network * network[i] + mix.ngrams * ngrams[i] + mix.bias[i]) / mix.temperature
                for i in range(len(POLARITIES))
            ]
        )
        polarities = dict(zip(POLARITIES, shares, strict=True))
        best = max(POLARITIES, key=polarities.__getitem__)
        chances = {
            name: self._flag(name, column, network, ngrams, language)
            for column, name in enumerate(self.outputs)
            if name in self.flags
        }
        emotions = {emotion: chances[emotion][0] for emotion in Emotion if emotion in chances}
        return Tone(
            polarity=best,
            polarities=MappingProxyType(polarities),
            certainty=certainty(polarities[best], known=known),
            emotions=MappingProxyType(emotions),
            shown=tuple(e for e in Emotion if e in chances and chances[e][0] >= chances[e][1]),
            urgency=urgency,
            offence=chances["offence"][0] if "offence" in chances else 0.0,
            reasons=MappingProxyType(
                {
                    name: chances[name][0]
                    for name in self.reasons
                    if name in chances and chances[name][0] >= chances[name][1]
                }
            ),
            language_known=known,
            model=self.name,
        )

    def _flag(
        self,
        name: str,
        column: int,
        network: Sequence[float],
        ngrams: Sequence[float],
        language: str,
    ) -> tuple[float, float]:
        """(probability, threshold) of one flag."""
        mixes = self.flags[name]
        mix = mixes.get(language) or mixes[""]
        logit = mix.network * network[column] + mix.ngrams * ngrams[column] + mix.bias
        cut = mix.threshold
        if len(ngrams) > len(self.outputs):
            register = ngrams[len(self.outputs)]
            logit += mix.register * sigmoid(register)
            if mix.subtitle_threshold:
                cut += subtitle_share(register) * (mix.subtitle_threshold - cut)
        return sigmoid(logit), cut


def subtitle_share(register: float) -> float:
    """How far a text is taken for a subtitle, 0 to 1, by the logit of its being one."""
    return min(1.0, max(0.0, (register - PLAIN) / (SUBTITLE - PLAIN)))


def nothing_read(model: str, *, urgency: float = 0.0) -> Tone:
    """The answer for a text in which there is nothing to read: neutral, at chance."""
    return Tone(
        polarity=Polarity.NEUTRAL,
        polarities=NOTHING_READ,
        certainty=0.0,
        urgency=urgency,
        language_known=False,
        model=model,
    )


def certainty(probability: float, *, known: bool) -> float:
    """The probability itself in a known language, else drawn towards chance (1/3)."""
    if known:
        return probability
    return 1 / 3 + (probability - 1 / 3) * UNKNOWN_LANGUAGE_FACTOR


def softmax(logits: Sequence[float]) -> list[float]:
    top = max(logits)
    weights = [math.exp(value - top) for value in logits]
    total = sum(weights)
    return [value / total for value in weights]


def sigmoid(logit: float) -> float:
    if logit >= 0:
        return 1 / (1 + math.exp(-logit))
    return math.exp(logit) / (1 + math.exp(logit))


def _three(values: Sequence[float]) -> tuple[float, float, float]:
    negative, neutral, positive = values
    return negative, neutral, positive
