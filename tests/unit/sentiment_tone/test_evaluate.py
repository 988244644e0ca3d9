"""Measuring and comparing models on a user's own labelled texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.domain.tone import Emotion, Polarity, Tone, ToneText
from services.sentiment.tone.evaluate import compare, evaluate, render, render_comparison
from services.sentiment.tone.labelled import (
    Labelled,
    LabelledDataError,
    lines_of,
    read_labelled,
    write_labelled,
)

ROWS = [
    Labelled("bad", Polarity.NEGATIVE, "en", frozenset({Emotion.ANGER})),
    Labelled("plain", Polarity.NEUTRAL, "en", frozenset()),
    Labelled("good", Polarity.POSITIVE, "pl"),
    Labelled("fine", Polarity.POSITIVE, "pl"),
]


class _Always:
    """A model with one answer."""

    def __init__(self, polarity: Polarity) -> None:
        self.name = f"always-{polarity}@1"
        self._polarity = polarity

    def tag(self, texts: Sequence[ToneText]) -> list[Tone]:
        shares = {each: 0.8 if each is self._polarity else 0.1 for each in Polarity}
        tone = Tone(
            self._polarity,
            MappingProxyType(shares),
            0.8,
            shown=(Emotion.ANGER,),
            model=self.name,
        )
        return [tone] * len(texts)


def test_figures_are_split_by_language() -> None:
    report = evaluate(_Always(Polarity.POSITIVE), ROWS)
    assert report.overall.accuracy == 0.5
    assert report.languages["pl"].macro_f1 == 1.0
    assert report.languages["en"].macro_f1 == 0.0
    assert report.overall.confusion[Polarity.NEGATIVE, Polarity.POSITIVE] == 1
    assert report.overall.calibration_error == pytest.approx(0.3)


def test_emotions_are_measured_where_they_are_labelled() -> None:
    report = evaluate(_Always(Polarity.POSITIVE), ROWS)
    assert report.overall.emotions[Emotion.ANGER] == pytest.approx(2 / 3)
    assert report.languages["pl"].emotions == {}
    assert report.languages["pl"].emotion_macro_f1 is None


def test_two_models_are_compared_on_the_texts_that_one_gets_right() -> None:
    found = compare(_Always(Polarity.POSITIVE), _Always(Polarity.NEGATIVE), ROWS)
    assert (found.only_first_right, found.only_second_right) == (2, 1)
    assert found.chance == 1.0
    text = render_comparison(found)
    assert "always-positive@1" in text
    assert "always-negative@1" in text


def test_a_report_can_be_read() -> None:
    text = render(evaluate(_Always(Polarity.POSITIVE), ROWS))
    assert "4 texts" in text
    assert "anger" in text


def test_there_must_be_texts() -> None:
    with pytest.raises(ValueError, match="no labelled texts"):
        evaluate(_Always(Polarity.POSITIVE), [])


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_rows_survive_a_file(tmp_path: Path, name: str) -> None:
    write_labelled(tmp_path / name, ROWS)
    assert read_labelled(tmp_path / name) == ROWS


@given(st.text(st.characters(codec=None)), st.sampled_from(Polarity))
def test_any_text_can_be_written_as_a_line(text: str, polarity: Polarity) -> None:
    (line,) = lines_of([Labelled(text, polarity)])
    line.encode("utf-8")
    assert "\n" not in line


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        "{}",
        '{"text": "a"}',
        '{"text": "a", "label": "great"}',
        '{"text": "a", "label": "positive", "emotions": ["glee"]}',
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "a", "label": "positive"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(LabelledDataError, match="line 2"):
        read_labelled(path)
