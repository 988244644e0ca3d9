"""From logits to a tone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.domain.tone import Emotion, Polarity
from services.sentiment.tone.readout import (
    PLAIN,
    SUBTITLE,
    Readout,
    nothing_read,
    sigmoid,
    softmax,
)

LOGITS = st.lists(st.floats(-500, 500), min_size=6, max_size=6)


def _document() -> dict[str, Any]:
    even = {"network": 0.5, "ngrams": 0.5, "bias": [0.0, 0.0, 0.0], "temperature": 1.0}
    flag = {"network": 1.0, "ngrams": 0.0, "bias": 0.0, "threshold": 0.5}
    return {
        "name": "test",
        "version": 3,
        "outputs": ["negative", "neutral", "positive", "joy", "offence", "refund"],
        "languages": ["en", "pl"],
        "reasons": ["refund"],
        "polarity": {"": even, "pl": {**even, "bias": [0.0, 9.0, 0.0]}},
        "flags": {
            "joy": {"": flag, "pl": {**flag, "threshold": 0.99}},
            "offence": {"": flag},
            "refund": {"": flag},
        },
    }


READOUT = Readout.of(_document())
GOOD = [-2.0, 0.0, 3.0, 2.0, -2.0, 2.0]
NOTHING = [0.0] * 6


def test_both_halves_count() -> None:
    one = READOUT.tone(GOOD, NOTHING, "en", known=True, urgency=0.0)
    both = READOUT.tone(GOOD, GOOD, "en", known=True, urgency=0.0)
    assert one.polarity is both.polarity is Polarity.POSITIVE
    assert both.certainty > one.certainty


def test_a_language_has_its_own_mix_and_cuts() -> None:
    general = READOUT.tone(GOOD, NOTHING, "", known=True, urgency=0.0)
    polish = READOUT.tone(GOOD, NOTHING, "pl", known=True, urgency=0.0)
    assert general.shown == (Emotion.JOY,)
    assert polish.shown == ()
    assert polish.polarity is Polarity.NEUTRAL


def test_emotions_are_cut_elsewhere_the_more_a_text_reads_like_a_subtitle() -> None:
    document = _document()
    document["flags"]["joy"][""]["subtitle_threshold"] = 0.9
    readout = Readout.of(document)
    joyful = [*GOOD[:3], 1.0, *GOOD[4:]]  # a chance of 0.73, over the plain cut of 0.5

    def shown(register: float) -> bool:
        tone = readout.tone(joyful, [*NOTHING, register], "en", known=True, urgency=0.0)
        return Emotion.JOY in tone.shown

    assert shown(-9.0), "no subtitle"
    assert not shown(9.0), "a subtitle"
    halfway = (PLAIN + SUBTITLE) / 2  # the cut is 0.7 there
    assert shown(halfway)
    assert not shown(halfway + 0.5)
    assert readout.tone(joyful, NOTHING, "en", known=True, urgency=0.0).shown == (Emotion.JOY,)


def test_an_unknown_language_is_less_certain() -> None:
    known = READOUT.tone(GOOD, GOOD, "", known=True, urgency=0.0)
    unknown = READOUT.tone(GOOD, GOOD, "", known=False, urgency=0.0)
    assert 1 / 3 < unknown.certainty < known.certainty
    assert not unknown.language_known


def test_only_reasons_over_their_cut_are_named() -> None:
    assert set(READOUT.tone(GOOD, NOTHING, "", known=True, urgency=0.0).reasons) == {"refund"}
    bad = [-value for value in GOOD]
    assert READOUT.tone(bad, NOTHING, "", known=True, urgency=0.0).reasons == {}


def test_name_and_urgency_are_carried() -> None:
    tone = READOUT.tone(GOOD, NOTHING, "", known=True, urgency=0.4)
    assert (tone.model, tone.urgency) == ("test@3", 0.4)


@given(LOGITS, LOGITS)
def test_any_logits_give_probabilities(network: list[float], ngrams: list[float]) -> None:
    tone = READOUT.tone(network, ngrams, "", known=True, urgency=0.0)
    assert sum(tone.polarities.values()) == pytest.approx(1.0)
    assert all(0 <= value <= 1 for value in tone.emotions.values())
    assert tone.certainty == max(tone.polarities.values())


@given(st.floats(-1e6, 1e6))
def test_the_sigmoid_never_overflows(value: float) -> None:
    assert sigmoid(value) == pytest.approx(softmax([value, 0.0])[0])


def test_nothing_read_is_at_chance() -> None:
    tone = nothing_read("m@1")
    assert tone.polarity is Polarity.NEUTRAL
    assert sum(tone.polarities.values()) == pytest.approx(1.0)
    assert tone.certainty == 0.0
