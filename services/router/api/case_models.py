"""Cases as the API shows them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harken.domain.case import CaseState, ClockKind
from harken.domain.mention import Counting, Kind, Visibility
from harken.domain.reply import Action, DeliveryState
from harken.domain.severity import SeverityClass
from harken.domain.tone import Emotion, Polarity
from harken.http.models import ApiModel, Id, Time, bounded, examples
from services.router.api.case_examples import (
    CAPABILITY,
    CLOCK,
    MENTION_ENTRY,
    MENTION_ID,
    NOTE_ENTRY,
    REPLY_ENTRY,
    SKILL,
    SUMMARY,
)


class ReasonAnswer(ApiModel):
    """One factor of a severity: its value in [0, 1], its weight, and the points it gave."""

    factor: str
    value: float
    weight: float
    contribution: float
    evidence: str


class SeverityAnswer(ApiModel):
    """0 to 100 and a class, with the reasons."""

    score: int
    severity_class: SeverityClass
    overridden_by: str | None
    """The agent or credential whose word this is; null for the score's own."""
    reasons: list[ReasonAnswer]


class AuthorAnswer(ApiModel):
    """A person on a network; `followers` is -1 where unknown."""

    id: str
    handle: str
    name: str
    followers: int
    verified: bool


class SkillLevelAnswer(ApiModel):
    """A skill with a level from 1 to 5."""

    name: Annotated[str, bounded(100)]
    level: Annotated[int, Field(ge=1, le=5)]


class ClockAnswer(ApiModel):
    """A promise. `met` is null while it runs."""

    kind: ClockKind
    started_at: Time
    due: Time
    target_seconds: float
    paused_at: Time | None
    paused_seconds: float
    stopped_at: Time | None
    met: bool | None


class CaseSummary(ApiModel):
    """A case as lists show it."""

    model_config = examples(SUMMARY)

    id: str
    revision: int
    state: CaseState
    severity: SeverityAnswer
    network: str
    connection: str
    visibility: Visibility
    language: str
    queue: str
    assignee: str | None
    author: AuthorAnswer
    preview: str
    """The beginning of what the customer wrote last."""
    opened_at: Time
    updated_at: Time
    deadline: Time
    """By this the case stands in its queue."""
    next_due: Time | None
    """When the next promise is due; null where none runs."""
    tags: list[str]
    contact_reason: str
    posts: int


class ToneAnswer(ApiModel):
    """How a mention sounds, with an honest certainty."""

    polarity: Polarity
    certainty: float
    emotions: dict[Emotion, float]
    shown: list[Emotion]
    urgency: float
    offence: float
    corrected: bool
    """A person said what the polarity is."""
    model: str


class CapabilityAnswer(ApiModel):
    """May we answer here, how, until when, how long; and why not where not."""

    public: bool
    private: bool
    until: Time | None
    max_length: int
    counting: Counting
    by_person_only: bool
    why_not: str


class MentionEntry(ApiModel):
    """A post of the customer, or one of ours that did not go through Harken (`ours`)."""

    type: Literal["mention"]
    id: str
    at: Time
    revision: int
    kind: Kind
    visibility: Visibility
    author: AuthorAnswer
    text: str
    language: str
    url: str
    taken_back: bool
    ours: bool
    historical: bool
    trackers: list[str]
    """Ids of the trackers that matched it."""
    tone: ToneAnswer | None
    capability: CapabilityAnswer


class ReplyEntry(ApiModel):
    """A reply of ours and what became of it."""

    type: Literal["reply"]
    id: str
    at: Time
    state: DeliveryState
    action: Action
    visibility: Visibility
    agent: str | None
    automatic: bool
    text: str
    parent: str
    url: str
    why: str


class NoteEntry(ApiModel):
    """What colleagues should know."""

    type: Literal["note"]
    id: str
    at: Time
    author: str
    text: str


Entry = Annotated[MentionEntry | ReplyEntry | NoteEntry, Field(discriminator="type")]


class PresentAnswer(ApiModel):
    """Somebody who looks at the case now."""

    agent: str
    typing: bool


class CaseDetail(CaseSummary):
    """A case with everything that is needed to answer it."""

    model_config = examples(
        {
            **SUMMARY,
            "thread_root": "1001",
            "required": [],
            "preferred": [SKILL],
            "risk_topics": [],
            "trackers": [],
            "fence": 1,
            "lease_until": "2026-03-01T09:45:00Z",
            "snoozed_until": None,
            "resolved_at": None,
            "reopened": 0,
            "no_reply_needed": False,
            "spam": False,
            "historical": False,
            "previous": None,
            "merged_into": None,
            "clocks": [CLOCK],
            "capability": CAPABILITY,
            "timeline": [MENTION_ENTRY, NOTE_ENTRY, REPLY_ENTRY],
            "present": [{"agent": "eva", "typing": True}],
            "decisions": ["7b5e9b52-6f0b-5a7e-9f39-6d6a3c1f8f10"],
        }
    )

    thread_root: str
    required: list[SkillLevelAnswer]
    preferred: list[SkillLevelAnswer]
    risk_topics: list[str]
    trackers: list[str]
    """Ids of the trackers that matched one of its mentions."""
    fence: int
    """Grows with every assignment."""
    lease_until: Time | None
    """Without any activity the assignment ends then."""
    snoozed_until: Time | None
    resolved_at: Time | None
    reopened: int
    no_reply_needed: bool
    spam: bool
    historical: bool
    previous: str | None
    merged_into: str | None
    clocks: list[ClockAnswer]
    capability: CapabilityAnswer | None
    """Of the customer's latest mention."""
    timeline: list[Entry]
    """By time and id."""
    present: list[PresentAnswer]
    decisions: list[str]
    """The latest routing decisions, newest first; each can be asked for."""


class NewNote(ApiModel):
    """A note for colleagues."""

    model_config = examples({"text": "The same batch as last week."})

    text: Annotated[str, bounded(10_000)]


class TagEdit(ApiModel):
    """Tags to add and to remove; `contact_reason` where it is to be set."""

    model_config = examples({"add": ["kettles"], "remove": ["unclear"], "contact_reason": "defect"})

    add: Annotated[list[Annotated[str, bounded(60)]], Field(max_length=20)] = Field(
        default_factory=list
    )
    remove: Annotated[list[Annotated[str, bounded(60)]], Field(max_length=20)] = Field(
        default_factory=list
    )
    contact_reason: Annotated[str, bounded(60, least=0)] | None = None


class NewAssignment(ApiModel):
    """To whom; left out, the caller takes the case."""

    model_config = examples({}, {"agent": "eva"})

    agent: Id | None = None


class NewTransfer(ApiModel):
    """To which queue; left out, back to its own."""

    model_config = examples({"queue": "billing"})

    queue: Annotated[str, bounded(100)] | None = None


class NewSnooze(ApiModel):
    """Until when."""

    model_config = examples({"until": "2026-03-02T08:00:00Z"})

    until: Time


class Resolution(ApiModel):
    """How it ended."""

    model_config = examples({"outcome": "solved"})

    outcome: Literal["solved", "no_reply_needed", "spam"] = "solved"


class NewSeverity(ApiModel):
    """A person's word on how severe it is, 0 to 100."""

    model_config = examples({"score": 10})

    score: Annotated[int, Field(ge=0, le=100)]


class NewTone(ApiModel):
    """A person's word on how a mention sounds."""

    model_config = examples({"mention": MENTION_ID, "polarity": "neutral"})

    mention: Id
    polarity: Polarity


class NewMerge(ApiModel):
    """The case that the other one goes into."""

    model_config = examples({"into": "6e2f8b4f-9b6d-5c1f-8b9f-7a2e3d4c5b60"})

    into: Id


class Typing(ApiModel):
    """Whether the caller writes just now."""

    model_config = examples({"typing": True})

    typing: bool = True


class PresentList(ApiModel):
    """Who looks at the case now."""

    model_config = examples({"present": [{"agent": "eva", "typing": True}]})

    present: list[PresentAnswer]
