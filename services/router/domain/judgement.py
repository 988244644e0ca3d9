"""What people say of a case: its severity, a mention's tone, tags, notes."""

from __future__ import annotations

from dataclasses import replace

from harken.domain.case import Case, CaseState
from harken.domain.severity import Reason, Severity, SeverityClass
from services.router.domain import posts
from services.router.domain.casework import done, must_be_open
from services.router.domain.commands import CorrectTone, Note, OverrideSeverity, Tag
from services.router.domain.escalation import tell_if_critical
from services.router.domain.judging import rerouted
from services.router.domain.outcome import CONFLICT, NOT_FOUND, Refused, Result, ToneCorrection
from services.router.domain.placement import enqueue, withdraw_offer
from services.router.domain.turn import Turn
from services.router.severity.score import severity_class

MOST_TAGS = 50


def override_severity(turn: Turn, command: OverrideSeverity) -> Result:
    """A person's word replaces the score; the reasons so far stay to be read."""
    case = turn.seen(command.case, command.expected)
    must_be_open(case)
    before = case.severity
    class_ = severity_class(command.score, turn.policy.severity)
    reason = Reason("person", 1.0, 0.0, 0.0, f"was {before.score}")
    reasons = (reason, *(r for r in before.reasons if r.factor != "person"))
    by = command.by.agent or command.by.principal
    case = replace(case, severity=Severity(command.score, class_, reasons, overridden_by=by))
    tell_if_critical(turn, case)
    if class_ is not before.severity_class:
        case = rerouted(case, turn.policy)
    _judged_anew(turn, case, before.severity_class)
    return done(turn, case)


def correct_tone(turn: Turn, command: CorrectTone) -> Result:
    case = turn.seen(command.case, command.expected)
    post = posts.post(case, command.mention)
    if post is None or post.polarity is None:
        raise Refused(NOT_FOUND, "not-found", "There is no such mention with a tone in this case.")
    by = command.by.agent or command.by.principal
    turn.outcome.corrections.append(
        ToneCorrection(command.mention, case.id, command.polarity, by, turn.now)
    )
    corrected = replace(post, polarity=command.polarity, certainty=1.0)
    return done(turn, turn.put(posts.with_post(case, corrected)))


def tag(turn: Turn, command: Tag) -> Result:
    case = turn.seen(command.case, command.expected)
    tags = dict.fromkeys((*case.tags, *command.add))
    kept = tuple(name for name in tags if name not in command.remove)
    if len(kept) > MOST_TAGS:
        raise Refused(CONFLICT, "too-many-tags", f"A case has at most {MOST_TAGS} tags.")
    reason = case.contact_reason if command.contact_reason is None else command.contact_reason
    return done(turn, turn.put(replace(case, tags=kept, contact_reason=reason)))


def note(turn: Turn, command: Note) -> Result:
    """The text is in its row by now; the case shows that it changed."""
    return done(turn, turn.put(turn.case(command.case)))


def _judged_anew(turn: Turn, case: Case, before: SeverityClass) -> None:
    """Who has it keeps it; what waits, or is offered, is placed anew."""
    waits = case.state in (CaseState.QUEUED, CaseState.OFFERED)
    if case.severity.severity_class is before or not waits:
        turn.put(case)
        return
    withdraw_offer(turn, case.id)
    enqueue(turn, case, "a person changed the severity")
