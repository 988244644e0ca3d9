"""Rows as they were read: values by column, or why there are none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.replay.lines import LONGEST, Line, is_text
from cli.replay.problems import Refusal

NOT_TEXT = "bytes that are no text in this encoding, or half a character"
NOT_JSON = "no JSON"
NO_OBJECT = "no JSON object"
TOO_LONG = "the line is too long"


@dataclass(frozen=True, slots=True)
class Row:
    """``values`` by column; those of JSON may be nested. ``line`` is its first."""

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row of which nothing can be used. ``cells`` are what a table's row had, if it was one."""

    line: int
    refusal: Refusal
    raw: str
    cells: list[str] = field(default_factory=list)


def flawed(line: Line) -> Refusal | None:
    """What is wrong with a line whatever it holds."""
    if line.cut:
        return Refusal(TOO_LONG, f"more than {LONGEST} characters")
    return None if is_text(line.text) else Refusal(NOT_TEXT)


def json_rows(lines: Iterable[Line]) -> Iterator[Row | Unreadable]:
    """One object per line; empty lines are none."""
    for line in lines:
        if not line.text.strip():
            continue
        refusal = flawed(line)
        if refusal is None:
            try:
                found = json.loads(line.text)
            except (ValueError, RecursionError) as error:
                refusal = Refusal(NOT_JSON, str(error))
            else:
                if isinstance(found, dict):
                    yield Row(line.number, found)
                    continue
                refusal = Refusal(NO_OBJECT)
        yield Unreadable(line.number, refusal, line.text.rstrip("\r\n"))
