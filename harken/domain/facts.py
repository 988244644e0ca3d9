"""Facts: what services tell each other, as values. None of them carries more than is needed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harken.domain.case import Case
from harken.domain.ids import (
    AgentId,
    CaseId,
    ConnectionId,
    DecisionId,
    MentionId,
    ReplyId,
    TenantId,
)
from harken.domain.mention import Mention, Visibility
from harken.domain.reply import Action, DeliveryState
from harken.domain.severity import Severity
from harken.domain.time import Instant
from harken.domain.tone import Tone


@dataclass(frozen=True, slots=True)
class TaggedMention:
    """``tone`` is None for retractions and echoes, which no model reads."""

    mention: Mention
    tone: Tone | None
    tagged_at: Instant


@dataclass(frozen=True, slots=True)
class PlacedMention:
    """A mention in its case, with the severity it was given."""

    tagged: TaggedMention
    case: CaseId
    severity: Severity


class DecisionKind(StrEnum):
    QUEUED = "queued"
    ASSIGNED = "assigned"
    OFFERED = "offered"
    RETURNED = "returned"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class DecisionMade:
    """That something was decided; the explanation is asked for by ``id``."""

    tenant: TenantId
    id: DecisionId
    case: CaseId
    kind: DecisionKind
    agent: AgentId | None
    at: Instant


class NoticeKind(StrEnum):
    SLA_WARNING = "sla_warning"
    SLA_BREACH = "sla_breach"
    CRITICAL_CASE = "critical_case"
    NOBODY_AVAILABLE = "nobody_available"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know now. ``id`` is equal on every repeat."""

    tenant: TenantId
    id: str
    kind: NoticeKind
    case: CaseId
    detail: str
    at: Instant


WorkFact = PlacedMention | Case | DecisionMade | Notice
"""What the topic ``work`` carries."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a reply on the network, without its text.

    ``asks``: the text asks the customer something, so pausable clocks wait for the answer.
    """

    tenant: TenantId
    reply: ReplyId
    revision: int
    case: CaseId
    connection: ConnectionId
    network: str
    parent: MentionId
    action: Action
    visibility: Visibility
    state: DeliveryState
    at: Instant
    agent: AgentId | None = None
    automatic: bool = False
    network_id: str = ""
    why: str = ""
    asks: bool = False
