"""What people do with a case."""

from __future__ import annotations

from dataclasses import replace

from harken.domain.case import Case, CaseState, ClockKind
from services.router.domain import clocks
from services.router.domain.commands import (
    Assign,
    By,
    Reopen,
    Resolve,
    Snooze,
    Transfer,
)
from services.router.domain.outcome import (
    CONFLICT,
    NOT_ALLOWED,
    Refused,
    Result,
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

MOST_TAGS = 50


def assign_case(turn: Turn, command: Assign) -> Result:
    """Agents take what nobody has; supervisors give to whom they want. Skills and room rule."""
    case = turn.seen(command.case, command.expected)
    if case.state is CaseState.ASSIGNED and case.assignee == command.agent:
        return done(turn, case)
    agent = turn.agent(command.agent)
    must_be_open(case)
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
    return done(turn, assign(turn, case, agent.id, why))


def transfer(turn: Turn, command: Transfer) -> Result:
    """To a queue: the case keeps its age, and goes to others first."""
    case = turn.seen(command.case, command.expected)
    must_be_open(case)
    _must_hold(command.by, case)
    if command.queue is not None and command.queue != case.queue:
        case = clocks.tightened(replace(case, queue=command.queue), turn.policy.sla)
    withdraw_offer(turn, case.id)
    if case.assignee is not None:
        give_back(turn, case, "handed back", turn.policy.returned_for)
    else:
        enqueue(turn, case, "moved to another queue")
    return done(turn, case)


def snooze(turn: Turn, command: Snooze) -> Result:
    case = turn.seen(command.case, command.expected)
    must_be_open(case)
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
    return done(turn, turn.put(case))


def resolve(turn: Turn, command: Resolve) -> Result:
    case = turn.seen(command.case, command.expected)
    must_be_open(case)
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
    return done(turn, turn.put(case))


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
    return done(turn, case)


def done(turn: Turn, case: Case) -> Result:
    stored = turn.state.cases[case.id]
    return turn.done(stored.id, stored.revision)


def must_be_open(case: Case) -> None:
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
