"""Commands: all that can be asked of the router. They hold references, never personal text."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.case import SkillLevel
from harken.domain.facts import Delivery
from harken.domain.ids import AgentId, AuthorId, CaseId, ConnectionId, MentionId, OfferId, QueueId
from harken.domain.mention import Kind, Visibility
from harken.domain.time import Instant
from harken.domain.tone import Polarity
from services.router.domain.people import Status
from services.router.domain.timer import TimerKind
from services.router.severity.facts import SeverityFacts


@dataclass(frozen=True, slots=True)
class By:
    """Who asks: the credential, the agent behind it if any, and whether as a supervisor."""

    principal: str
    agent: AgentId | None = None
    supervisor: bool = False


# --- from the stages


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """One revision of a mention, as facts. ``source_id``, ``parent``: the network's own ids."""

    mention: MentionId
    revision: int
    network: str
    connection: ConnectionId
    author: AuthorId
    source_id: str
    thread_root: str
    parent: str
    kind: Kind
    visibility: Visibility
    language: str
    created_at: Instant
    received_at: Instant
    facts: SeverityFacts
    direct: bool = True
    historical: bool = False
    answerable: bool = True
    trackers: tuple[str, ...] = ()
    contact_reason: str = ""


@dataclass(frozen=True, slots=True)
class RetractMention:
    """Its author took it back."""

    mention: MentionId
    revision: int


@dataclass(frozen=True, slots=True)
class AnsweredElsewhere:
    """A post of our own came back. If it is none of our deliveries, someone answered by hand."""

    mention: MentionId
    revision: int
    connection: ConnectionId
    source_id: str
    thread_root: str
    parent: str
    visibility: Visibility
    created_at: Instant
    historical: bool = False


@dataclass(frozen=True, slots=True)
class ReplyDelivered:
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """It is surely not on the network, or nobody knows: a person has to look."""

    delivery: Delivery


# --- from the clock


@dataclass(frozen=True, slots=True)
class TimerFired:
    aggregate: str
    kind: TimerKind
    generation: int


# --- from agents about themselves


@dataclass(frozen=True, slots=True)
class SetStatus:
    by: By
    agent: AgentId
    status: Status


@dataclass(frozen=True, slots=True)
class AgentActive:
    """A sign of life; ``cases`` are those it shows work on (viewed, typed in)."""

    agent: AgentId
    cases: tuple[CaseId, ...] = ()


@dataclass(frozen=True, slots=True)
class AcceptOffer:
    by: By
    offer: OfferId


@dataclass(frozen=True, slots=True)
class DeclineOffer:
    by: By
    offer: OfferId


# --- from people about a case. ``expected``: the revision that they saw, None for any.


@dataclass(frozen=True, slots=True)
class Assign:
    """To take a case is to assign it to oneself."""

    by: By
    case: CaseId
    agent: AgentId
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Back to a queue, its own where none is named."""

    by: By
    case: CaseId
    queue: QueueId | None = None
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Snooze:
    by: By
    case: CaseId
    until: Instant
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Resolve:
    """``no_reply_needed`` and ``spam`` say why there was nothing to solve."""

    by: By
    case: CaseId
    no_reply_needed: bool = False
    spam: bool = False
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Reopen:
    by: By
    case: CaseId
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class OverrideSeverity:
    by: By
    case: CaseId
    score: int
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class CorrectTone:
    by: By
    case: CaseId
    mention: MentionId
    polarity: Polarity
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """``contact_reason``: None leaves it as it is."""

    by: By
    case: CaseId
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    contact_reason: str | None = None
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """The note's text lies in its own row."""

    by: By
    case: CaseId
    note: str


@dataclass(frozen=True, slots=True)
class Merge:
    """``case`` goes into ``into`` and stays as a redirect."""

    by: By
    case: CaseId
    into: CaseId
    expected: int | None = None


# --- from supervisors about the desk


@dataclass(frozen=True, slots=True)
class UpsertAgent:
    by: By
    agent: AgentId
    name: str
    skills: tuple[SkillLevel, ...] = ()
    queues: tuple[QueueId, ...] = ()
    capacity: int = 5
    supervisor: bool = False
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class RetireAgent:
    by: By
    agent: AgentId
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class UpsertQueue:
    by: By
    queue: QueueId
    name: str
    pull_only: bool = False
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class RemoveQueue:
    by: By
    queue: QueueId
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class UpsertSkill:
    by: By
    name: str
    description: str = ""
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class RemoveSkill:
    by: By
    name: str
    expected: int | None = None


Command = (
    PlaceMention
    | RetractMention
    | AnsweredElsewhere
    | ReplyDelivered
    | ReplyFailed
    | TimerFired
    | SetStatus
    | AgentActive
    | AcceptOffer
    | DeclineOffer
    | Assign
    | Transfer
    | Snooze
    | Resolve
    | Reopen
    | OverrideSeverity
    | CorrectTone
    | Tag
    | Note
    | Merge
    | UpsertAgent
    | RetireAgent
    | UpsertQueue
    | RemoveQueue
    | UpsertSkill
    | RemoveSkill
)


@dataclass(frozen=True, slots=True)
class Appended:
    """A command as it was appended. ``origin`` is unique in its tenant; ids are derived from it."""

    origin: str
    at: Instant
    command: Command
