"""Operators' commands work on the edition that the settings name, beside what serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from cli.embedded import CANNOT_OPEN, open_embedded
from harken.log.port import LogUnavailable
from harken.runtime.service import Kit
from harken.runtime.settings import Settings
from harken.runtime.starting import CannotStart

T = TypeVar("T")

Data = Annotated[
    Path | None,
    typer.Option(
        help="A data folder (else the engines that HARKEN_POSTGRES_URL and its like name, else "
        "HARKEN_DATA, else ./data)."
    ),
]

PATIENCE = 5.0
"""Seconds that a command waits for engines that are away."""


def on_the_edition(data: Path | None, job: Callable[[Kit], Awaitable[T]]) -> T:
    """Runs a job on the store and the log, beside serving processes if there are any."""

    async def run() -> T:
        async with _open(data) as kit:
            return await job(kit)

    try:
        return asyncio.run(run())
    except (CannotStart, LogUnavailable) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except CANNOT_OPEN as error:
        what = "data folder" if data is not None or not Settings().distributed else "database"
        typer.echo(f"The {what} cannot be used: {error}", err=True)
        raise typer.Exit(1) from error


@asynccontextmanager
async def _open(data: Path | None) -> AsyncIterator[Kit]:
    settings = Settings(start_patience=PATIENCE) if data is None else Settings(data=data)
    if data is None and settings.distributed:
        from harken.runtime.distributed import open_kit

        async with open_kit(settings) as kit:
            yield kit
    else:
        async with open_embedded(settings) as embedded:
            yield embedded.kit
