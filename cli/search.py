"""`harken search`: looks after the search index."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from cli.edition import Data, edition
from cli.embedded import CANNOT_OPEN, open_embedded
from harken.runtime.starting import CannotStart
from harken.search.port import IndexUnavailable, RebuildOvertaken, SearchIndex
from harken.store.port import Store
from services.search.documents import FIELDS
from services.search.reindex import Reindexed, reindex

app = typer.Typer(help="The search index.", no_args_is_help=True)

MOST_REFUSED = 20


@app.command("reindex")
def reindex_(data: Data = None) -> None:
    """Make the index anew from the store, while everything goes on.

    Ended in the midst, by whatever, it leaves the index as it was: run it again.
    """
    try:
        done = asyncio.run(_reindex(data))
    except (CannotStart, *CANNOT_OPEN, IndexUnavailable, RebuildOvertaken) as error:
        typer.echo(f"The index is as it was: {error}", err=True)
        raise typer.Exit(1) from error
    show(done)
    if done.refused:
        raise typer.Exit(1)


def show(done: Reindexed) -> None:
    table = Table("documents", "indexed")
    for kind, count in done.documents.items():
        refused = sum(document.kind == kind for document in done.refused)
        table.add_row(kind, f"{count - refused:,}")
    Console().print(table)
    for document in done.refused[:MOST_REFUSED]:
        typer.echo(f"refused: {document.kind} {document.id} of {document.tenant}", err=True)
    if (more := len(done.refused) - MOST_REFUSED) > 0:
        typer.echo(f"… and {more} more", err=True)


async def _reindex(data: Path | None) -> Reindexed:
    console = Console(stderr=True)
    with console.status("reading") as status:

        def tell(counts: Mapping[str, int]) -> None:
            said = ", ".join(f"{count:,} of kind {kind}" for kind, count in counts.items())
            status.update(said)

        async with _open(data) as (store, index):
            return await reindex(store, index, tell)


@asynccontextmanager
async def _open(data: Path | None) -> AsyncIterator[tuple[Store, SearchIndex]]:
    settings = edition(data)
    if settings.distributed:
        from harken.runtime.distributed import open_index, opened_store

        async with opened_store(settings) as store, open_index(settings, FIELDS) as index:
            yield store, index
    else:
        async with open_embedded(settings) as embedded:
            yield embedded.store, embedded.index
