"""Drafts as rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from harken.domain.ids import CaseId
from harken.http.principal import Principal
from harken.store.body import decode, encode
from harken.store.port import Rows
from harken.store.schema.responder import DRAFTS
from services.responder.domain.draft import Draft


def draft_key(caller: Principal, case: CaseId) -> dict[str, str]:
    return {"tenant": caller.tenant, "case_id": case, "writer": draft_writer(caller)}


def draft_writer(caller: Principal) -> str:
    """An agent's drafts are theirs with whatever key they come."""
    return caller.agent or caller.id


async def find_draft(rows: Rows, caller: Principal, case: CaseId) -> Draft | None:
    table = DRAFTS.c
    query = select(table.body).where(table.case_id == case, table.writer == draft_writer(caller))
    row = await rows.first(query)
    return None if row is None else decode(row.body, Draft)


def draft_row(draft: Draft) -> dict[str, Any]:
    return {
        "tenant": draft.tenant,
        "case_id": draft.case,
        "writer": draft.writer,
        "revision": draft.revision,
        "body": encode(draft),
        "updated_at": draft.updated_at,
    }
