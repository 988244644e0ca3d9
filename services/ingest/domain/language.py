"""In which language a mention is, from what is known: its text, its network's word, its author.

What the text itself shows comes first. A network's word is evidence, no more: people set it once
for all that they write. Independent opinions that agree make each other surer; of two that differ
the surer wins, less sure (both as in Bayes' rule for two exclusive answers).
"""

from __future__ import annotations

from dataclasses import dataclass

BELIEVED = 0.9
"""Whoever tells a language with this certainty knows it: a client of the API, not a default."""
SURE = 0.8
"""From here on a mention's language says something about its author."""
LENT = 0.7
"""The most that an author's usual language can give a text that shows none by itself."""
_FADING = 0.9
_CHANGING = 0.8
_LEAST, _MOST = 0.01, 0.999


@dataclass(frozen=True, slots=True)
class Guess:
    """A language (ISO 639; "" where none is known) and the probability that it is the one."""

    language: str = ""
    certainty: float = 0.0

    @property
    def sure(self) -> bool:
        return bool(self.language) and self.certainty >= SURE


UNKNOWN = Guess()


def settle(shown: Guess, told: Guess, usual: Guess) -> Guess:
    """``shown`` by the text, ``told`` by who sent it, ``usual`` for its author."""
    if told.language and told.certainty >= BELIEVED:
        return told
    seen = agreed(shown, told)
    if seen.sure or not usual.language:
        return seen
    if seen.language == usual.language:
        return agreed(seen, usual)
    lent = Guess(usual.language, min(usual.certainty * _FADING, LENT))
    return lent if lent.certainty >= seen.certainty else seen


def agreed(one: Guess, other: Guess) -> Guess:
    """What two independent opinions come to. One that knows nothing changes nothing."""
    if not one.language or not other.language:
        return one if one.language else other
    p, q = _within(one.certainty), _within(other.certainty)
    if one.language == other.language:
        return Guess(one.language, p * q / (p * q + (1 - p) * (1 - q)))
    neither = (1 - p) * (1 - q)
    if p >= q:
        return Guess(one.language, p * (1 - q) / (p * (1 - q) + q * (1 - p) + neither))
    return Guess(other.language, q * (1 - p) / (p * (1 - q) + q * (1 - p) + neither))


def used(usual: Guess, shown: Guess) -> Guess:
    """An author's usual language after a text that surely shows one: the newest counts."""
    if usual.language and usual.language != shown.language:
        return Guess(shown.language, shown.certainty * _CHANGING)
    return agreed(usual, shown)


def _within(certainty: float) -> float:
    return min(max(certainty, _LEAST), _MOST)
