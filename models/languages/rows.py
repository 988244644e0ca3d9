"""The labelled sets as texts of a known language: what trains, and what is held out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.recipe.sources import SOURCES, Source
from models.recipe.texts import VALIDATION_PERCENT, percentile

LANGUAGES = ("en", "pl", "cs", "ru", "lv", "sk", "de", "fr", "es", "it", "pt")
"""The five that Harken promises, Slovak for its nearness to Czech, and those that lend rows."""
MOST_PER_SET = 9_000
"""Training rows of one set and language: no set's subject may stand for its language."""
MOST_MEASURED = 600


@dataclass(frozen=True, slots=True)
class Row:
    """``trained`` is false where nothing of the set was trained on."""

    set: str
    language: str
    text: str
    trained: bool


def training(folder: Path) -> Iterator[Row]:
    """Rows of the permitted sets; never one of a test or validation split."""
    for source in SOURCES:
        if source.permitted:
            yield from _capped(folder, source, MOST_PER_SET, held_out=False)


def held_out(folder: Path) -> Iterator[Row]:
    """Validation rows of every set; 10 % by the text's hash where it has no such split."""
    for source in SOURCES:
        yield from _capped(folder, source, MOST_MEASURED, held_out=True)


def _capped(folder: Path, source: Source, most: int, *, held_out: bool) -> Iterator[Row]:
    taken: dict[str, int] = {}
    # In the order of the texts' hashes: a fair share of the set, the same one every time.
    for row in sorted(_read(folder, source), key=lambda row: percentile(row.text[::-1])):
        of_validation = percentile(row.text) < VALIDATION_PERCENT
        if of_validation is held_out and taken.get(row.language, 0) < most:
            taken[row.language] = taken.get(row.language, 0) + 1
            yield row


def _read(folder: Path, source: Source) -> Iterator[Row]:
    path = folder / f"{source.path}.jsonl.gz"
    if not path.exists():
        return
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["split"] != "test" and row["lang"] in LANGUAGES:
                yield Row(source.path, row["lang"], row["text"], source.permitted)
