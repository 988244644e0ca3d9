"""What people do with a case."""

from __future__ import annotations

from dataclasses import replace

from harken.domain.case import Case, CaseState, ClockKind
from harken.domain.severity import Reason, Severity, SeverityClass
from services.router.domain import clocks, posts
from services.router.domain.commands import (
    Assign,
    By,
    CorrectTone,
    Merge,
    Note,
    OverrideSeverity,
    Reopen,
    Resolve,
    Snooze,
    Tag,
    Transfer,
)
from services.router.domain.escalation import tell_if_critical
from services.router.domain.judging import rerouted
from services.router.domain.outcome import (
    CONFLICT,
    NOT_ALLOWED,
    NOT_FOUND,
    Refused,
    Result,
    ToneCorrection,
)
from services.router.domain.placement import (
    assign,
    attend,
    enqueue,
    give_back,
    withdraw_offer,
)
from services.router.domain.survey import lacks, room
from services.router.domain.turn import Turn, need_authority
from services.router.severity.score import severity_class

MOST_TAGS = 50


def assign_case(turn: Turn, command: Assign) -> Result:
    """Agents take what nobody has; supervisors give to whom they want. Skills and room rule."""
    case = turn.seen(command.case, command.expected)
    if case.state is CaseState.ASSIGNED and case.assignee == command.agent:
        return _done(turn, case)
    agent = turn.agent(command.agent)
    _must_be_open(case)
    by = command.by
    if not by.supervisor:
        if by.agent != command.agent:
            need_authority(by)
        if _somebody_has(case) and case.assignee != command.agent:
            raise Refused(CONFLICT, "taken", "Somebody else has this case.")
        if case.state is CaseState.OFFERED:
            raise Refused(CONFLICT, "offered", "This case is being offered to somebody.")
    demand = turn.state.demand(case)
    lacking = lacks(agent, demand)
    if lacking is not None and not (by.supervisor or agent.supervisor):
        raise Refused(NOT_ALLOWED, "skill-missing", f"It needs {lacking}.")
    if room(turn.state, agent, demand) < demand.units:
        raise Refused(CONFLICT, "no-capacity", "The agent has no free capacity.")
    why = "taken" if by.agent == agent.id else f"assigned by {by.principal}"
    return _done(turn, assign(turn, case, agent.id, why))


def transfer(turn: Turn, command: Transfer) -> Result:
    """To a queue: the case keeps its age, and goes to others first."""
    case = turn.seen(command.case, command.expected)
    _must_be_open(case)
    _must_hold(command.by, case)
    if command.queue is not None and command.queue != case.queue:
        case = clocks.tightened(replace(case, queue=command.queue), turn.policy.sla)
    withdraw_offer(turn, case.id)
    if case.assignee is not None:
        give_back(turn, case, "handed back", turn.policy.returned_for)
    else:
        enqueue(turn, case, "moved to another queue")
    return _done(turn, case)


def snooze(turn: Turn, command: Snooze) -> Result:
    case = turn.seen(command.case, command.expected)
    _must_be_open(case)
    _must_hold(command.by, case)
    if command.until <= turn.now:
        raise Refused(CONFLICT, "past", "That instant is over.")
    withdraw_offer(turn, case.id)
    holder = case.assignee or command.by.agent
    case = replace(
        case,
        state=CaseState.SNOOZED,
        assignee=holder if holder in turn.state.agents else None,
        snoozed_until=command.until,
        lease_until=None,
    )
    return _done(turn, turn.put(case))


def resolve(turn: Turn, command: Resolve) -> Result:
    case = turn.seen(command.case, command.expected)
    _must_be_open(case)
    _must_hold(command.by, case)
    withdraw_offer(turn, case.id)
    case = clocks.stopped(case, turn.now, turn.policy.sla)
    solver = case.assignee or command.by.agent
    case = replace(
        case,
        state=CaseState.RESOLVED,
        assignee=solver if solver in turn.state.agents else None,
        resolved_at=turn.now,
        lease_until=None,
        snoozed_until=None,
        no_reply_needed=command.no_reply_needed,
        spam=command.spam,
    )
    return _done(turn, turn.put(case))


def reopen(turn: Turn, command: Reopen) -> Result:
    """What a person reopens is work from now on, history or not."""
    case = turn.seen(command.case, command.expected)
    if case.state is not CaseState.RESOLVED:
        raise Refused(CONFLICT, "not-resolved", "This case is not resolved.")
    case = replace(
        case,
        resolved_at=None,
        reopened=case.reopened + 1,
        no_reply_needed=False,
        spam=False,
        historical=False,
    )
    case = clocks.started(case, turn.now, turn.policy.sla, ClockKind.RESOLUTION)
    attend(turn, case, "reopened")
    return _done(turn, case)


def override_severity(turn: Turn, command: OverrideSeverity) -> Result:
    """A person's word replaces the score; the reasons so far stay to be read."""
    case = turn.seen(command.case, command.expected)
    _must_be_open(case)
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
    return _done(turn, case)


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
    return _done(turn, turn.put(posts.with_post(case, corrected)))


def tag(turn: Turn, command: Tag) -> Result:
    case = turn.seen(command.case, command.expected)
    tags = dict.fromkeys((*case.tags, *command.add))
    kept = tuple(name for name in tags if name not in command.remove)
    if len(kept) > MOST_TAGS:
        raise Refused(CONFLICT, "too-many-tags", f"A case has at most {MOST_TAGS} tags.")
    reason = case.contact_reason if command.contact_reason is None else command.contact_reason
    return _done(turn, turn.put(replace(case, tags=kept, contact_reason=reason)))


def note(turn: Turn, command: Note) -> Result:
    """The text is in its row by now; the case shows that it changed."""
    return _done(turn, turn.put(turn.case(command.case)))


def merge(turn: Turn, command: Merge) -> Result:
    """The oldest age is kept, both assignments end, a redirect stays."""
    need_authority(command.by)
    source = turn.seen(command.case, command.expected)
    target = turn.case(command.into)
    if source.id != command.case:
        raise Refused(CONFLICT, "closed", "This case was merged before.")
    if source.id == target.id:
        raise Refused(CONFLICT, "same-case", "A case cannot be merged into itself.")
    _must_be_open(source)
    _must_be_open(target)
    for case in (source, target):
        withdraw_offer(turn, case.id)
    merged = target
    for entry in source.posts:
        merged = posts.with_post(merged, entry)
    worse = max(source.severity, target.severity, key=lambda severity: severity.score)
    merged = replace(
        merged,
        severity=worse,
        opened_at=min(source.opened_at, target.opened_at),
        deadline=min(source.deadline, target.deadline),
        tags=tuple(dict.fromkeys((*target.tags, *source.tags)))[:MOST_TAGS],
        risk_topics=tuple(sorted({*source.risk_topics, *target.risk_topics})),
        historical=source.historical and target.historical,
        posts_left_out=merged.posts_left_out + source.posts_left_out,
    )
    gone = clocks.stopped(source, turn.now, turn.policy.sla)
    turn.put(
        replace(
            gone,
            state=CaseState.MERGED,
            merged_into=target.id,
            assignee=None,
            lease_until=None,
            snoozed_until=None,
        )
    )
    turn.outcome.merged.append((source.id, target.id))
    for mention, known in turn.state.mentions.items():
        if known.case == source.id:
            turn.state.mentions[mention] = replace(known, case=target.id)
    enqueue(turn, merged, "merged")
    return _done(turn, target)


def _judged_anew(turn: Turn, case: Case, before: SeverityClass) -> None:
    """Who has it keeps it; what waits, or is offered, is placed anew."""
    waits = case.state in (CaseState.QUEUED, CaseState.OFFERED)
    if case.severity.severity_class is before or not waits:
        turn.put(case)
        return
    withdraw_offer(turn, case.id)
    enqueue(turn, case, "a person changed the severity")


def _done(turn: Turn, case: Case) -> Result:
    stored = turn.state.cases[case.id]
    return turn.done(stored.id, stored.revision)


def _must_be_open(case: Case) -> None:
    if not case.open:
        raise Refused(CONFLICT, "closed", "This case is closed: reopen it first.")


def _somebody_has(case: Case) -> bool:
    return case.state in (CaseState.ASSIGNED, CaseState.WAITING, CaseState.SNOOZED) and (
        case.assignee is not None
    )


def _must_hold(by: By, case: Case) -> None:
    """Only who has it, or a supervisor, decides over a case that somebody has."""
    if by.supervisor or case.assignee is None or case.assignee == by.agent:
        return
    raise Refused(NOT_ALLOWED, "forbidden", "Somebody else has this case.")
