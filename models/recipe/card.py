"""The model card, generated from what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from models.recipe.behaviour import Outcome, pass_rates
from models.recipe.labels import POLARITIES
from models.recipe.measure import Figures, Int8Figures, SetFigures
from models.recipe.sources import LANGUAGES, SOURCES, Reads

TEMPLATE = Path(__file__).with_name("card.md")
VERSION_NOTE = Path(__file__).with_name("version.md")
"""How the committed version came to be, where that differs from the recipe's defaults."""


def render(figures: Figures, outcomes: Sequence[Outcome], folder: Path, *, everything: bool) -> str:
    """The whole card as Markdown."""
    size = sum(path.stat().st_size for path in folder.iterdir() if path.suffix != ".md")
    return TEMPLATE.read_text(encoding="utf-8").format(
        name=folder.name,
        size=f"{size / 1e6:.1f}",
        version=VERSION_NOTE.read_text(encoding="utf-8").strip() if not everything else "",
        averages=_table(
            ("language", "model", "linear floor", "difference"), averages(figures.polarity)
        ),
        polarity=_table(
            (
                "set",
                "texts",
                "macro-F1",
                "within its labels",
                "linear floor",
                "network alone",
                "n-grams alone",
                "accuracy",
                "ECE",
            ),
            (_polarity_row(each, everything=everything) for each in figures.polarity),
        ),
        emotions=_table(
            ("set", "texts", "macro-F1", "floor", "each"),
            (
                (
                    each.path,
                    str(each.texts),
                    _number(each.macro_f1),
                    _number(each.floor),
                    ", ".join(f"{name} {_number(value)}" for name, value in each.each.items()),
                )
                for each in figures.emotions
            ),
        ),
        flags=_table(
            ("set", "flag", "texts", "F1", "precision", "recall"),
            (
                (
                    each.path,
                    each.flag,
                    str(each.texts),
                    _number(each.f1),
                    _number(each.precision),
                    _number(each.recall),
                )
                for each in figures.flags
            ),
        ),
        calibration=_table(
            ("language", "ECE"),
            ((name, _number(value)) for name, value in figures.calibration.items()),
        ),
        int8=_int8(figures.int8),
        confusion="\n\n".join(_confusions(figures.polarity)),
        behaviour=_behaviour(outcomes),
        failures="\n".join(_failure(outcome) for outcome in outcomes if not outcome.passed),
        sources=_table(
            ("set", "says", "licence", "use"),
            (
                (
                    source.path,
                    source.reads.value if source.reads is not Reads.NOTHING else "text only",
                    source.licence,
                    "trains" if source.permitted or everything else "evaluates only",
                )
                for source in SOURCES
            ),
        ),
    )


def averages(sets: Sequence[SetFigures]) -> list[tuple[str, str, str, str]]:
    """Per language of Harken's: the mean over its sets, the floor's, and the difference.

    Every set counts by its own labels, as its floor does.
    """
    rows = []
    gains = []
    for language in LANGUAGES:
        own = [each for each in sets if each.language == language]
        if own:
            ours = sum(each.within for each in own) / len(own)
            bar = sum(each.floor for each in own) / len(own)
            gains.append(ours - bar)
            rows.append((language, _number(ours), _number(bar), f"{ours - bar:+.3f}"))
    if gains:
        rows.append(("mean", "", "", f"{sum(gains) / len(gains):+.3f}"))
    return rows


def summary(figures: Figures, outcomes: Sequence[Outcome]) -> str:
    """What the command prints."""
    lines = [
        f"{each.path:<34}{each.texts:>6} macro-F1 {each.macro_f1:.3f} within {each.within:.3f} "
        f"floor {each.floor:.3f} (network {each.network_alone:.3f}, n-grams "
        f"{each.ngrams_alone:.3f}) ECE {each.calibration_error:.3f}"
        for each in figures.polarity
    ]
    lines += ["  ".join(row) for row in averages(figures.polarity)]
    lines += [
        f"{each.path:<34}{each.texts:>6} macro-F1 {each.macro_f1:.3f} floor {each.floor:.3f}"
        for each in figures.emotions
    ]
    lines += [
        f"{each.path:<34}{each.texts:>6} {each.flag} F1 {each.f1:.3f}" for each in figures.flags
    ]
    lines += [f"ECE {name} {value:.3f}" for name, value in figures.calibration.items()]
    passed = sum(outcome.passed for outcome in outcomes)
    lines.append(f"behaviour {passed} of {len(outcomes)}")
    return "\n".join(lines)


def _failure(outcome: Outcome) -> str:
    case, tone = outcome.case, outcome.tone
    return (
        f"- {case.language}, {case.capability}: “{case.text}”: wanted {case.expectation}, "
        f"is {tone.polarity} ({tone.certainty:.2f}), urgency {tone.urgency:.2f}"
    )


def _polarity_row(each: SetFigures, *, everything: bool) -> tuple[str, ...]:
    mark = "" if each.trains or everything else " (never trained on)"
    return (
        each.path + mark,
        str(each.texts),
        _number(each.macro_f1),
        _number(each.within),
        _number(each.floor),
        _number(each.network_alone),
        _number(each.ngrams_alone),
        _number(each.accuracy),
        _number(each.calibration_error),
    )


def _int8(compared: Sequence[Int8Figures]) -> str:
    """Means over each language's sets, float32 beside int8."""
    if not compared:
        return "Not measured: the float weights of this version weren't at hand."
    rows = []
    for language in sorted({each.language for each in compared}):
        for reads in ("polarity", "emotion"):
            own = [e for e in compared if (e.language, e.reads) == (language, reads)]
            if own:
                exact = sum(each.exact for each in own) / len(own)
                shipped = sum(each.shipped for each in own) / len(own)
                texts = str(sum(each.texts for each in own))
                rows.append(
                    (
                        *(language, reads, texts),
                        *(_number(exact), _number(shipped), f"{shipped - exact:+.3f}"),
                    )
                )
    return _table(("language", "head", "texts", "float32", "int8", "difference"), rows)


def _confusions(sets: Sequence[SetFigures]) -> Iterable[str]:
    """One table per language, summed over its sets."""
    for language in LANGUAGES:
        own = [each for each in sets if each.language == language]
        rows = [
            (
                wanted,
                *(
                    str(sum(each.confusion.get(f"{wanted} as {said}", 0) for each in own))
                    for said in POLARITIES
                ),
            )
            for wanted in POLARITIES
        ]
        yield _table((f"{language}: true \\ tagged", *POLARITIES), rows)


def _behaviour(outcomes: Sequence[Outcome]) -> str:
    rates = pass_rates(outcomes)
    names = list(dict.fromkeys(capability for capability, _ in rates))
    languages = [language for language in LANGUAGES if any(key[1] == language for key in rates)]
    rows = []
    for name in names:
        cells = [rates.get((name, language), (0, 0)) for language in languages]
        passed, asked = sum(cell[0] for cell in cells), sum(cell[1] for cell in cells)
        rows.append((name, *(f"{a}/{b}" for a, b in cells), f"{passed / max(1, asked):.0%}"))
    return _table(("capability", *languages, "passed"), rows)


def _number(value: float) -> str:
    return f"{value:.3f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
