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

Folder = Annotated[
    Path | None, typer.Option(help="The data folder (else HARKEN_DATA, else ./data).")
]

PATIENCE = 5.0
"""Seconds that a command waits for engines that are away."""


def edition(data: Path | None) -> Settings:
    """A data folder that is named rules over engines that are."""
    if data is None:
        return Settings(start_patience=PATIENCE)
    return Settings(data=data, postgres_url="")


def on_the_edition(data: Path | None, job: Callable[[Kit], Awaitable[T]]) -> T:
    """Runs a job on the store and the log, beside serving processes if there are any."""
    settings = edition(data)

    async def run() -> T:
        async with _open(settings) as kit:
            return await job(kit)

    try:
        return asyncio.run(run())
    except (CannotStart, LogUnavailable) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except CANNOT_OPEN as error:
        what = "database" if settings.distributed else "data folder"
        typer.echo(f"The {what} cannot be used: {error}", err=True)
        raise typer.Exit(1) from error


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[Kit]:
    if settings.distributed:
        from harken.runtime.distributed import open_kit

        async with open_kit(settings) as kit:
            yield kit
    else:
        async with open_embedded(settings) as embedded:
            yield embedded.kit
