"""`harken tenant` and `harken key`: for those who hold the data folder, or the database."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.edition import Data, on_the_edition
from harken.domain.ids import AgentId, TenantId
from harken.domain.roles import Role
from harken.http.api_keys import create_api_key, create_tenant
from harken.store.changes import AlreadyExists

app = typer.Typer(help="API keys.", no_args_is_help=True)
tenants = typer.Typer(help="Tenants.", no_args_is_help=True)


@tenants.command("create")
def tenant_create(
    tenant: Annotated[str, typer.Argument(help="Lower-case letters, digits, hyphens.")],
    name: Annotated[str, typer.Option(help="For people.")] = "",
    data: Data = None,
) -> None:
    """Make a tenant, and show its first admin key, this once."""
    try:
        key = on_the_edition(data, lambda open_: create_tenant(open_.store, tenant, name or tenant))
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
    key = on_the_edition(
        data, lambda open_: create_api_key(open_.store, TenantId(tenant), name, role, who)
    )
    typer.echo(key)
