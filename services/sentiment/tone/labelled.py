"""Labelled texts: JSON Lines, one object per line, plain or gzipped.

``text`` and ``label`` (negative, neutral, positive) are required, ``lang`` (ISO 639-1) is wanted;
``emotions`` is a list of shown emotions, its absence means unknown. Agents' corrections are
exported in the same format, so they can be measured on and trained on.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from harken.domain.tone import Emotion, Polarity, ToneText

SHOWN = 80
"""Characters of a line that can't be read, in the message."""


class LabelledDataError(ValueError):
    """A file that isn't labelled data; the message names the line."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text with the answers that people gave."""

    text: str
    polarity: Polarity
    language: str = ""
    emotions: frozenset[Emotion] | None = None

    @property
    def question(self) -> ToneText:
        return ToneText(self.text, self.language)


def read_labelled(path: Path) -> list[Labelled]:
    """All rows of a file. LabelledDataError on the first line that can't be read."""
    with _open(path, "rt") as lines:
        return [_row(line, number) for number, line in enumerate(lines, 1) if line.strip()]


def write_labelled(path: Path, rows: Iterable[Labelled]) -> None:
    """Write rows so that ``read_labelled`` gives them back."""
    with _open(path, "wt") as file:
        file.writelines(line + "\n" for line in lines_of(rows))


def lines_of(rows: Iterable[Labelled]) -> Iterator[str]:
    """The rows' JSON, without line ends."""
    for row in rows:
        document: dict[str, Any] = {
            "text": row.text,
            "label": row.polarity.value,
            "lang": row.language,
        }
        if row.emotions is not None:
            document["emotions"] = sorted(row.emotions)
        yield json.dumps(document, ensure_ascii=True)


def _row(line: str, number: int) -> Labelled:
    try:
        document = json.loads(line)
        emotions = document.get("emotions")
        return Labelled(
            text=str(document["text"]),
            polarity=Polarity(document["label"]),
            language=str(document.get("lang", "")),
            emotions=None if emotions is None else frozenset(Emotion(each) for each in emotions),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise LabelledDataError(
            f"line {number}: expected a JSON object with text and label (negative, neutral or "
            f"positive), not {line.strip()[:SHOWN]!r}"
        ) from problem


def _open(path: Path, mode: str) -> IO[str]:
    if path.suffix == ".gz":
        return cast("IO[str]", gzip.open(path, mode, encoding="utf-8"))
    return cast("IO[str]", path.open(mode, encoding="utf-8"))
