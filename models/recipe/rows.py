"""The labelled rows of all sets, merged by text, and what of them may train."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.recipe import authored
from models.recipe.labels import Labels, labels_of
from models.recipe.sources import SOURCES, Reads, Source
from models.recipe.texts import Raw, read
from services.sentiment.tone.normalise import normalise

AUTHORED = Source("authored", Reads.POLARITY, "Apache-2.0 (this project)", share=0.6)
AUTHORED_WEIGHT = 0.6


@dataclass(slots=True)
class Row:
    """One text with all that any set says of it.

    ``origin`` is the set whose guideline gave the polarity (or the first set that holds the text);
    ``sets`` are the paths of all sets that hold it.
    """

    text: str
    language: str
    origin: Source
    split: str
    polarity: str | None = None
    polarity_weight: float = 0.0
    flags: dict[str, bool] = field(default_factory=dict)
    flag_weight: float = 1.0
    share: float = 1.0
    sets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Corpus:
    """``train`` and ``tune`` hold permitted rows only; ``held`` every set's validation rows."""

    train: list[Row]
    tune: list[Row]
    held: dict[str, list[Row]]
    unlabelled: list[tuple[str, str]]


def load(folder: Path, *, everything: bool, seed: int) -> Corpus:
    """All rows of the data folder. ``everything`` also trains on sources that forbid commerce."""
    raws = {source: list(read(folder, source)) for source in SOURCES}
    held: dict[str, list[Row]] = {}
    kept_out: set[str] = set()
    for source, rows in raws.items():
        validation = [_row(raw) for raw in rows if raw.split == "val"]
        if validation:
            held[source.path] = validation
            kept_out.update(row.text for row in validation)
    permitted = [source for source in SOURCES if source.permitted or everything]
    merged = _merge(raw for source in permitted for raw in raws[source] if raw.text not in kept_out)
    labelled = [row for row in merged if row.polarity is not None or row.flags]
    labelled.extend(_authored(said) for said in authored.sentences(seed))
    return Corpus(
        train=[row for row in labelled if row.split == "train"],
        tune=[row for row in labelled if row.split == "tune"],
        held=held,
        unlabelled=[(row.text, row.language) for row in merged],
    )


def _row(raw: Raw) -> Row:
    labels: Labels = labels_of(raw.source, raw.fields)
    return Row(
        raw.text,
        raw.language,
        raw.source,
        raw.split,
        labels.polarity,
        labels.polarity_weight * raw.source.weight,
        dict(labels.flags),
        raw.source.weight,
        raw.source.share,
        frozenset({raw.source.path}),
    )


def _authored(said: authored.Sentence) -> Row:
    return Row(
        normalise(said.text),
        said.language,
        AUTHORED,
        "train",
        said.polarity,
        AUTHORED_WEIGHT,
        share=AUTHORED.share,
    )


def _merge(raws: Iterable[Raw]) -> list[Row]:
    """One row per text; the surer polarity wins, flags are joined, the tuning side wins."""
    rows: dict[str, Row] = {}
    for raw in raws:
        new = _row(raw)
        old = rows.setdefault(new.text, new)
        if old is new:
            continue
        if new.polarity is not None and new.polarity_weight > old.polarity_weight:
            old.polarity, old.polarity_weight = new.polarity, new.polarity_weight
            old.origin = new.origin
        old.flags = {**new.flags, **old.flags}
        old.share = max(old.share, new.share)
        old.sets |= new.sets
        if new.split == "tune":
            old.split = "tune"
    return list(rows.values())


def said_by_people(source: Source) -> bool:
    """Whether the set's polarity is a label of its own, not read off something else."""
    return source.reads is Reads.POLARITY and source.path != AUTHORED.path


def origins(rows: Sequence[Row]) -> list[Source]:
    """The sets that gave rows, in a stable order."""
    return sorted({row.origin for row in rows}, key=lambda source: source.path)
