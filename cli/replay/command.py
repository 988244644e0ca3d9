"""`harken replay`: what a company has already, brought in over the API."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.replay.mapping import FIELDS
from cli.replay.mention import Reading, folded
from cli.replay.opening import Opened, open_bytes
from cli.replay.options import read_dates, read_delimiter, read_pace, read_pairs
from cli.replay.plan import Asked, Plan, plan
from cli.replay.preview import check_order, preview
from cli.replay.problems import CannotReplay
from cli.replay.refused import RefusedFile
from cli.replay.report import progress, report
from cli.replay.run import Replay
from cli.replay.sending import Sender, connect
from cli.replay.shape import Format

KEY = "HARKEN_KEY"


class Status(IntEnum):
    """What the command ends with."""

    ALL_TAKEN = 0
    SOME_REFUSED = 1
    COULD_NOT_RUN = 2
    STOPPED = 130


def replay(
    file: Annotated[str, typer.Argument(help="JSON lines or a table; .gz too; - is stdin.")],
    url: Annotated[
        str, typer.Option(envvar="HARKEN_URL", help="Where Harken, or its intake, is.")
    ] = "http://127.0.0.1:8080",
    live: Annotated[
        bool,
        typer.Option(
            "--live/--historical", help="As written now; or as history, which pages nobody."
        ),
    ] = False,
    speed: Annotated[
        float, typer.Option(min=0, help="Times as fast as recorded: 1, 60 …; 0 waits for nothing.")
    ] = 0.0,
    rate: Annotated[str, typer.Option(help="So many rows: 200/s, 1000/m.")] = "",
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=COLUMN",
            help="What fills a field: text=body; time=Day+Hour joins two; name=a,b takes the "
            f"first that is not empty; id= takes none. Fields: {', '.join(FIELDS)}.",
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="The same for all: network=twitter."),
    ] = None,
    own: Annotated[
        list[str] | None, typer.Option(help="A handle of ours: its rows are our own answers.")
    ] = None,
    dates: Annotated[
        str,
        typer.Option(help="day-first, month-first, year-first, or a pattern: '%d.%m.%Y'."),
    ] = "",
    zone: Annotated[str, typer.Option(help="Of times that carry none: UTC, Europe/Riga …")] = "",
    encoding: Annotated[str, typer.Option(help="utf-8, windows-1250 …")] = "",
    format_: Annotated[Format | None, typer.Option("--format", help="What it is.")] = None,
    delimiter: Annotated[
        str, typer.Option(help="Of a table: comma, semicolon, tab, bar, or the character.")
    ] = "",
    headings: Annotated[int, typer.Option(min=0, help="The line of a table's headings.")] = 0,
    quotes: Annotated[bool, typer.Option(help="Whether a table's cells may be quoted.")] = True,
    connection: Annotated[
        str, typer.Option(help="The id of our account that these were written to, if any.")
    ] = "",
    scope: Annotated[str, typer.Option(help="Within what ids are unique: a forum, a feed.")] = "",
    refused: Annotated[
        Path | None, typer.Option(help="A new file for refused rows and their reasons.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="The most rows to read; 0 is all.")] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show how it is read, and send nothing.")
    ] = False,
    at_once: Annotated[int, typer.Option(min=1, max=64, help="Requests under way at once.")] = 4,
    patience: Annotated[
        float, typer.Option(min=1, help="Seconds with nothing taken in until it gives up.")
    ] = 600.0,
) -> None:
    """Bring in what there is already, as history or as if it were written now.

    Ends with 0 where every row was accepted or known, 1 where some were refused, 2 where it could
    not run or not go on, 130 where it was stopped. Run it again to go on.
    """
    out = Console(highlight=False, markup=False, soft_wrap=True)
    err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    stop = threading.Event()
    try:
        pace = read_pace(speed, rate)
        asked = Asked(
            format=format_,
            encoding=encoding,
            delimiter=read_delimiter(delimiter),
            headings=headings,
            quoted=quotes,
            columns=read_pairs("--map", map_ or ()),
            constants=read_pairs("--set", set_ or ()),
            dates=read_dates(dates, zone),
            connection=connection,
        )
        with told_to_stop(stop, err), open_bytes(file, stop.is_set) as opened:
            how = plan(opened, asked)
            for line in how.decisions():
                out.print(line)
            brand = frozenset(folded(handle) for handle in own or ())
            reading = Reading(how.columns, how.dates, brand, connection, scope)
            if pace.speed:
                check_order(how, reading)
            if dry_run:
                for line in preview(how, reading):
                    out.print(line)
                return
            kept = RefusedFile(refused, how.table)
            job = Replay(reading, pace, kept, stop, live=live, limit=limit)
            with closing(kept), connect(url, os.environ.get(KEY, "")) as harken:
                sender = Sender(
                    harken, job.tally, job.refuse, stop, at_once=at_once, patience=patience
                )
                status = bring_in(job, how, opened, sender, out, err)
    except CannotReplay as error:
        err.print(f"Cannot replay: {error}")
        raise typer.Exit(Status.COULD_NOT_RUN) from error
    raise typer.Exit(status)


def bring_in(
    job: Replay, how: Plan, opened: Opened, sender: Sender, out: Console, err: Console
) -> Status:
    """Says what became of it, also where it breaks off with `CannotReplay`."""
    began = time.monotonic()
    try:
        with progress(err, job.tally, opened.size) as shown, sender:
            job.run(how, opened, sender, shown)
    finally:
        for line in report(job.tally, time.monotonic() - began):
            out.print(line)
    if job.stopped:
        return Status.STOPPED
    return Status.SOME_REFUSED if job.tally.refused else Status.ALL_TAKEN


@contextmanager
def told_to_stop(stop: threading.Event, err: Console) -> Iterator[None]:
    """The first Ctrl-C asks to stop, a second one ends it as it would any program."""

    def ask(number: int, _: object) -> None:
        stop.set()
        signal.signal(number, signal.default_int_handler)
        err.print("Stopping: waiting for the answers under way …")

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, ask) for one in signals]
    try:
        yield
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)
