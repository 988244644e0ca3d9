"""`harken drain` and `harken migrate` on the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from cli.edition import PATIENCE, Folder
from cli.embedded import CANNOT_OPEN
from harken.log.port import LogUnavailable
from harken.runtime.settings import Settings
from harken.runtime.starting import CannotStart
from harken.search.port import IndexUnavailable, RebuildOvertaken

if TYPE_CHECKING:
    from cli.migrate.copying import Copied
    from services.search.reindex import Reindexed, Tell


def drain_(data: Folder = None) -> None:
    """Finish what is under way in a data folder that nobody serves: then it can be migrated.

    Reads the log to its end, applies what waits, sends events. Nothing comes in, nothing is posted.
    """
    # Loaded here, so that the other commands start quickly.
    from cli.migrate.drain import drain
    from harken.telemetry import logs
    from services.sentiment.wiring import bundled_or_named

    settings = Settings() if data is None else Settings(data=data)
    logs.configure("warning", settings.log_format)
    try:
        left = asyncio.run(drain(settings, bundled_or_named, partial(typer.echo, err=True)))
    except (CannotStart, *CANNOT_OPEN) as error:
        raise _failed(str(error)) from error
    if left:
        raise _failed("Not drained. Left are " + "; ".join(left))
    typer.echo("Drained: nothing is under way.")


def migrate_(data: Folder = None) -> None:
    """Bring a drained data folder to PostgreSQL, Kafka and Elasticsearch, named by the settings.

    Ended in the midst, by whatever, it can be run again. Afterwards the folder is not served any
    more. docs/migration.md has the whole way.
    """
    from cli.migrate.copying import NotTheSame
    from cli.migrate.run import Refused, migrate
    from harken.telemetry import logs

    named = Settings(start_patience=PATIENCE)
    settings = named if data is None else Settings(data=data, start_patience=PATIENCE)
    logs.configure("warning", settings.log_format)
    console = Console(stderr=True)
    try:
        with console.status("checking") as status:
            asyncio.run(migrate(settings, _Shown(status)))
    except (Refused, NotTheSame) as error:
        raise _failed(str(error)) from error
    except (CannotStart, *CANNOT_OPEN, LogUnavailable, IndexUnavailable, RebuildOvertaken) as error:
        raise _failed(f"Not migrated: {error}") from error
    typer.echo(f"Migrated. Start the services; {settings.data} is not served any more.")


class _Shown:
    def __init__(self, status: Status) -> None:
        self._status = status

    def say(self, line: str) -> None:
        typer.echo(line)

    def copying(self, table: str, rows: int) -> None:
        self._status.update(f"{table}: {rows:,} rows")

    def copied(self, copied: Copied) -> None:
        table = Table("table", "rows", "checked sum")
        for name, there in copied.sums.items():
            if there.rows:
                table.add_row(name, f"{there.rows:,}", f"{there.digest:032x}"[:16])
        Console().print(table)
        for line in copied.lost:
            typer.echo(f"A secret does not open, and was copied as it is. {line}", err=True)

    @property
    def indexing(self) -> Tell:
        def tell(counts: Mapping[str, int]) -> None:
            self._status.update(f"index: {sum(counts.values()):,} documents")

        return tell

    def indexed(self, done: Reindexed) -> None:
        from cli.search import show

        show(done)


def _failed(why: str) -> typer.Exit:
    typer.echo(why, err=True)
    return typer.Exit(1)
