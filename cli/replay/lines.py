"""Lines with the numbers that an editor shows, whatever ends them and however long they are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from cli.replay.opening import BrokenOff

LONGEST = 1024 * 1024
"""Characters of a line; of a longer one only the beginning is kept."""


@dataclass(frozen=True, slots=True)
class Line:
    """``text`` has its ending; ``cut`` says that not all of it is here."""

    number: int
    text: str
    cut: bool = False


def decoded(stream: io.BufferedReader, encoding: str) -> io.TextIOWrapper:
    """Bytes that are no text in this encoding come as surrogates: their row is refused later."""
    wide = encoding.startswith(("utf-16", "utf-32"))
    errors = "surrogatepass" if wide else "surrogateescape"
    return io.TextIOWrapper(stream, encoding, errors, newline="")


def numbered(text: io.TextIOWrapper) -> Iterator[Line]:
    """Raises `BrokenOff` where the file ends within a character."""
    number = 0
    while piece := _piece(text):
        number += 1
        cut = False
        rest = piece
        while len(rest) >= LONGEST and not rest.endswith(("\n", "\r")):
            rest = _piece(text)
            cut = True
        yield Line(number, piece, cut)


def _piece(text: io.TextIOWrapper) -> str:
    try:
        return text.readline(LONGEST)
    except UnicodeDecodeError as error:
        raise BrokenOff(f"the file ends within a character ({error.reason})") from error


def is_text(line: str) -> bool:
    """False for what could not be decoded, and for lone surrogates."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
