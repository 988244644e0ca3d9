"""Guards: may this text go out as an answer to that mention, now?

They run twice: when a reply is asked for, and again right before it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from harken.domain.case import Case, PostSide
from harken.domain.ids import AgentId, ReplyId
from harken.domain.mention import Change, Mention, ReplyCapability, Visibility
from harken.domain.reply import Action, DeliveryState, Reply
from harken.domain.time import Duration, Instant, after, minutes


class Guard(StrEnum):
    """What speaks against sending. The values are kinds of problems of the API."""

    OWN_POST = "own-post"
    HISTORICAL = "historical"
    RETRACTED = "retracted"
    NOT_ANSWERABLE = "not-answerable"
    EMPTY = "empty-text"
    TOO_LONG = "too-long"
    EDITED = "edited"
    WROTE_AGAIN = "wrote-again"
    UNDER_WAY = "reply-under-way"
    ALREADY_ANSWERED = "already-answered"
    ANSWERED_ELSEWHERE = "answered-elsewhere"
    ASSIGNED_TO_ANOTHER = "assigned-to-another"


WAIVABLE = frozenset({Guard.WROTE_AGAIN, Guard.ALREADY_ANSWERED, Guard.ANSWERED_ELSEWHERE})
"""What a person may send in spite of, having seen it. An edit is waived by naming its revision."""

PATIENCE = minutes(2)
"""How long after it was written a reply still answers what it was written to, whatever follows."""


@dataclass(frozen=True, slots=True)
class Objection:
    """``detail`` is for the writer to read; ``reply`` is the one that is in the way."""

    guard: Guard
    detail: str
    reply: ReplyId | None = None

    @property
    def waivable(self) -> bool:
        return self.guard in WAIVABLE


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when it is decided.

    ``parent`` is the mention as it is now. ``answers`` are all replies under it. ``elsewhere`` is
    when we answered it by other means than Harken, None where we did not.
    """

    case: Case
    parent: Mention
    answers: tuple[Reply, ...] = ()
    elsewhere: Instant | None = None


@dataclass(frozen=True, slots=True)
class Intended:
    """What somebody wants to send. ``length`` is in the network's own counting.

    ``seen_revision`` of the parent: None where the writer does not say which one they read.
    ``authority``: may act on cases of others.
    """

    text: str
    length: int
    visibility: Visibility
    action: Action
    agent: AgentId | None
    authority: bool
    seen_revision: int | None = None


def objections(intended: Intended, situation: Situation, now: Instant) -> tuple[Objection, ...]:
    """Everything that speaks against accepting it, what cannot be waived first."""
    found = (
        *_of_place(situation.parent, situation.parent.capability, intended.visibility, now),
        *_of_text(intended.text, intended.length, situation.parent.capability),
        *_of_assignment(intended, situation.case),
        *_of_moment(intended, situation),
    )
    return tuple(sorted(found, key=lambda objection: objection.waivable))


def objection_to_sending(
    reply: Reply,
    situation: Situation,
    capability: ReplyCapability,
    length: int,
    now: Instant,
    patience: Duration = PATIENCE,
) -> Objection | None:
    """The first thing that speaks against sending what was accepted before.

    ``capability`` and ``length`` are fresh. What was there when it was accepted was waived then.
    """
    late = now > after(reply.created_at, patience)
    found = (
        *_of_place(situation.parent, capability, reply.visibility, now),
        *_of_text(reply.text, length, capability),
        *_since_then(reply, situation, late=late),
    )
    return next(iter(found), None)


def _of_place(
    parent: Mention, capability: ReplyCapability, visibility: Visibility, now: Instant
) -> Iterator[Objection]:
    if parent.echo:
        yield Objection(Guard.OWN_POST, "This is a post of our own.")
    if parent.historical:
        yield Objection(Guard.HISTORICAL, "This was written before we listened.")
    if parent.change is Change.RETRACTION:
        yield Objection(Guard.RETRACTED, "The customer deleted what this answers.")
    elif why := _why_not(capability, visibility, now):
        yield Objection(Guard.NOT_ANSWERABLE, why)


def _why_not(capability: ReplyCapability, visibility: Visibility, now: Instant) -> str:
    if capability.by_person_only:
        return capability.why_not or "Only a person in the network's own app can answer here."
    if not (capability.public or capability.private):
        return capability.why_not or "The network lets us answer nothing here."
    if not capability.possible(now):
        return "The time in which the network lets us answer is over."
    if visibility is Visibility.PUBLIC and not capability.public:
        return "Here we may answer in private only."
    if visibility is Visibility.PRIVATE and not capability.private:
        return "Here we may answer in public only."
    return ""


def _of_text(text: str, length: int, capability: ReplyCapability) -> Iterator[Objection]:
    if not text.strip():
        yield Objection(Guard.EMPTY, "There is no text to send.")
    most = capability.max_length
    if most and length > most:
        detail = f"The network takes {most} characters, this has {length} in its counting."
        yield Objection(Guard.TOO_LONG, detail)


def _of_assignment(intended: Intended, case: Case) -> Iterator[Objection]:
    another = case.assignee not in (None, intended.agent)
    if case.open and another and not intended.authority:
        detail = "Somebody else has this case: take it over first."
        yield Objection(Guard.ASSIGNED_TO_ANOTHER, detail)


def _of_moment(intended: Intended, situation: Situation) -> Iterator[Objection]:
    parent, answers = situation.parent, situation.answers
    if intended.seen_revision is not None and intended.seen_revision < parent.revision:
        yield Objection(Guard.EDITED, "The customer has edited what this answers.")
    if _wrote_again(situation):
        detail = "The customer has written again since."
        yield Objection(Guard.WROTE_AGAIN, detail)
    for other in answers:
        if other.unresolved and other.action is intended.action:
            yield Objection(Guard.UNDER_WAY, "Another answer to this is under way.", other.id)
        elif other.unresolved or other.state is DeliveryState.SENT:
            yield Objection(Guard.ALREADY_ANSWERED, "This was answered before.", other.id)
    if situation.elsewhere is not None:
        detail = "This was answered in the network's own app."
        yield Objection(Guard.ANSWERED_ELSEWHERE, detail)


def _since_then(reply: Reply, situation: Situation, *, late: bool) -> Iterator[Objection]:
    """Whatever was there when it was accepted was waived by then."""
    if situation.parent.revision > reply.parent_revision:
        yield Objection(Guard.EDITED, "The customer has edited what this answers.")
    for other in situation.answers:
        if _went_out_since(other, reply):
            detail = "Another answer went out meanwhile."
            yield Objection(Guard.ALREADY_ANSWERED, detail, other.id)
    if situation.elsewhere is not None and situation.elsewhere > reply.created_at:
        detail = "It was answered in the network's own app meanwhile."
        yield Objection(Guard.ANSWERED_ELSEWHERE, detail)
    if late and _latest_customer_post(situation.case) > reply.created_at:
        yield Objection(Guard.WROTE_AGAIN, "The customer has written again meanwhile.")


def _went_out_since(other: Reply, reply: Reply) -> bool:
    return (
        other.id != reply.id
        and other.action is reply.action
        and other.sent_at is not None
        and other.sent_at > reply.created_at
    )


def _wrote_again(situation: Situation) -> bool:
    """The case names a later mention than the parent as its latest."""
    latest = situation.case.latest_mention
    if latest in (None, situation.parent.id):
        return False
    return _latest_customer_post(situation.case) > situation.parent.created_at


def _latest_customer_post(case: Case) -> Instant:
    theirs = (post for post in case.posts if post.side is PostSide.CUSTOMER)
    return max((post.at for post in theirs if not post.historical), default=Instant(0))
