"""A case: one author's one issue on one connection; the unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harken.domain.ids import AgentId, AuthorId, CaseId, ConnectionId, MentionId, QueueId, TenantId
from harken.domain.mention import Kind, Visibility
from harken.domain.severity import Severity
from harken.domain.time import NO_TIME, Duration, Instant
from harken.domain.tone import Polarity


class CaseState(StrEnum):
    QUEUED = "queued"
    OFFERED = "offered"
    ASSIGNED = "assigned"
    WAITING = "waiting"
    """Answered; the customer is to speak next. Holds no capacity."""
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    MERGED = "merged"


class ClockKind(StrEnum):
    HOLDING_REPLY = "holding_reply"
    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    RESOLUTION = "resolution"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class SlaClock:
    """One promise. ``target`` is the time allowed; ``due`` moves only when paused time is added.

    ``paused_at`` is set while a question of ours waits for the customer. ``stopped_at`` is when
    the promise was kept or became moot; it was met where that is not later than ``due``.
    ``warned`` holds the percentages already announced. ``calendar`` names the business hours
    that it runs in, "" for wall time.
    """

    kind: ClockKind
    started_at: Instant
    target: Duration
    due: Instant
    paused_at: Instant | None = None
    paused_for: Duration = NO_TIME
    stopped_at: Instant | None = None
    warned: tuple[int, ...] = ()
    calendar: str = ""


class PostSide(StrEnum):
    CUSTOMER = "customer"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Post:
    """One entry of a case's history, without its text: what the KPIs and the rules need.

    ``ref`` is a mention id (customer) or a reply id (brand). ``automatic`` marks holding
    replies and bot answers, which never count as responses.
    """

    ref: str
    side: PostSide
    at: Instant
    visibility: Visibility
    polarity: Polarity | None = None
    certainty: float = 0.0
    automatic: bool = False
    agent: AgentId | None = None
    historical: bool = False


@dataclass(frozen=True, slots=True)
class SkillLevel:
    """A skill by name with a level from 1 to 5: what an agent has, or what work requires."""

    name: str
    level: int


@dataclass(frozen=True, slots=True)
class Case:
    """The aggregate's whole state, and the snapshot that the search index keeps.

    ``fence`` grows with every assignment: whoever acts on an older one is refused.
    ``deadline`` orders the queue; it may come forward, never go back. ``assignee`` stays named
    while the case waits, sleeps or is resolved, but then takes no capacity. ``posts`` lie in the
    order of (at, ref).
    """

    tenant: TenantId
    id: CaseId
    revision: int
    network: str
    connection: ConnectionId
    author: AuthorId
    visibility: Visibility
    thread_root: str
    language: str
    state: CaseState
    severity: Severity
    queue: QueueId
    opened_at: Instant
    updated_at: Instant
    deadline: Instant
    required: tuple[SkillLevel, ...] = ()
    preferred: tuple[SkillLevel, ...] = ()
    assignee: AgentId | None = None
    fence: int = 0
    lease_until: Instant | None = None
    posts: tuple[Post, ...] = ()
    clocks: tuple[SlaClock, ...] = ()
    tags: tuple[str, ...] = ()
    contact_reason: str = ""
    no_reply_needed: bool = False
    spam: bool = False
    historical: bool = False
    resolved_at: Instant | None = None
    reopened: int = 0
    previous: CaseId | None = None
    merged_into: CaseId | None = None
    snoozed_until: Instant | None = None
    risk_topics: tuple[str, ...] = ()
    latest_mention: MentionId | None = None
    excluded: tuple[tuple[AgentId, Instant], ...] = ()
    """Agents who declined, each with the instant at which that is forgotten."""
    kind: Kind = Kind.POST
    """Of the mention that opened it."""
    direct: bool = True
    """False while all that it holds speaks about us and not to us."""
    trackers: tuple[str, ...] = ()
    answerable: bool = True
    """False where no mention of it can be answered on its network: no reply is promised then."""
    posts_left_out: int = 0
    """Posts from its middle that a very long case no longer lists."""
    escalated: bool = False
    """Supervisors were told that nobody can take it; cleared by the next assignment."""

    @property
    def open(self) -> bool:
        return self.state not in (CaseState.RESOLVED, CaseState.MERGED)
