"""Replies as rows: reading them, and the change sets that move them on and tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from harken.domain.ids import ConnectionId, MentionId, ReplyId, TenantId
from harken.domain.reply import DeliveryState, Reply
from harken.domain.roles import Role
from harken.domain.time import Instant
from harken.events.codec import encode_delivery, encode_reply
from harken.events.keys import case_key
from harken.events.topics import DELIVERIES, REPLIES, Topic
from harken.store.body import decode, encode
from harken.store.changes import ChangeSet, Insert, Outgoing, Replace
from harken.store.port import Rows
from harken.store.schema.responder import REPLIES as TABLE
from harken.telemetry import tracing
from services.responder.domain.outcome import outcome

SERVICE = "responder"
PEOPLE = f"{Role.AGENT},{Role.APPROVER},{Role.CRISIS},{Role.SUPERVISOR},{Role.AUDITOR}"

_MOVING = (
    DeliveryState.PLANNED.value,
    DeliveryState.CLAIMED.value,
    DeliveryState.SENDING.value,
    DeliveryState.UNKNOWN.value,
)
_COLUMNS = (TABLE.c.body, TABLE.c.trace)


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply as it is stored, with the ``traceparent`` of the request that made it."""

    reply: Reply
    trace: str = ""


def planned(kept: Kept) -> ChangeSet:
    """Refused with ``AlreadyExists`` where the place, the key or the id is taken."""
    return ChangeSet(writes=[Insert(TABLE, _row(kept))], outbox=_told(kept.reply))


def moved(before: Kept, after: Reply) -> ChangeSet:
    """Compare-and-set on the revision; nothing at all where nothing changed."""
    if after is before.reply:
        return ChangeSet()
    write = Replace(TABLE, _row(Kept(after, before.trace)), before.reply.revision)
    return ChangeSet(writes=[write], outbox=_told(after))


async def find_reply(rows: Rows, reply: ReplyId) -> Kept | None:
    found = await rows.first(select(*_COLUMNS).where(TABLE.c.id == reply))
    return None if found is None else _kept(found)


async def answers_to(
    rows: Rows, connection: ConnectionId, parents: Iterable[MentionId]
) -> Sequence[Kept]:
    """The latest first."""
    query = select(*_COLUMNS).where(
        TABLE.c.connection == connection, TABLE.c.parent.in_(list(parents))
    )
    latest_first = query.order_by(TABLE.c.created_at.desc(), TABLE.c.id.desc())
    return [_kept(row) for row in await rows.all(latest_first)]


async def bound_ids(
    rows: Rows, connection: ConnectionId, network_ids: Iterable[str], *, but: ReplyId | None = None
) -> frozenset[str]:
    """Those of the network's ids that are known to be replies of ours, one reply aside."""
    wanted = [id_ for id_ in network_ids if id_]
    if not wanted:
        return frozenset()
    query = select(TABLE.c.network_id).where(
        TABLE.c.connection == connection, TABLE.c.network_id.in_(wanted)
    )
    if but is not None:
        query = query.where(TABLE.c.id != but)
    return frozenset(row.network_id for row in await rows.all(query))


@dataclass(frozen=True, slots=True)
class Due:
    tenant: TenantId
    id: ReplyId
    connection: ConnectionId
    state: DeliveryState
    trace: str


async def due_replies(rows: Rows, now: Instant, per_connection: int) -> Sequence[Due]:
    """What the delivery should look at, the longest due first, and only so many of each
    connection: a network that hangs must not hide the others."""
    place = func.row_number().over(
        partition_by=(TABLE.c.tenant, TABLE.c.connection), order_by=(TABLE.c.due, TABLE.c.id)
    )
    names = ("tenant", "id", "connection", "state", "trace", "due")
    ranked = (
        select(*(TABLE.c[name] for name in names), place.label("place"))
        .where(TABLE.c.state.in_(_MOVING), TABLE.c.due <= now)
        .subquery()
    )
    query = select(ranked).where(ranked.c.place <= per_connection).order_by(ranked.c.due)
    return [
        Due(
            TenantId(row.tenant),
            ReplyId(row.id),
            ConnectionId(row.connection),
            DeliveryState(row.state),
            row.trace,
        )
        for row in await rows.all(query)
    ]


def _kept(row: Row[Any]) -> Kept:
    return Kept(decode(row.body, Reply), row.trace)


def _row(kept: Kept) -> dict[str, Any]:
    reply = kept.reply
    return {
        "tenant": reply.tenant,
        "id": reply.id,
        "revision": reply.revision,
        "case_id": reply.case,
        "connection": reply.connection,
        "parent": reply.parent,
        "action": reply.action.value,
        "state": reply.state.value,
        "network_id": reply.network_id,
        "key": reply.key,
        "created_at": reply.created_at,
        "due": reply.due,
        "body": encode(reply),
        "trace": kept.trace,
    }


def _told(reply: Reply) -> list[Outgoing]:
    """A snapshot with each change, and the outcome without its text, for those who count it."""
    told = [_event(reply, REPLIES, encode_reply(reply).SerializeToString(), "reply", PEOPLE)]
    delivery = outcome(reply)
    if delivery is not None:
        value = encode_delivery(delivery).SerializeToString()
        told.append(_event(reply, DELIVERIES, value, "delivery", ""))
    return told


def _event(reply: Reply, topic: Topic, value: bytes, kind: str, audience: str) -> Outgoing:
    return Outgoing(
        service=SERVICE,
        tenant=reply.tenant,
        topic=topic.name,
        key=case_key(reply.tenant, reply.case),
        aggregate=reply.id,
        revision=reply.revision,
        value=value,
        headers=tracing.carry(),
        kind=kind,
        audience=audience,
    )
