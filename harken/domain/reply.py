"""A reply: first an intent with a frozen text, then a delivery that happens at most once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harken.domain.ids import AgentId, CaseId, ConnectionId, MentionId, ReplyId, TenantId, derive
from harken.domain.mention import Visibility
from harken.domain.time import BEGINNING, Instant


class Action(StrEnum):
    """What is done with the text; with connection and parent it names one delivery slot."""

    REPLY = "reply"
    PRIVATE_REPLY = "private_reply"
    HOLDING_REPLY = "holding_reply"


class DeliveryState(StrEnum):
    """PLANNED → CLAIMED → SENDING → SENT | REFUSED | UNKNOWN; UNKNOWN → SENT | ABSENT.

    UNKNOWN: it was, or may have been, written and no answer came. ABSENT: read back twice and not
    found; a person decides whether to send again.
    REFUSED and WITHDRAWN are surely not on the network, CANCELLED as far as a person could tell.
    """

    AWAITING_APPROVAL = "awaiting_approval"
    PLANNED = "planned"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


UNRESOLVED = frozenset(
    {
        DeliveryState.AWAITING_APPROVAL,
        DeliveryState.PLANNED,
        DeliveryState.CLAIMED,
        DeliveryState.SENDING,
        DeliveryState.UNKNOWN,
        DeliveryState.ABSENT,
    }
)
"""While a reply is in one of these, no other may take its (connection, parent, action)."""


SETTLED = frozenset(DeliveryState) - UNRESOLVED


@dataclass(frozen=True, slots=True)
class Reply:
    """An intent and what became of it. ``text`` never changes under a given ``key``.

    ``parent_revision`` is the revision of the parent that the writer had read. ``written_by`` and
    ``decided_by`` name credentials: whose words these are, and who had the last say over them.
    ``due`` is when the delivery loop should look at it next.

    ``fence`` counts claims, ``attempts`` how often sending began, ``lost`` those attempts whose
    outcome was not learnt. ``retry_until``: until then the network surely knows the key again, so
    that sending the same once more cannot make a second post; None while no such retry is under
    way.
    """

    tenant: TenantId
    id: ReplyId
    revision: int
    case: CaseId
    connection: ConnectionId
    network: str
    parent: MentionId
    parent_source_id: str
    action: Action
    visibility: Visibility
    text: str
    language: str
    author: AgentId | None
    automatic: bool
    key: str
    state: DeliveryState
    created_at: Instant
    updated_at: Instant
    send_by: Instant | None = None
    fence: int = 0
    attempts: int = 0
    read_backs: int = 0
    network_id: str = ""
    network_url: str = ""
    sent_at: Instant | None = None
    why: str = ""
    parent_revision: int = 0
    written_by: str = ""
    decided_by: str = ""
    due: Instant = BEGINNING
    first_attempt_at: Instant | None = None
    lost: int = 0
    retry_until: Instant | None = None

    @property
    def unresolved(self) -> bool:
        return self.state in UNRESOLVED

    @property
    def in_doubt(self) -> bool:
        """An attempt may have put it on the network, whatever was tried since."""
        return self.lost > 0


def reply_key(
    tenant: TenantId, connection: ConnectionId, parent: MentionId, action: Action, revision: int
) -> str:
    """The key under which a text is frozen, and the network's idempotency key.

    ``revision`` counts the replies in this place, from 1.
    """
    return derive("reply", tenant, connection, parent, action.value, revision)
