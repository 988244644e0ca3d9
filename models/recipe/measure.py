"""The shipped model's figures on every validation set, beside the linear floors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from harken.domain.tone import Emotion, Tone
from models.recipe import floor
from models.recipe.artefact import score
from models.recipe.calibrate import Scored
from models.recipe.exact import logits
from models.recipe.labels import EMOTIONS, POLARITIES
from models.recipe.network import ToneNetwork
from models.recipe.rows import Corpus, Row
from models.recipe.sources import SOURCES, Reads, Source
from services.sentiment.tone.bundled import BundledTone
from services.sentiment.tone.metrics import (
    accuracy,
    calibration_error,
    confusion,
    f1,
    macro_f1,
)


@dataclass(frozen=True, slots=True)
class SetFigures:
    """One validation set. ``macro_f1`` is of free answers among all three polarities;
    ``within`` of answers among the set's own labels, where these are fewer."""

    path: str
    language: str
    texts: int
    macro_f1: float
    within: float
    floor: float
    network_alone: float
    ngrams_alone: float
    accuracy: float
    calibration_error: float
    trains: bool
    confusion: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EmotionFigures:
    path: str
    language: str
    texts: int
    macro_f1: float
    floor: float
    each: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlagFigures:
    path: str
    flag: str
    texts: int
    f1: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Int8Figures:
    """Macro-F1 of a set with the network in float32 and as shipped."""

    path: str
    language: str
    reads: str
    texts: int
    exact: float
    shipped: float


@dataclass(frozen=True, slots=True)
class Figures:
    polarity: list[SetFigures]
    emotions: list[EmotionFigures]
    flags: list[FlagFigures]
    calibration: Mapping[str, float]
    int8: list[Int8Figures]

    def save(self, path: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")


def tones_of(model: BundledTone, scored: Scored) -> list[Tone]:
    """What the readout says of each row, its language given."""
    return [
        model.readout.tone(network, ngrams, row.language, known=True, urgency=0.0)
        for row, network, ngrams in zip(
            scored.rows, scored.network.tolist(), scored.ngrams.tolist(), strict=True
        )
    ]


def measure(model: BundledTone, corpus: Corpus, floors: Mapping[str, float]) -> Figures:
    """All validation sets of ``corpus``; a set without a floor is given 0."""
    figures = Figures([], [], [], {}, [])
    pairs: dict[str, list[tuple[float, bool]]] = {}
    for source in SOURCES:
        rows = corpus.held.get(source.path, [])
        if not rows:
            continue
        scored = score(model, rows)
        tones = tones_of(model, scored)
        bar = floors.get(source.path, 0.0)
        match source.reads:
            case Reads.POLARITY:
                figures.polarity.append(_polarity(source, scored, tones, bar))
                for row, tone in zip(rows, tones, strict=True):
                    pairs.setdefault(row.language, []).append(
                        (tone.certainty, tone.polarity.value == row.polarity)
                    )
            case Reads.EMOTION:
                figures.emotions.append(_emotions(source, rows, tones, bar))
        figures.flags.extend(_flags(source, model, rows, tones))
    calibration = {
        language: calibration_error([c for c, _ in each], [hit for _, hit in each])
        for language, each in sorted(pairs.items())
    }
    return replace(figures, calibration=calibration)


def int8_cost(model: BundledTone, network: ToneNetwork, corpus: Corpus) -> list[Int8Figures]:
    """Per polarity and emotion set: what the network loses by being exported to integers.

    The n-grams, the mix and the cuts are the shipped ones both times.
    """
    compared = []
    for source in SOURCES:
        rows = corpus.held.get(source.path, [])
        if not rows or source.reads not in {Reads.POLARITY, Reads.EMOTION}:
            continue
        shipped = score(model, rows)
        exact = Scored(
            rows,
            logits(network, model.tokenizer, [row.text for row in rows]),
            shipped.ngrams,
        )
        found = [
            _polarity(source, each, tones_of(model, each), 0.0).within
            if source.reads is Reads.POLARITY
            else _emotions(source, rows, tones_of(model, each), 0.0).macro_f1
            for each in (exact, shipped)
        ]
        languages = "/".join(sorted({row.language for row in rows}))
        compared.append(Int8Figures(source.path, languages, source.reads.value, len(rows), *found))
    return compared


def _polarity(source: Source, scored: Scored, tones: Sequence[Tone], bar: float) -> SetFigures:
    truth = [str(row.polarity) for row in scored.rows]
    labels = [name for name in POLARITIES if name in set(truth)]
    free = confusion(truth, [tone.polarity.value for tone in tones])
    inside = [max(labels, key=lambda name, tone=tone: tone.polarities[name]) for tone in tones]  # type: ignore[misc]
    return SetFigures(
        path=source.path,
        language="/".join(sorted({row.language for row in scored.rows})),
        texts=len(tones),
        macro_f1=macro_f1(free, labels),
        within=macro_f1(confusion(truth, inside), labels),
        floor=bar,
        network_alone=_half(truth, scored.network, labels),
        ngrams_alone=_half(truth, scored.ngrams, labels),
        accuracy=accuracy(free),
        calibration_error=calibration_error(
            [tone.certainty for tone in tones],
            [tone.polarity.value == each for tone, each in zip(tones, truth, strict=True)],
        ),
        trains=source.permitted,
        confusion={f"{wanted} as {said}": count for (wanted, said), count in sorted(free.items())},
    )


def _half(truth: Sequence[str], logits: npt.NDArray[np.float64], labels: Sequence[str]) -> float:
    """Macro-F1 of one half on its own, among the set's labels, without any bias."""
    columns = [POLARITIES.index(name) for name in labels]
    best = logits[:, columns].argmax(axis=1)
    return macro_f1(confusion(truth, [labels[index] for index in best]), labels)


def _emotions(
    source: Source, rows: Sequence[Row], tones: Sequence[Tone], bar: float
) -> EmotionFigures:
    each = {}
    for name in EMOTIONS:
        told = [(row, tone) for row, tone in zip(rows, tones, strict=True) if name in row.flags]
        if any(row.flags[name] for row, _ in told):
            counts = confusion(
                [str(row.flags[name]) for row, _ in told],
                [str(Emotion(name) in tone.shown) for _, tone in told],
            )
            each[name] = f1(counts, "True")
    return EmotionFigures(
        source.path,
        rows[0].language,
        len(rows),
        sum(each.values()) / max(1, len(each)),
        bar,
        each,
    )


def _flags(
    source: Source, model: BundledTone, rows: Sequence[Row], tones: Sequence[Tone]
) -> Iterable[FlagFigures]:
    """Offence, irony and contact reasons, at the cut of the readout."""
    for name in model.readout.flags:
        if name in EMOTIONS or name == "irony":
            continue
        told = [(row, tone) for row, tone in zip(rows, tones, strict=True) if name in row.flags]
        if not any(row.flags[name] for row, _ in told):
            continue
        mixes = model.readout.flags[name]
        cut = mixes.get(rows[0].language, mixes[""]).threshold
        said = [
            tone.offence >= cut if name == "offence" else name in tone.reasons for _, tone in told
        ]
        truth = [row.flags[name] for row, _ in told]
        hits = sum(a and b for a, b in zip(said, truth, strict=True))
        precision, recall = hits / max(1, sum(said)), hits / max(1, sum(truth))
        yield FlagFigures(
            source.path,
            name,
            len(told),
            2 * precision * recall / max(1e-9, precision + recall),
            precision,
            recall,
        )


def floors(corpus: Corpus, path: Path) -> dict[str, float]:
    """The floors of all polarity and emotion sets, kept in ``path`` as they are computed."""
    known: dict[str, float] = json.loads(path.read_text()) if path.exists() else {}
    training = [*corpus.train, *corpus.tune]
    for source in SOURCES:
        held = corpus.held.get(source.path, [])
        if not held or source.path in known:
            continue
        languages = {row.language for row in held}
        if source.reads is Reads.POLARITY:
            own = [
                row
                for row in training
                if source.path in row.sets
                or (not source.permitted and row.language in languages and row.polarity_weight == 1)
            ]
            known[source.path] = floor.polarity_floor(own, held)
        elif source.reads is Reads.EMOTION:
            own = [row for row in training if source.path in row.sets]
            known[source.path] = floor.emotion_floor(own, held)
        else:
            continue
        print(f"floor {source.path} {known[source.path]:.3f} of {len(own)} rows", flush=True)
        path.write_text(json.dumps(known, indent=1), encoding="utf-8")
    return known
