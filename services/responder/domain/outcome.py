"""Facts about a reply that others need: what became of it on the network."""

from __future__ import annotations

from harken.domain.facts import Delivery
from harken.domain.reply import SETTLED, DeliveryState, Reply
from services.responder.domain.question import asks

OUTCOMES = SETTLED | {DeliveryState.ABSENT}
"""UNKNOWN is none: it resolves within seconds, or becomes ABSENT."""


def outcome(reply: Reply) -> Delivery | None:
    """None while its delivery goes on."""
    if reply.state not in OUTCOMES:
        return None
    return Delivery(
        tenant=reply.tenant,
        reply=reply.id,
        revision=reply.revision,
        case=reply.case,
        connection=reply.connection,
        network=reply.network,
        parent=reply.parent,
        action=reply.action,
        visibility=reply.visibility,
        state=reply.state,
        at=reply.updated_at if reply.sent_at is None else reply.sent_at,
        agent=reply.author,
        automatic=reply.automatic,
        network_id=reply.network_id,
        why=reply.why,
        asks=asks(reply.text),
    )
