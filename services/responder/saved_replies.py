"""Saved replies as rows, and the values that Harken fills into them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from harken.domain.ids import AgentId
from harken.domain.mention import Mention
from harken.store.body import decode, encode
from harken.store.port import Rows
from harken.store.schema.responder import SAVED_REPLIES
from harken.store.schema.router import AGENTS
from services.responder.domain.saved_reply import SavedReply


async def find_saved_reply(rows: Rows, id_: str) -> SavedReply | None:
    row = await rows.first(select(SAVED_REPLIES.c.body).where(SAVED_REPLIES.c.id == id_))
    return None if row is None else decode(row.body, SavedReply)


def saved_reply_row(saved: SavedReply) -> dict[str, Any]:
    return {
        "tenant": saved.tenant,
        "id": saved.id,
        "revision": saved.revision,
        "name": saved.name,
        "body": encode(saved),
    }


async def usual_values(
    rows: Rows, parent: Mention | None, agent: AgentId | None
) -> Mapping[str, str]:
    """For `GIVEN`; empty where it is not known."""
    values = {"agent_name": await _agent_name(rows, agent)}
    if parent is not None:
        handle = parent.author.handle
        values["customer_handle"] = handle
        values["customer_name"] = parent.author.name or handle.partition("@")[0]
        values["network"] = parent.network
    return values


async def _agent_name(rows: Rows, agent: AgentId | None) -> str:
    if agent is None:
        return ""
    row = await rows.first(select(AGENTS.c.name).where(AGENTS.c.id == agent))
    return "" if row is None else str(row.name)
