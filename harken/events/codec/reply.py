"""Replies and deliveries. What only the responder needs (keys, fences) stays out of the event."""

from __future__ import annotations

from harken.domain.facts import Delivery
from harken.domain.ids import AgentId, CaseId, ConnectionId, MentionId, ReplyId, TenantId
from harken.domain.reply import Action, DeliveryState, Reply
from harken.events.codec.mention import VISIBILITIES
from harken.events.codec.wire import Words, instant, optional_instant, optional_stamp, stamp
from harken.events.v1 import reply_pb2 as pb

ACTIONS = Words(Action, pb.Action, "ACTION", Action.REPLY)
DELIVERY_STATES = Words(DeliveryState, pb.DeliveryState, "DELIVERY_STATE", DeliveryState.UNKNOWN)
"""A state not known here leaves open whether the reply is on the network: that is UNKNOWN."""


RESPONDERS_OWN = frozenset(
    {
        "key",
        "send_by",
        "fence",
        "attempts",
        "read_backs",
        "parent_revision",
        "written_by",
        "decided_by",
        "due",
        "first_attempt_at",
        "lost",
        "retry_until",
    }
)
"""Fields of a reply that its event leaves out; they read as their defaults, ``key`` as ""."""


def encode_reply(reply: Reply) -> pb.Reply:
    """Leaves out `RESPONDERS_OWN`."""
    return pb.Reply(
        tenant=reply.tenant,
        id=reply.id,
        revision=reply.revision,
        case_id=reply.case,
        connection=reply.connection,
        network=reply.network,
        parent=reply.parent,
        parent_source_id=reply.parent_source_id,
        action=ACTIONS.name(reply.action),
        visibility=VISIBILITIES.name(reply.visibility),
        text=reply.text,
        language=reply.language,
        agent=reply.author or "",
        automatic=reply.automatic,
        state=DELIVERY_STATES.name(reply.state),
        created_at=stamp(reply.created_at),
        updated_at=stamp(reply.updated_at),
        sent_at=optional_stamp(reply.sent_at),
        network_id=reply.network_id,
        network_url=reply.network_url,
        why=reply.why,
    )


def decode_reply(message: pb.Reply) -> Reply:
    return Reply(
        tenant=TenantId(message.tenant),
        id=ReplyId(message.id),
        revision=message.revision,
        case=CaseId(message.case_id),
        connection=ConnectionId(message.connection),
        network=message.network,
        parent=MentionId(message.parent),
        parent_source_id=message.parent_source_id,
        action=ACTIONS.member(message.action),
        visibility=VISIBILITIES.member(message.visibility),
        text=message.text,
        language=message.language,
        author=AgentId(message.agent) if message.agent else None,
        automatic=message.automatic,
        key="",
        state=DELIVERY_STATES.member(message.state),
        created_at=instant(message.created_at),
        updated_at=instant(message.updated_at),
        network_id=message.network_id,
        network_url=message.network_url,
        sent_at=optional_instant(message, "sent_at"),
        why=message.why,
    )


def encode_delivery(delivery: Delivery) -> pb.Delivery:
    return pb.Delivery(
        tenant=delivery.tenant,
        reply=delivery.reply,
        revision=delivery.revision,
        case_id=delivery.case,
        connection=delivery.connection,
        network=delivery.network,
        parent=delivery.parent,
        action=ACTIONS.name(delivery.action),
        visibility=VISIBILITIES.name(delivery.visibility),
        state=DELIVERY_STATES.name(delivery.state),
        network_id=delivery.network_id,
        agent=delivery.agent or "",
        automatic=delivery.automatic,
        at=stamp(delivery.at),
        why=delivery.why,
        asks=delivery.asks,
    )


def decode_delivery(message: pb.Delivery) -> Delivery:
    return Delivery(
        tenant=TenantId(message.tenant),
        reply=ReplyId(message.reply),
        revision=message.revision,
        case=CaseId(message.case_id),
        connection=ConnectionId(message.connection),
        network=message.network,
        parent=MentionId(message.parent),
        action=ACTIONS.member(message.action),
        visibility=VISIBILITIES.member(message.visibility),
        state=DELIVERY_STATES.member(message.state),
        at=instant(message.at),
        agent=AgentId(message.agent) if message.agent else None,
        automatic=message.automatic,
        network_id=message.network_id,
        why=message.why,
        asks=message.asks,
    )
