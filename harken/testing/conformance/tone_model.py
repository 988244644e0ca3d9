"""What every ``ToneModel`` keeps to, whatever it is fed."""

from __future__ import annotations

import random

import pytest

from harken.domain.tone import Emotion, Polarity, Tone, ToneModel, ToneText

AWKWARD = (
    "",
    " \t\n ",
    "a",
    "\x00\x07\x1b[31m",
    "\ud83d",
    "\udc00 and \ud83d\ude21 and \ud83d",
    "🙂" * 3_000,
    "a" * 100_000,
    "word " * 20_000,
    "!" * 5_000,
    "@" * 2_000 + "x",
    "http://" + "a" * 5_000,
    "#" + "TagTag" * 500,
    "&amp;" * 2_000,
    "今日はとても良い天気です",
    "خدمة سيئة للغاية",
    "नमस्ते, यह अच्छा है",
    "e" + "\u0301" * 2_000,
    "\u202eright to left\u202c \ufeff\u200b",
    "[CLS] [SEP] [MASK] [PAD] [UNK]",
    "{} %s ${x} <b>&lt;/b> \\n",
)
"""Texts that have broken taggers."""

PLAIN = (
    ToneText("The parcel never came and nobody answers.", "en"),
    ToneText("Świetna obsługa, dziękuję!", "pl"),
    ToneText("Kdy máte v sobotu otevřeno?", "cs"),
    ToneText("Очень недовольна, приложение не работает", "ru"),
    ToneText("Lielisks serviss, paldies 😍", "lv"),
    ToneText("ok", ""),
    ToneText("C'est terrible, plus jamais", "fr"),
)


class ToneModelConformance:
    """Subclass it and give a ``model`` fixture."""

    @pytest.fixture
    def model(self) -> ToneModel:
        raise NotImplementedError

    def test_every_text_gets_a_tone_in_order(self, model: ToneModel) -> None:
        for tone, text in zip(model.tag(PLAIN), PLAIN, strict=True):
            assert_close(tone, model.tag([text])[0])

    def test_no_texts_get_no_tones(self, model: ToneModel) -> None:
        assert model.tag([]) == []

    @pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
    def test_any_text_has_a_defined_answer(self, model: ToneModel, text: str) -> None:
        for language in ("", "en", "ru", "xx", "pt-BR", "\ud800"):
            assert_sound(model, model.tag([ToneText(text, language)])[0])

    def test_neighbours_do_not_matter(self, model: ToneModel) -> None:
        crowd = [ToneText(text, "en") for text in AWKWARD] + list(PLAIN) * 3
        random.Random(7).shuffle(crowd)
        for tone, text in zip(model.tag(crowd), crowd, strict=True):
            assert_close(tone, model.tag([text])[0])

    def test_equal_input_gives_equal_output(self, model: ToneModel) -> None:
        assert model.tag(PLAIN) == model.tag(PLAIN)

    def test_the_name_is_written_into_every_tone(self, model: ToneModel) -> None:
        assert model.name
        assert {tone.model for tone in model.tag(PLAIN)} == {model.name}

    def test_nothing_to_read_is_neutral_without_certainty(self, model: ToneModel) -> None:
        for tone in model.tag([ToneText(""), ToneText("\x00 \u200b", "pl")]):
            assert tone.polarity is Polarity.NEUTRAL
            assert tone.certainty <= 1 / 3
            assert tone.shown == ()


def assert_sound(model: ToneModel, tone: Tone) -> None:
    """The promises of ``Tone`` hold."""
    assert set(tone.polarities) == set(Polarity)
    assert sum(tone.polarities.values()) == pytest.approx(1.0, abs=1e-6)
    assert tone.polarities[tone.polarity] == max(tone.polarities.values())
    shares = [*tone.polarities.values(), *tone.emotions.values(), *tone.reasons.values()]
    for share in (*shares, tone.certainty, tone.urgency, tone.offence):
        assert 0.0 <= share <= 1.0
    assert set(tone.shown) <= set(tone.emotions) <= set(Emotion)
    assert tone.model == model.name


def assert_close(one: Tone, other: Tone) -> None:
    """Equal to 1e-3, the port's promise."""
    assert one.polarities == pytest.approx(dict(other.polarities), abs=1e-3)
    assert one.emotions == pytest.approx(dict(other.emotions), abs=1e-3)
    assert one.certainty == pytest.approx(other.certainty, abs=1e-3)
    assert one.offence == pytest.approx(other.offence, abs=1e-3)
    assert one.urgency == other.urgency
    assert one.language_known == other.language_known
