"""Cases and all that belongs to them, read out of one snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from harken.domain.case import Case
from harken.domain.facts import TaggedMention
from harken.domain.ids import CaseId, MentionId
from harken.domain.reply import Reply
from harken.http.problem import not_found
from harken.store.body import decode
from harken.store.port import Rows
from harken.store.schema.responder import REPLIES
from harken.store.schema.router import CASES, DECISIONS, MENTIONS, NOTES
from services.router.api import showing
from services.router.api.case_models import CaseDetail, CaseSummary, Entry
from services.router.api.presence import Present

MOST_MENTIONS = 500
MOST_REPLIES = 500
MOST_NOTES = 200
MOST_DECISIONS = 20


async def find_case(rows: Rows, id_: CaseId) -> Case:
    """Raises the 404 problem."""
    row = await rows.first(select(CASES.c.body).where(CASES.c.id == id_))
    if row is None:
        raise not_found("case")
    return decode(row.body, Case)


async def summaries(rows: Rows, cases: Sequence[Case]) -> list[CaseSummary]:
    latest = await _latest(rows, cases)
    return [showing.summary(case, latest.get(case.id)) for case in cases]


async def case_detail(rows: Rows, case: Case, present: Sequence[Present]) -> CaseDetail:
    mentions = [showing.read_tagged(row) for row in await _mentions(rows, case)]
    latest = next((m for m in mentions if m.mention.id == case.latest_mention), None)
    timeline: list[Entry] = [
        showing.mention_entry(tagged, case) for tagged in mentions if _shown(tagged, case)
    ]
    timeline += [showing.reply_entry(reply) for reply in await _replies(rows, case)]
    timeline += [showing.note_entry(row) for row in await _notes(rows, case)]
    timeline.sort(key=lambda entry: (entry.at, entry.id))
    query = select(DECISIONS.c.id).where(DECISIONS.c.case_id == case.id)
    newest = query.order_by(DECISIONS.c.at.desc(), DECISIONS.c.id).limit(MOST_DECISIONS)
    decisions = [row.id for row in await rows.all(newest)]
    return showing.detail(case, latest, timeline, present, decisions)


def _shown(tagged: TaggedMention, case: Case) -> bool:
    """A post of our own is shown once: as the reply that it is, or as an answer given elsewhere."""
    mention = tagged.mention
    return not mention.echo or any(post.ref == mention.id for post in case.posts)


async def _latest(rows: Rows, cases: Sequence[Case]) -> dict[CaseId, TaggedMention]:
    of_case = {case.latest_mention: case.id for case in cases if case.latest_mention}
    if not of_case:
        return {}
    query = select(MENTIONS.c.id, MENTIONS.c.tagged).where(MENTIONS.c.id.in_(list(of_case)))
    found = await rows.all(query)
    return {of_case[MentionId(row.id)]: showing.read_tagged(row) for row in found}


async def _mentions(rows: Rows, case: Case) -> Sequence[Row[Any]]:
    """The latest, where there are very many."""
    table = MENTIONS.c
    query = select(table.id, table.tagged).where(table.case_id == case.id)
    return await rows.all(query.order_by(table.created_at.desc(), table.id).limit(MOST_MENTIONS))


async def _replies(rows: Rows, case: Case) -> list[Reply]:
    table = REPLIES.c
    query = select(table.body).where(table.case_id == case.id)
    newest = query.order_by(table.created_at.desc(), table.id).limit(MOST_REPLIES)
    return [decode(row.body, Reply) for row in await rows.all(newest)]


async def _notes(rows: Rows, case: Case) -> Sequence[Row[Any]]:
    table = NOTES.c
    query = select(NOTES).where(table.case_id == case.id)
    return await rows.all(query.order_by(table.at.desc(), table.id).limit(MOST_NOTES))
