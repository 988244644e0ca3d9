"""The file of refused rows, with their reasons: to be mended and run again.

It is of the same kind as what was read, with two columns more. What was no row at all has its
line in the first column, or in ``refused_raw``.
"""

from __future__ import annotations

import csv
import json
import threading
from pathlib import Path
from typing import TextIO

from cli.replay.problems import CannotReplay, Refusal
from cli.replay.rows import Row, Unreadable
from cli.replay.shape import Table

LINE, REASON, RAW = "refused_line", "refused_reason", "refused_raw"
OUR_COLUMNS = (LINE, REASON, RAW)


class RefusedFile:
    """Made with its first row; None for no file. ``table`` is None for JSON."""

    def __init__(self, path: Path | None, table: Table | None) -> None:
        """Raises `CannotReplay` where there is such a file already."""
        if path is not None and path.exists():
            raise CannotReplay(f"{path} is there already: name another file with --refused")
        self._path = path
        names = table.names if table is not None else ()
        self._names = [name for name in names if name not in OUR_COLUMNS]
        self._delimiter = table.dialect.delimiter if table is not None else ","
        self._lock = threading.Lock()
        self._file: TextIO | None = None

    def add(self, row: Row | Unreadable, refusal: Refusal) -> None:
        if self._path is None:
            return
        with self._lock:
            file = self._opened(self._path)
            if self._names:
                line = [*self._cells(row), row.line, refusal]
                csv.writer(file, delimiter=self._delimiter).writerow(line)
            else:
                file.write(json.dumps(_object(row, refusal), ensure_ascii=False) + "\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _opened(self, path: Path) -> TextIO:
        if self._file is None:
            # What could not be decoded goes out as it came in.
            encoding, errors = "utf-8-sig" if self._names else "utf-8", "surrogateescape"
            self._file = path.open("x", encoding=encoding, errors=errors, newline="")
            if self._names:
                heading = [*self._names, LINE, REASON]
                csv.writer(self._file, delimiter=self._delimiter).writerow(heading)
        return self._file

    def _cells(self, row: Row | Unreadable) -> list[str]:
        if isinstance(row, Row):
            return [row.values[name] for name in self._names]
        cells = row.cells or [row.raw]
        width = len(self._names)
        rest = [self._delimiter.join(cells[width - 1 :])] if len(cells) > width else []
        return (cells[: width - 1] + rest if rest else cells) + [""] * (width - len(cells))


def _object(row: Row | Unreadable, refusal: Refusal) -> dict[str, object]:
    kept = dict(row.values) if isinstance(row, Row) else {RAW: row.raw}
    return {**kept, LINE: row.line, REASON: str(refusal)}
