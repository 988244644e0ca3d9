"""`harken dlq`: looks after records that could not be handled."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from cli.edition import Data, on_the_edition
from harken.domain.time import rfc3339
from harken.events.codec import Undecodable, parse
from harken.events.topics import TOPICS
from harken.runtime.dead_letters import (
    NoSuchDeadLetter,
    NotRetryable,
    StoredDeadLetter,
    list_dead_letters,
    retry_dead_letter,
    show_dead_letter,
)
from harken.runtime.service import Kit

app = typer.Typer(help="Dead letters: records that could not be handled.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The dead letter's id.")]


@app.command("list")
def list_(
    group: Annotated[str, typer.Option(help="Only this consumer group's.")] = "",
    retried: Annotated[bool, typer.Option(help="Those retried already as well.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    data: Data = None,
) -> None:
    """Newest first."""
    letters = on_the_edition(
        data,
        lambda open_: list_dead_letters(open_.store, group=group, pending=not retried, limit=limit),
    )
    # Ids are to be copied: the other columns give way, without losing anything.
    others = ("at", "group", "topic", "reason", "retried")
    table = Table(Column("id", no_wrap=True), *(Column(name, overflow="fold") for name in others))
    for stored in letters:
        letter = stored.letter
        again = "" if stored.retried_at is None else rfc3339(stored.retried_at)
        table.add_row(
            letter.id, rfc3339(letter.at), letter.group, letter.topic, letter.reason, again
        )
    Console().print(table if letters else "No dead letters.")


@app.command()
def show(letter_id: Id, data: Data = None) -> None:
    """One of them, with its bytes and, where they can be read, its message."""
    try:
        stored = on_the_edition(data, lambda open_: show_dead_letter(open_.store, letter_id))
    except NoSuchDeadLetter as error:
        raise _refused(f"there is no dead letter {letter_id}") from error
    letter = stored.letter
    typer.echo(f"{letter.topic}[{letter.partition}]@{letter.offset} of {letter.group}")
    typer.echo(f"reason: {letter.reason}")
    typer.echo(f"bytes ({len(letter.value)}): {letter.value[:2_000]!r}")
    if letter.topic in TOPICS:
        try:
            typer.echo(str(parse(TOPICS[letter.topic].payload, letter.value)))
        except Undecodable as error:
            typer.echo(f"message: {error}")


@app.command()
def retry(
    letter_ids: Annotated[list[str], typer.Argument(help="Ids, or `all`.")], data: Data = None
) -> None:
    """Publish it to its topic again: every group sees it again, which they all tolerate."""
    ids = letter_ids
    if ids == ["all"]:
        waiting = on_the_edition(data, lambda open_: list_dead_letters(open_.store, limit=10_000))
        ids = [stored.letter.id for stored in waiting if stored.letter.topic]
    for one in ids:
        try:
            on_the_edition(data, partial(_retry, one))
        except NoSuchDeadLetter as error:
            raise _refused(f"there is no dead letter {one}") from error
        except NotRetryable as error:
            raise _refused(str(error)) from error
        typer.echo(f"retried {one}")


async def _retry(letter_id: str, open_: Kit) -> StoredDeadLetter:
    return await retry_dead_letter(open_.store, open_.log, letter_id)


def _refused(why: str) -> typer.Exit:
    typer.echo(why, err=True)
    return typer.Exit(1)
