"""Placement: who gets a case; assigning, offering, returning, escalating."""

from __future__ import annotations

from dataclasses import replace

from harken.domain.case import Case, CaseState
from harken.domain.facts import DecisionKind
from harken.domain.ids import AgentId, CaseId, OfferId, derive
from harken.domain.severity import SeverityClass
from harken.domain.time import Duration, after
from services.router.domain.escalation import escalated
from services.router.domain.offer import Offer, OfferState
from services.router.domain.survey import (
    Survey,
    interruptible,
    survey,
    unfit,
)
from services.router.domain.turn import Turn

RETURNED_FOR_CRITICAL = "interrupted by critical work"


def dispatch(turn: Turn) -> None:
    """Gives out all work that can be given out now, in the line's order."""
    line = turn.state.line
    while (first := line.next()) is not None:
        id_, demand = first
        case = turn.state.cases[id_]
        found = survey(turn.state, case, demand, turn.now)
        if found.only_asked_before():
            turn.put(replace(case, excluded=()))
            continue
        if found.best is None:
            line.block(demand, found.excluded)
        else:
            _give(turn, case, found.best, turn.queued.pop(id_, "somebody became free"), found)
    _explain_waiting(turn)


def enqueue(turn: Turn, case: Case, why: str) -> None:
    """Into the line, with its age; a new case is made for it. `dispatch` ends the turn."""
    if case.revision > 0:
        case = replace(
            case,
            state=CaseState.QUEUED,
            assignee=None,
            lease_until=None,
            snoozed_until=None,
            excluded=tuple(one for one in case.excluded if one[1] > turn.now),
        )
    turn.put(case)
    turn.queued[case.id] = why


def attend(turn: Turn, case: Case, why: str) -> None:
    """Somebody must act: who had it before if they can take it now, else the line."""
    before = turn.state.agents.get(case.assignee) if case.assignee is not None else None
    if before is not None and case.state is not CaseState.ASSIGNED:
        demand = turn.state.demand(replace(case, excluded=()))
        if unfit(turn.state, before, demand) is None:
            assign(turn, case, before.id, f"{why}: back to the same agent")
            return
    enqueue(turn, case, why)


def assign(turn: Turn, case: Case, agent: AgentId, why: str, found: Survey | None = None) -> Case:
    """The agent has the case from now on, under a fence of its own."""
    withdraw_offer(turn, case.id)
    _make_room(turn, case, agent)
    case = turn.put(
        replace(
            case,
            state=CaseState.ASSIGNED,
            assignee=agent,
            fence=case.fence + 1,
            lease_until=after(turn.now, turn.policy.lease),
            snoozed_until=None,
            resolved_at=None,
            excluded=(),
            escalated=False,
        )
    )
    turn.put_agent(replace(turn.state.agents[agent], idle_since=turn.now))
    turn.queued.pop(case.id, None)
    turn.decide(case, DecisionKind.ASSIGNED, why, agent, found)
    return case


def give_back(turn: Turn, case: Case, why: str, kept_from: Duration) -> None:
    """From its assignee to the line; for a time it goes to others if there are any."""
    holder = case.assignee
    excluded = case.excluded
    if holder is not None and kept_from > 0:
        excluded = (*excluded, (holder, after(turn.now, kept_from)))
    turn.decide(case, DecisionKind.RETURNED, why, holder)
    enqueue(turn, replace(case, excluded=excluded), why)


def withdraw_offer(turn: Turn, case: CaseId) -> None:
    """If the case is offered to somebody, it is not any more."""
    id_ = turn.state.offered.get(case)
    if id_ is not None:
        offer = turn.state.offers[id_]
        turn.put_offer(replace(offer, state=OfferState.WITHDRAWN, settled_at=turn.now))


def somebody_could(turn: Turn, case: Case) -> bool:
    demand = turn.state.demand(case)
    return survey(turn.state, case, demand, turn.now).best is not None


def _give(turn: Turn, case: Case, agent: AgentId, why: str, found: Survey) -> None:
    # History pages nobody.
    offers = case.severity.severity_class in turn.policy.offering.severity
    if offers and not case.historical:
        _offer(turn, case, agent, why, found)
    else:
        assign(turn, case, agent, why, found)


def _offer(turn: Turn, case: Case, agent: AgentId, why: str, found: Survey) -> None:
    case = turn.put(replace(case, state=CaseState.OFFERED, fence=case.fence + 1))
    turn.put_offer(
        Offer(
            tenant=case.tenant,
            id=OfferId(derive("offer", case.tenant, case.id, case.fence)),
            revision=0,
            case=case.id,
            agent=agent,
            state=OfferState.OPEN,
            made_at=turn.now,
            until=after(turn.now, turn.policy.offering.accept_within),
        )
    )
    turn.decide(case, DecisionKind.OFFERED, why, agent, found)


def _make_room(turn: Turn, case: Case, agent: AgentId) -> None:
    """Critical work may need a place that lesser work has."""
    if case.severity.severity_class is not SeverityClass.CRITICAL:
        return
    needed = turn.state.units(case)
    capacity = turn.state.agents[agent].capacity
    for lesser in interruptible(turn.state, agent):
        if capacity - sum(turn.state.assigned[agent].values()) >= needed:
            return
        if lesser != case.id:
            give_back(turn, turn.state.cases[lesser], RETURNED_FOR_CRITICAL, Duration(0))


def _explain_waiting(turn: Turn) -> None:
    """Every case that came into the line and found nobody gets its decision."""
    for id_, why in turn.queued.items():
        case = turn.state.cases[id_]
        if case.state is not CaseState.QUEUED:
            continue
        demand = turn.state.demand(case)
        excluded = turn.state.line.blocked(demand) or ()
        kind = DecisionKind.ESCALATED if escalated(turn, case) else DecisionKind.QUEUED
        turn.decide(case, kind, why, survey=Survey((), excluded))
    turn.queued.clear()
