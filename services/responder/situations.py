"""Loading what the guards judge: the case, the mention as it is now, and what was answered."""

from __future__ import annotations

from sqlalchemy import select

from harken.channels.port import Connection
from harken.channels.vault import Vault, opening
from harken.domain.case import Case
from harken.domain.ids import CaseId, ConnectionId, MentionId
from harken.domain.mention import Mention
from harken.domain.reply import Reply
from harken.domain.time import Instant
from harken.events.codec import decode_tagged
from harken.events.v1 import tone_pb2
from harken.store.body import decode
from harken.store.port import Rows
from harken.store.schema.ingest import CONNECTIONS
from harken.store.schema.responder import OWN_POSTS
from harken.store.schema.router import CASES, MENTIONS
from services.responder.domain.guards import Situation
from services.responder.replies import answers_to, bound_ids


async def find_connection(rows: Rows, connection: ConnectionId, vault: Vault) -> Connection | None:
    """Its secrets open when they are asked for."""
    query = select(CONNECTIONS.c.body).where(CONNECTIONS.c.id == connection)
    row = await rows.first(query)
    return None if row is None else opening(decode(row.body, Connection), vault)


async def find_case(rows: Rows, case: CaseId) -> Case | None:
    row = await rows.first(select(CASES.c.body).where(CASES.c.id == case))
    return None if row is None else decode(row.body, Case)


async def find_mention(rows: Rows, mention: MentionId) -> tuple[CaseId, Mention] | None:
    """The mention's latest revision, and the case it belongs to ("" while it has none)."""
    query = select(MENTIONS.c.case_id, MENTIONS.c.tagged).where(MENTIONS.c.id == mention)
    row = await rows.first(query)
    if row is None:
        return None
    tagged = decode_tagged(tone_pb2.TaggedMention.FromString(bytes(row.tagged)))
    return CaseId(row.case_id), tagged.mention


async def situation(rows: Rows, case: Case, parent: Mention) -> Situation:
    answers = await answers_to(rows, parent.connection, [parent.id])
    replies = tuple(kept.reply for kept in answers)
    return Situation(case, parent, replies, await _elsewhere(rows, parent))


async def situation_of(rows: Rows, reply: Reply) -> Situation | None:
    """None where the case or the mention was erased."""
    case = await find_case(rows, reply.case)
    found = await find_mention(rows, reply.parent)
    if case is None or found is None:
        return None
    return await situation(rows, case, found[1])


async def _elsewhere(rows: Rows, parent: Mention) -> Instant | None:
    """When we learnt that it was answered by something that is no reply of ours."""
    table = OWN_POSTS.c
    query = select(table.source_id, table.seen_at).where(
        table.connection == parent.connection, table.parent_source_id == parent.source_id
    )
    seen = {row.source_id: Instant(row.seen_at) for row in await rows.all(query)}
    ours = await bound_ids(rows, parent.connection, seen)
    return max((at for id_, at in seen.items() if id_ not in ours), default=None)


async def seen_before(
    rows: Rows, connection: ConnectionId, parent_source_id: str, before: Instant
) -> frozenset[str]:
    """Our posts under a parent that we knew of before an instant, by the network's ids."""
    table = OWN_POSTS.c
    query = select(table.source_id).where(
        table.connection == connection,
        table.parent_source_id == parent_source_id,
        table.seen_at < before,
    )
    return frozenset(row.source_id for row in await rows.all(query))
