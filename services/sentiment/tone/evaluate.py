"""Measure a tone model on labelled texts, and two models against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harken.domain.tone import Emotion, Polarity, Tone, ToneModel
from services.sentiment.tone.labelled import Labelled
from services.sentiment.tone.metrics import (
    Confusion,
    accuracy,
    calibration_error,
    confusion,
    f1,
    macro_f1,
    sign_test,
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured on ``texts`` texts. ``emotions`` holds F1 where emotions are labelled.

    Macro-F1 is over the polarities that occur among the true labels; ``calibration_error`` is of
    the certainty, in 15 bins.
    """

    texts: int
    accuracy: float
    macro_f1: float
    calibration_error: float
    confusion: Confusion
    emotions: Mapping[Emotion, float]

    @property
    def emotion_macro_f1(self) -> float | None:
        return sum(self.emotions.values()) / len(self.emotions) if self.emotions else None


@dataclass(frozen=True, slots=True)
class Report:
    """``languages`` splits ``overall`` by the language given with the texts."""

    model: str
    overall: Figures
    languages: Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same texts.

    ``chance`` is the probability that their accuracies differ so much by chance (McNemar, exact).
    """

    first: Report
    second: Report
    only_first_right: int
    only_second_right: int
    chance: float


def evaluate(model: ToneModel, rows: Sequence[Labelled]) -> Report:
    """Tag all rows and count. ValueError where there are no rows."""
    return _report(model.name, rows, _tag(model, rows))


def compare(first: ToneModel, second: ToneModel, rows: Sequence[Labelled]) -> Comparison:
    """Both models on the same rows. ValueError where there are no rows."""
    tones = _tag(first, rows), _tag(second, rows)
    right = [
        [tone.polarity is row.polarity for tone, row in zip(each, rows, strict=True)]
        for each in tones
    ]
    pairs = list(zip(*right, strict=True))
    only_first = pairs.count((True, False))
    only_second = pairs.count((False, True))
    return Comparison(
        _report(first.name, rows, tones[0]),
        _report(second.name, rows, tones[1]),
        only_first,
        only_second,
        sign_test(only_first, only_second),
    )


def figures(rows: Sequence[Labelled], tones: Sequence[Tone]) -> Figures:
    """The measures over texts and the tones they were given."""
    counts = confusion([row.polarity for row in rows], [tone.polarity for tone in tones])
    labels = [each for each in Polarity if any(row.polarity is each for row in rows)]
    right = [row.polarity is tone.polarity for row, tone in zip(rows, tones, strict=True)]
    return Figures(
        texts=len(rows),
        accuracy=accuracy(counts),
        macro_f1=macro_f1(counts, labels),
        calibration_error=calibration_error([tone.certainty for tone in tones], right),
        confusion=counts,
        emotions=_emotions(rows, tones),
    )


def render(report: Report) -> str:
    """The report as lines of text for a terminal."""
    lines = [f"{report.model}: {report.overall.texts} texts", _HEADER, _line("all", report.overall)]
    lines += [_line(name or "?", report.languages[name]) for name in sorted(report.languages)]
    lines.append("true \\ tagged " + "".join(f"{label:>10}" for label in Polarity))
    lines += [
        f"{wanted:<14}"
        + "".join(f"{report.overall.confusion.get((wanted, said), 0):>10}" for said in Polarity)
        for wanted in Polarity
    ]
    for emotion, score in report.overall.emotions.items():
        lines.append(f"{emotion:<14}F1 {score:.3f}")
    return "\n".join(lines)


def render_comparison(comparison: Comparison) -> str:
    """Both models' figures side by side and how sure the difference is."""
    first, second = comparison.first, comparison.second
    lines = [f"{'':<8}{first.model:>28}{second.model:>28}"]
    for name in ("", *sorted(first.languages)):
        one = first.languages[name] if name else first.overall
        two = second.languages[name] if name else second.overall
        lines.append(f"{name or 'all':<8}{one.macro_f1:>28.3f}{two.macro_f1:>28.3f}")
    lines.append(
        f"right alone: {comparison.only_first_right} and {comparison.only_second_right}; "
        f"by chance with probability {comparison.chance:.3f}"
    )
    return "\n".join(lines)


_HEADER = f"{'':<8}{'texts':>8}{'macro-F1':>10}{'accuracy':>10}{'ECE':>8}"


def _line(name: str, each: Figures) -> str:
    return (
        f"{name:<8}{each.texts:>8}{each.macro_f1:>10.3f}{each.accuracy:>10.3f}"
        f"{each.calibration_error:>8.3f}"
    )


def _tag(model: ToneModel, rows: Sequence[Labelled]) -> list[Tone]:
    if not rows:
        raise ValueError("there are no labelled texts to measure on")
    return model.tag([row.question for row in rows])


def _report(model: str, rows: Sequence[Labelled], tones: Sequence[Tone]) -> Report:
    names = sorted({row.language for row in rows})
    split = {
        name: [index for index, row in enumerate(rows) if row.language == name] for name in names
    }
    return Report(
        model,
        figures(rows, tones),
        {
            name: figures([rows[i] for i in chosen], [tones[i] for i in chosen])
            for name, chosen in split.items()
        },
    )


def _emotions(rows: Sequence[Labelled], tones: Sequence[Tone]) -> dict[Emotion, float]:
    told = [
        (row.emotions, tone)
        for row, tone in zip(rows, tones, strict=True)
        if row.emotions is not None
    ]
    if not told:
        return {}
    return {
        emotion: f1(
            confusion(
                [str(emotion in shown) for shown, _ in told],
                [str(emotion in tone.shown) for _, tone in told],
            ),
            str(True),
        )
        for emotion in Emotion
    }
