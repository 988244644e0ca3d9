"""Tells JSON from tables, how a table is cut up, and which of its rows holds the headings."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cli.replay.columns import recognised
from cli.replay.lines import Line, decoded, numbered
from cli.replay.opening import BrokenOff
from cli.replay.problems import CannotReplay, CannotTell
from cli.replay.table import Cells, Dialect, cells

ROWS = 200
"""So many rows decide."""
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_BEFORE_HEADINGS = 40
_ALL_BUT_FEW = 0.5
_CLEARLY = 0.1


class Format(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Table:
    """``headings`` is the number of the line that ``names`` stand on."""

    dialect: Dialect
    headings: int
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Cut:
    """How well a delimiter cuts: the share of rows as wide as most are."""

    dialect: Dialect
    rows: Sequence[Cells]
    width: int
    share: float
    heading: Cells


def first_lines(head: bytes, encoding: str, *, whole: bool) -> list[Line]:
    """Of the beginning of a file; where it is not ``whole`` the last line is half a line."""
    lines = []
    try:
        for line in numbered(decoded(io.BufferedReader(io.BytesIO(head)), encoding)):
            lines.append(line)  # noqa: PERF402 - what came before the break is kept
    except BrokenOff:
        pass
    return lines if whole or len(lines) < 2 else lines[:-1]


def format_of(lines: Sequence[Line]) -> Format:
    """Raises `CannotReplay` for a JSON array, and for nothing at all."""
    first = next((line.text.strip() for line in lines if line.text.strip()), "")
    if not first:
        raise CannotReplay("there is nothing in it")
    if first.startswith("["):
        raise CannotReplay("it is one JSON array: write one object per line (jq -c '.[]')")
    return Format.JSONL if first.startswith("{") else Format.CSV


def table_of(
    lines: Sequence[Line], delimiter: str = "", headings: int = 0, *, quoted: bool = True
) -> Table:
    """Raises `CannotTell`. What is given is not looked for."""
    asked = [delimiter] if delimiter else list(DELIMITERS)
    cuts = [cut for one in asked if (cut := _cut(lines, Dialect(one, quoted), headings))]
    cuts = [cut for cut in cuts if cut.share >= _ALL_BUT_FEW] or cuts[:1]
    if not cuts:
        raise CannotTell("no row could be read", "--delimiter")
    best, *others = sorted(cuts, key=lambda cut: (cut.share, cut.width), reverse=True)
    for rival in others:
        if rival.width > 1 and rival.share > best.share - _CLEARLY and len(asked) > 1:
            raise CannotTell("the cells may be parted in several ways", "--delimiter")
    return Table(best.dialect, best.heading.line, _distinct(best.heading.cells))


def _cut(lines: Sequence[Line], dialect: Dialect, headings: int) -> _Cut | None:
    rows = [row for row in cells(lines, dialect) if isinstance(row, Cells)][:ROWS]
    if not rows:
        return None
    heading = _headings(rows, headings)
    below = [len(row.cells) for row in rows if row.line >= heading.line]
    width = Counter(below).most_common(1)[0][0]
    fits = len(heading.cells) == width
    share = below.count(width) / len(below) if fits and width > 1 else 0.0
    return _Cut(dialect, rows, width, share, heading)


def _headings(rows: Sequence[Cells], line: int) -> Cells:
    """The row on that line; else the first that holds known names, as exports often have some
    lines above; else the first."""
    if line:
        found = next((row for row in rows if row.line == line), None)
        if found is None:
            raise CannotReplay(f"no row begins on line {line} (--headings)")
        return found
    likely = (row for row in rows[:_BEFORE_HEADINGS] if recognised(row.cells) > 1)
    return next(likely, rows[0])


def _distinct(names: Sequence[str]) -> list[str]:
    """A second ``Date`` becomes ``Date (2)``; a nameless one is called by its place."""
    seen: Counter[str] = Counter()
    result = []
    for place, name in enumerate(names, start=1):
        known = name.strip() or f"column {place}"
        seen[known] += 1
        result.append(known if seen[known] == 1 else f"{known} ({seen[known]})")
    return result
