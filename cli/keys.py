"""`harken tenant` and `harken key`: for those who hold the data folder."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from cli.embedded import CANNOT_OPEN, Embedded, open_embedded
from harken.domain.ids import AgentId, TenantId
from harken.domain.roles import Role
from harken.http.api_keys import create_api_key, create_tenant
from harken.runtime.settings import Settings
from harken.store.changes import AlreadyExists

T = TypeVar("T")

app = typer.Typer(help="API keys.", no_args_is_help=True)
tenants = typer.Typer(help="Tenants.", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option(help="The data folder (else HARKEN_DATA, else ./data).")]


def on_the_file(data: Path | None, job: Callable[[Embedded], Awaitable[T]]) -> T:
    """Runs a job on the data folder, beside a serving process if there is one."""
    settings = Settings() if data is None else Settings(data=data)

    async def run() -> T:
        async with open_embedded(settings) as embedded:
            return await job(embedded)

    try:
        return asyncio.run(run())
    except CANNOT_OPEN as error:
        typer.echo(f"The data folder cannot be used: {error}", err=True)
        raise typer.Exit(1) from error


@tenants.command("create")
def tenant_create(
    tenant: Annotated[str, typer.Argument(help="Lower-case letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="For people.")] = "",
    data: Data = None,
) -> None:
    """Make a tenant, and show its first admin key, this once."""
    try:
        key = on_the_file(data, lambda open_: create_tenant(open_.store, tenant, name or tenant))
    except (ValueError, AlreadyExists) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(key)


@app.command("create")
def key_create(
    tenant: Annotated[str, typer.Argument(help="The tenant's id.")],
    role: Annotated[list[Role], typer.Option(help="A role; may be repeated.")],
    name: Annotated[str, typer.Option(help="For people.")] = "made on the command line",
    agent: Annotated[str | None, typer.Option(help="The agent who works with it.")] = None,
    data: Data = None,
) -> None:
    """Make a key, and show it, this once."""
    who = None if agent is None else AgentId(agent)
    key = on_the_file(
        data, lambda open_: create_api_key(open_.store, TenantId(tenant), name, role, who)
    )
    typer.echo(key)
