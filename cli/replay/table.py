"""Rows of CSV and its kin. A row may hold several lines where a cell is quoted.

A quote that never closes would swallow the rest of the file: such a row is refused with its first
line alone, and reading goes on with the next.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cli.replay.lines import LONGEST, Line
from cli.replay.problems import Refusal
from cli.replay.rows import Row, Unreadable, flawed

BAD_QUOTES = "the quotes are not as CSV has them"
WRONG_COUNT = "wrong number of columns"


@dataclass(frozen=True, slots=True)
class Dialect:
    """``quoted`` is false where quotes are part of the text."""

    delimiter: str
    quoted: bool = True


@dataclass(frozen=True, slots=True)
class Cells:
    """A row as it was cut up; ``raw`` are its lines."""

    line: int
    cells: list[str]
    raw: str


class _Feed:
    """Gives a reader line after line, and remembers those of the row that it is in."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()
        self.taken: list[Line] = []
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._size > LONGEST:
            raise csv.Error("the row does not end")
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        self._size += len(line.text)
        return line.text

    def row(self) -> list[Line]:
        """The lines of the row that was just read."""
        taken, self.taken, self._size = self.taken, [], 0
        return taken

    def push_back(self, lines: Sequence[Line]) -> None:
        self._again.extendleft(reversed(lines))


def table_rows(
    lines: Iterable[Line], dialect: Dialect, names: Sequence[str]
) -> Iterator[Row | Unreadable]:
    """The rows below the headings ``names``; empty ones are none."""
    for found in cells(lines, dialect):
        if isinstance(found, Unreadable):
            yield found
        elif len(found.cells) == len(names):
            yield Row(found.line, dict(zip(names, found.cells, strict=True)))
        else:
            refusal = Refusal(WRONG_COUNT, f"{len(found.cells)} instead of {len(names)}")
            yield Unreadable(found.line, refusal, found.raw, found.cells)


def cells(lines: Iterable[Line], dialect: Dialect) -> Iterator[Cells | Unreadable]:
    csv.field_size_limit(LONGEST)
    feed = _Feed(iter(lines))
    reader = _reader(feed, dialect)
    while True:
        try:
            found = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            first, *others = feed.row()
            feed.push_back(others)
            reader = _reader(feed, dialect)
            refusal = flawed(first) or Refusal(BAD_QUOTES, str(error))
            yield Unreadable(first.number, refusal, first.text.rstrip("\r\n"))
            continue
        taken = feed.row()
        if not any(cell.strip() for cell in found):
            continue
        raw = "".join(line.text for line in taken).rstrip("\r\n")
        wrong = next((flaw for line in taken if (flaw := flawed(line))), None)
        if wrong is None:
            yield Cells(taken[0].number, found, raw)
        else:
            yield Unreadable(taken[0].number, wrong, raw)


def _reader(feed: _Feed, dialect: Dialect) -> Iterator[list[str]]:
    return csv.reader(
        feed,
        delimiter=dialect.delimiter,
        quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE,
        strict=True,
    )
