"""Decides from a file's beginning how all of it is read, and says what it decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from itertools import islice
from typing import Any

from cli.replay.columns import says_utc
from cli.replay.dates import Dates, detect_dates
from cli.replay.encoding import detect_encoding, named_encoding
from cli.replay.lines import Line, decoded, numbered
from cli.replay.mapping import MentionMap, NoText, check_needed, choose, columns_of
from cli.replay.opening import Opened
from cli.replay.problems import CannotReplay
from cli.replay.rows import Row, Unreadable, json_rows
from cli.replay.shape import DELIMITERS, Format, Table, first_lines, format_of, table_of
from cli.replay.table import table_rows

FIRST_ROWS = 1_000
"""So many rows decide."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person said; what is empty is found out."""

    format: Format | None = None
    encoding: str = ""
    delimiter: str = ""
    headings: int = 0
    quoted: bool = True
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    dates: Dates = field(default_factory=Dates)
    connection: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """``first`` are the first rows, ``names`` the columns; ``table`` is None for JSON."""

    encoding: str
    table: Table | None
    names: Sequence[str]
    columns: MentionMap
    dates: Dates
    first: Sequence[Row | Unreadable]

    def rows(self, opened: Opened) -> Iterator[Row | Unreadable]:
        """Of the whole file. Raises ``BrokenOff`` where it ends too early."""
        return _rows(numbered(decoded(opened.stream, self.encoding)), self.table)

    def decisions(self) -> Iterator[str]:
        """In words, a line each."""
        if self.table is None:
            yield f"read as JSON lines, {self.encoding}"
        else:
            mark = self.table.dialect.delimiter
            yield (
                f"read as a table with {DELIMITERS.get(mark, mark)}s, {self.encoding}, "
                f"headings on line {self.table.headings}"
            )
        for name, sources in self.columns.sources.items():
            yield f"{name} from {', else '.join(str(source) for source in sources)}"
        if "id" not in self.columns.sources:
            yield "id derived from network, author, time and text"
        for name, value in self.columns.constants.items():
            yield f"{name} is {value!r}"
        order = self.dates.pattern or self.dates.order or "known by their shape"
        yield f"dates {order}, {self.dates.zone or 'with their own zone'}"
        used = self.columns.used()
        unused = [name for name in self.names if name not in used]
        if unused:
            yield f"not used: {', '.join(unused)}"


def plan(opened: Opened, asked: Asked) -> Plan:
    """Raises `CannotReplay`, naming the option where something can be said with one."""
    if asked.encoding:
        encoding = named_encoding(asked.encoding)
    else:
        encoding = detect_encoding(opened.head, whole=opened.whole)
    lines = first_lines(opened.head, encoding, whole=opened.whole)
    table = None
    if (asked.format or format_of(lines)) is Format.CSV:
        table = table_of(lines, asked.delimiter, asked.headings, quoted=asked.quoted)
    first = list(islice(_rows(iter(lines), table), FIRST_ROWS))
    rows = [row.values for row in first if isinstance(row, Row)]
    if not rows:
        why = next((str(one.refusal) for one in first if isinstance(one, Unreadable)), "")
        raise CannotReplay(f"none of its first rows can be read ({why or 'there are none'})")
    names = columns_of(rows) if table is None else table.names
    columns = choose(names, asked.columns, asked.constants, rows)
    check_needed(columns, names, {"network"} if not asked.connection else set())
    dates = detect_dates(list(_times(columns, rows)), _with_zone(asked.dates, columns))
    return Plan(encoding, table, names, columns, dates, first)


def _rows(lines: Iterator[Line], table: Table | None) -> Iterator[Row | Unreadable]:
    if table is None:
        return json_rows(lines)
    below = (line for line in lines if line.number > table.headings)
    return table_rows(below, table.dialect, table.names)


def _times(columns: MentionMap, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for values in rows:
        try:
            said = columns.read(values, "time")
        except NoText:
            continue
        if said:
            yield said


def _with_zone(asked: Dates, columns: MentionMap) -> Dates:
    """A heading such as "Date (UTC)" says the zone."""
    zone: tzinfo | None = asked.zone
    sources = columns.sources.get("time", ())
    if zone is None and any(says_utc(name) for source in sources for name in source.columns):
        zone = UTC
    return Dates(asked.order, zone, asked.pattern)
