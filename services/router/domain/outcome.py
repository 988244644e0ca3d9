"""What applying a command brings: all that is to be stored and told, and the answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from harken.domain.case import Case, SkillLevel
from harken.domain.facts import DecisionKind, Notice
from harken.domain.ids import (
    AgentId,
    CaseId,
    DecisionId,
    MentionId,
    OfferId,
    QueueId,
    TenantId,
)
from harken.domain.severity import Severity, SeverityClass
from harken.domain.time import Instant
from harken.domain.tone import Polarity
from services.router.domain.offer import Offer
from services.router.domain.people import Agent, Queue, Skill
from services.router.domain.timer import Timer, TimerKey

OK = 200
NOT_ALLOWED = 403
NOT_FOUND = 404
CONFLICT = 409
CHANGED_MEANWHILE = 412
FAILED = 500


@dataclass(frozen=True, slots=True)
class Result:
    """``status`` as in HTTP; ``kind`` names the problem where it is one.

    ``ref`` and ``revision`` name what the command was about, after it.
    """

    status: int = OK
    kind: str = ""
    detail: str = ""
    ref: str = ""
    revision: int = 0


class Refused(Exception):
    """The command cannot be done. Raised before anything was changed."""

    def __init__(self, status: int, kind: str, detail: str, revision: int = 0) -> None:
        super().__init__(detail)
        self.result = Result(status, kind, detail, revision=revision)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who could have it: how well, whether the customer knows them, since when idle."""

    agent: AgentId
    proficiency: int
    known_to_customer: bool
    idle_since: Instant


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a case went where it went.

    ``candidates`` are in order of preference; ``excluded`` lists all others by the reason.
    """

    tenant: TenantId
    id: DecisionId
    case: CaseId
    kind: DecisionKind
    agent: AgentId | None
    at: Instant
    why: str
    queue: QueueId
    severity_class: SeverityClass
    required: tuple[SkillLevel, ...]
    preferred: tuple[SkillLevel, ...]
    policy_version: int
    candidates: tuple[Candidate, ...] = ()
    excluded: tuple[tuple[str, tuple[AgentId, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A mention's revision in its case; ``case`` is None where it belongs to none.

    ``severity`` is the mention's own; None for retractions and posts of our own.
    """

    mention: MentionId
    revision: int
    case: CaseId | None
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class ToneCorrection:
    mention: MentionId
    case: CaseId
    polarity: Polarity
    by: str
    at: Instant


@dataclass(slots=True)
class Outcome:
    """Aggregates are whole and as after the command; a timer of None is no more."""

    result: Result = field(default_factory=Result)
    cases: dict[CaseId, Case] = field(default_factory=dict)
    agents: dict[AgentId, Agent] = field(default_factory=dict)
    queues: dict[QueueId, Queue | None] = field(default_factory=dict)
    skills: dict[str, Skill | None] = field(default_factory=dict)
    offers: dict[OfferId, Offer] = field(default_factory=dict)
    timers: dict[TimerKey, Timer | None] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    corrections: list[ToneCorrection] = field(default_factory=list)
    merged: list[tuple[CaseId, CaseId]] = field(default_factory=list)
    """Every mention of the first now belongs to the second."""

    def absorb(self, later: Outcome) -> None:
        """Adds what a later command brought; its answer stays its own."""
        self.cases.update(later.cases)
        self.agents.update(later.agents)
        self.queues.update(later.queues)
        self.skills.update(later.skills)
        self.offers.update(later.offers)
        self.timers.update(later.timers)
        self.decisions += later.decisions
        self.notices += later.notices
        self.placed += later.placed
        self.corrections += later.corrections
        self.merged += later.merged
