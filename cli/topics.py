"""`harken topics`: the registry's topics on a Kafka cluster."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.edition import edition
from harken.events.topics import TOPICS
from harken.log.port import LogUnavailable
from harken.runtime.settings import Settings
from harken.runtime.starting import CannotStart
from harken.store.changes import StoreUnavailable

if TYPE_CHECKING:
    from harken.log.kafka import KafkaTopics

app = typer.Typer(help="The topics on a Kafka cluster.", no_args_is_help=True)

Servers = Annotated[
    str, typer.Option(help="host:port, comma separated (else HARKEN_KAFKA_SERVERS).")
]


@app.command()
def apply(servers: Servers = "") -> None:
    """Make what is missing and set what may change. What may not change, `check` tells."""
    for line in _asked(_topics(servers).apply(TOPICS.values())):
        typer.echo(line)


@app.command()
def check(servers: Servers = "") -> None:
    """Compare the cluster with the registry; exit status 1 where they differ."""
    wrong = _asked(_topics(servers).check(TOPICS.values()))
    for line in wrong:
        typer.echo(line)
    if wrong:
        raise typer.Exit(1)


@app.command("adopt")
def adopt_() -> None:
    """Go over to a cluster that replaces a lost one: the positions in the former are forgotten, and
    what is in this one is read from the beginning. Stop all services first."""
    from harken.runtime.distributed import opened_store
    from harken.runtime.log_identity import adopt

    settings = edition(None)

    async def work() -> list[str]:
        identity = await _topics("").identity()
        async with opened_store(settings) as store:
            await adopt(store, identity)
        return [f"adopted {identity}"]

    for line in _asked(work()):
        typer.echo(line)


def _topics(servers: str) -> KafkaTopics:
    # Loaded here: the embedded edition does without it.
    from harken.log.kafka import KafkaTopics
    from harken.runtime.distributed import kafka_settings

    given = Settings(kafka_servers=servers) if servers else Settings()
    if not given.kafka_servers:
        typer.echo("Which cluster? Name it by --servers or HARKEN_KAFKA_SERVERS.", err=True)
        raise typer.Exit(2)
    return KafkaTopics(kafka_settings(given), given.kafka_replication)


def _asked(question: Coroutine[Any, Any, list[str]]) -> list[str]:
    try:
        return asyncio.run(question)
    except (LogUnavailable, StoreUnavailable, CannotStart) as away:
        typer.echo(str(away), err=True)
        raise typer.Exit(1) from away
