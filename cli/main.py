"""The `harken` command."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from cli import dlq, keys, model, search, store, topics
from cli.edition import Folder
from cli.migrate.command import drain_, migrate_
from cli.replay.command import replay
from cli.serve import Name, serve
from harken.runtime.settings import Settings, wrong_settings

app = typer.Typer(
    help="Hear what customers say in public, give it to the right person, answer where they wrote.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)
app.add_typer(dlq.app, name="dlq")
app.add_typer(keys.app, name="key")
app.add_typer(keys.tenants, name="tenant")
app.add_typer(model.app, name="model")
app.add_typer(search.app, name="search")
app.add_typer(store.app, name="store")
app.add_typer(topics.app, name="topics")
app.command()(replay)
app.command("drain")(drain_)
app.command("migrate")(migrate_)


@app.command()
def up(
    data: Folder = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Serve everything: one process, one data folder."""
    # Loaded here, so that the other commands start quickly.
    from cli.embedded import CANNOT_OPEN
    from cli.up import up as serve_all
    from harken.runtime.lifecycle import run_process
    from harken.runtime.starting import CannotStart

    console = Console(stderr=False)
    settings = read_settings(data=data, host=host, port=port)
    try:
        if settings.distributed:
            raise CannotStart("HARKEN_POSTGRES_URL names the distributed edition: `harken serve`")
        status = run_process(serve_all(settings, console))
    except (*CANNOT_OPEN, CannotStart) as error:
        console.print(
            f"[red]Harken cannot start:[/] {escape(str(error))}", highlight=False, soft_wrap=True
        )
        raise typer.Exit(1) from error
    raise typer.Exit(status)


@app.command("serve")
def serve_(
    name: Annotated[Name, typer.Argument(help="Which one.")],
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Serve one part of the distributed edition: on PostgreSQL, Kafka and Elasticsearch."""
    raise typer.Exit(serve(name, read_settings(host=host, port=port)))


@app.command()
def mastodon(
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 3999,
    state: Annotated[Path | None, typer.Option(help="A file that keeps it over restarts.")] = None,
) -> None:
    """Start a local server that speaks Mastodon's API, to try things on."""
    from harken.testing.mastodon.__main__ import serve
    from harken.testing.mastodon.instance import Settings as Instance

    serve(Instance(address=f"http://127.0.0.1:{port}", state=state), port)


@app.command()
def demo(
    speed: Annotated[
        float, typer.Option(min=0.1, help="Times faster than the written stream.")
    ] = 1.0,
    limit: Annotated[int, typer.Option(min=0, help="Conversations to play; 0 plays all.")] = 0,
    keep: Annotated[bool, typer.Option(help="Leave everything running until Ctrl-C.")] = False,
) -> None:
    """Play some 300 mentions in five languages, answered by simulated agents over the API."""
    from cli.demo.run import run
    from harken.testing.processes import DidNotStart

    try:
        status = asyncio.run(run(Console(), speed, limit, keep=keep))
    except DidNotStart as error:
        Console(stderr=True).print(f"The demo cannot start: {error}", highlight=False)
        status = 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        status = 130
    raise typer.Exit(status)


def read_settings(**given: Path | str | int | None) -> Settings:
    """The environment's settings, with what was given on the command line over them."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        for line in wrong_settings(error):
            typer.echo(line, err=True)
        raise typer.Exit(2) from error
