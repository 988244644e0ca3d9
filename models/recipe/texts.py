"""Reading the data folder: every row once, with its split; no test row ever."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.recipe.sources import Reads, Source
from services.sentiment.tone.normalise import normalise

VALIDATION_PERCENT = 10
TUNING_PERCENT = 5


@dataclass(frozen=True, slots=True)
class Raw:
    """One row as it stands in a file, its text already normalised."""

    source: Source
    text: str
    language: str
    split: str
    fields: dict[str, Any]


def percentile(text: str) -> int:
    """0-99 by hash: the same text falls on the same side in every file."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") % 100


def split_of(row_split: str, text: str, has_validation: bool) -> str:
    """``train``, ``tune`` (mixing, temperatures, thresholds) or ``val`` (figures only)."""
    part = percentile(text)
    if row_split == "val" or (not has_validation and part < VALIDATION_PERCENT):
        return "val"
    return "tune" if part >= 100 - TUNING_PERCENT else "train"


def read(folder: Path, source: Source) -> Iterator[Raw]:
    """A source's rows; nothing where the file is absent. Rows of a test split are refused."""
    path = folder / f"{source.path}.jsonl.gz"
    if not path.exists():
        return
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows = [row for row in rows if row["split"] != "test"]
    has_validation = any(row["split"] == "val" for row in rows) or source.reads is Reads.NOTHING
    for row in rows:
        if source.languages and row["lang"] not in source.languages:
            continue
        text = normalise(row["text"])
        if text:
            split = split_of(row["split"], text, has_validation)
            yield Raw(source, text, row["lang"], split, row)
