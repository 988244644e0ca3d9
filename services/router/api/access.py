"""Who may do what, and what one operation needs to ask the router for something."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from harken.domain.ids import AgentId
from harken.domain.roles import Role
from harken.http.access import allowed
from harken.http.idempotency import IdempotencyScope
from harken.http.principal import Principal
from harken.http.problem import conflict
from harken.store.changes import Write
from services.router.commands_client import RouterCommands
from services.router.domain.commands import By, Command
from services.router.domain.outcome import Result

Reader = Annotated[
    Principal,
    Depends(allowed(Role.AGENT, Role.APPROVER, Role.CRISIS, Role.SUPERVISOR, Role.AUDITOR)),
]
Actor = Annotated[Principal, Depends(allowed(Role.AGENT, Role.CRISIS, Role.SUPERVISOR))]
Lead = Annotated[Principal, Depends(allowed(Role.SUPERVISOR))]


def by(caller: Principal) -> By:
    return By(caller.id, caller.agent, supervisor=caller.may(Role.SUPERVISOR))


def own_agent(caller: Principal) -> AgentId:
    """Raises the 409 problem for a credential that no agent is behind."""
    if caller.agent is None:
        raise conflict("no-agent", "This credential belongs to no agent.")
    return caller.agent


async def ask(
    commands: RouterCommands,
    caller: Principal,
    once: IdempotencyScope,
    command: Command,
    *with_it: Write,
) -> Result:
    """Once per idempotency key, however often it is repeated. Raises the refusal's problem."""
    return await commands.ask(
        caller.tenant,
        once.origin,
        command,
        (*once.writes(), *with_it),
        again=once.started,
    )
