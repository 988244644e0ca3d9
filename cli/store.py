"""`harken store`: the tables on PostgreSQL. (The embedded edition's file looks after itself.)"""

from __future__ import annotations

from typing import Annotated, Protocol

import typer

from harken.runtime.settings import Settings

app = typer.Typer(help="The tables on PostgreSQL.", no_args_is_help=True)

Address = Annotated[
    str,
    typer.Option(
        help="postgresql://user:password@host/database, as the role that owns the tables (else"
        " HARKEN_POSTGRES_URL)."
    ),
]
Schema = Annotated[
    str, typer.Option(help="Where in it the tables are (else HARKEN_POSTGRES_SCHEMA).")
]


@app.command()
def upgrade(
    address: Address = "",
    schema: Schema = "",
    role: Annotated[
        str, typer.Option(help="The role of the services: gets what they need, and no more.")
    ] = "",
) -> None:
    """Bring the tables up to date. To be run before services of a new version start; again does
    nothing, and several at once are safe."""
    # Loaded here: the embedded edition does without it.
    from harken.store.postgres import upgrade as postgres

    for line in _done(postgres.upgrade, address, schema, role):
        typer.echo(line)


@app.command()
def check(
    address: Address = "",
    schema: Schema = "",
    role: Annotated[str, typer.Option(help="Whose rights to look at (else who asks).")] = "",
) -> None:
    """Compare tables, row security and rights with what this version needs; exit status 1 where
    they differ."""
    from harken.store.postgres import upgrade as postgres

    wrong = _done(postgres.differences, address, schema, role)
    for line in wrong:
        typer.echo(line)
    if wrong:
        raise typer.Exit(1)


class _Work(Protocol):
    def __call__(self, address: str, *, schema: str, role: str) -> list[str]: ...


def _done(work: _Work, address: str, schema: str, role: str) -> list[str]:
    from harken.store.postgres.upgrade import CannotUpgrade

    given = Settings()
    address = address or given.postgres_url
    if not address:
        typer.echo("Which database? Name it by --address or HARKEN_POSTGRES_URL.", err=True)
        raise typer.Exit(2)
    try:
        return work(address, schema=schema or given.postgres_schema, role=role)
    except CannotUpgrade as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
