"""Says what becomes of a file: while it runs, and in the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.replay.tally import Refused, Tally

BETWEEN_LINES = 5.0
"""Seconds, where there is no terminal."""


class Shown(Protocol):
    def update(self, position: int) -> None: ...


class Bar:
    """On a terminal."""

    def __init__(self, console: Console, tally: Tally, size: int) -> None:
        self._tally = tally
        self._progress = Progress(
            SpinnerColumn(),
            BarColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task(_so_far(tally), total=size or None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, position: int) -> None:
        self._progress.update(self._task, completed=position, description=_so_far(self._tally))


class Lines:
    """Where there is no terminal: a line now and then."""

    def __init__(self, console: Console, tally: Tally, size: int) -> None:
        self._console = console
        self._tally = tally
        self._size = size
        self._next = time.monotonic() + BETWEEN_LINES

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, position: int) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + BETWEEN_LINES
        share = f"{min(position / self._size, 1):.0%} of the file, " if self._size else ""
        self._console.print(share + _so_far(self._tally), highlight=False, markup=False)


def progress(console: Console, tally: Tally, size: int) -> Bar | Lines:
    return (Bar if console.is_terminal else Lines)(console, tally, size)


def _so_far(tally: Tally) -> str:
    return (
        f"{tally.read:,} read, {tally.accepted:,} accepted, "
        f"{tally.duplicates:,} duplicates, {tally.refused:,} refused"
    )


def report(tally: Tally, seconds: float) -> Iterator[str]:
    """Line by line."""
    rate = f", {tally.read / seconds:,.0f} a second" if seconds >= 1 else ""
    yield f"{tally.read:,} rows read in {seconds:,.1f} s{rate}"
    twice = f" ({tally.sent_twice:,} sent again after an answer was lost)"
    yield f"  {tally.accepted:,} accepted{twice if tally.sent_twice else ''}"
    again = f" ({tally.repeated:,} repeat a row of this file)"
    yield f"  {tally.duplicates:,} duplicates{again if tally.repeated else ''}"
    yield f"  {tally.refused:,} refused"
    for reason, found in sorted(tally.reasons.items(), key=lambda item: -item[1].count):
        yield f"    {found.count:,} × {reason}: {_places(found)}"
    if tally.unanswered:
        yield f"  {tally.unanswered:,} without an answer: run it again"


def _places(found: Refused) -> str:
    more = " …" if found.count > len(found.lines) else ""
    word = "line" if found.count == 1 else "lines"
    example = f" ({found.example})" if found.example else ""
    return f"{word} {', '.join(str(line) for line in found.lines)}{more}{example}"
