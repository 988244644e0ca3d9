"""Who may do what with replies."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path

from harken.domain.reply import Reply
from harken.domain.roles import Role
from harken.http.access import allowed
from harken.http.principal import Principal
from services.responder.domain.intent import Writer

Reader = Annotated[
    Principal,
    Depends(allowed(Role.AGENT, Role.APPROVER, Role.CRISIS, Role.SUPERVISOR, Role.AUDITOR)),
]
Author = Annotated[Principal, Depends(allowed(Role.AGENT, Role.CRISIS, Role.SUPERVISOR))]
Approver = Annotated[Principal, Depends(allowed(Role.APPROVER, Role.SUPERVISOR))]
Lead = Annotated[Principal, Depends(allowed(Role.SUPERVISOR))]

CasePath = Annotated[str, Path(min_length=1, max_length=100, description="The case's id.")]
ReplyPath = Annotated[str, Path(min_length=1, max_length=100, description="The reply's id.")]


def writer(caller: Principal) -> Writer:
    return Writer(caller.id, caller.agent)


def leads(caller: Principal) -> bool:
    """May act on what is others'."""
    return caller.may(Role.SUPERVISOR, Role.CRISIS)


def wrote(caller: Principal, reply: Reply) -> bool:
    by_agent = caller.agent is not None and caller.agent == reply.author
    return by_agent or caller.id == reply.written_by
