"""A tone model that costs nothing, for what is not about tone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harken.domain.tone import Polarity, Tone, ToneText

_SHARES: Mapping[Polarity, float] = {
    Polarity.NEGATIVE: 0.8,
    Polarity.NEUTRAL: 0.15,
    Polarity.POSITIVE: 0.05,
}
_NOTHING: Mapping[Polarity, float] = {
    Polarity.NEGATIVE: 0.3,
    Polarity.NEUTRAL: 0.4,
    Polarity.POSITIVE: 0.3,
}


class NullTone:
    """Whatever can be read sounds negative, with a certainty of 0.8."""

    name = "null@1"

    def tag(self, texts: Sequence[ToneText]) -> list[Tone]:
        return [self._tone(text.text) for text in texts]

    def _tone(self, text: str) -> Tone:
        if any(letter.isprintable() and not letter.isspace() for letter in text):
            return Tone(Polarity.NEGATIVE, _SHARES, 0.8, model=self.name)
        return Tone(Polarity.NEUTRAL, _NOTHING, 0.0, model=self.name)
