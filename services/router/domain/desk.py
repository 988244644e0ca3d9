"""Agents at work: status, signs of life, offers, assignments that ran out."""

from __future__ import annotations

from dataclasses import replace

from harken.domain.case import CaseState
from harken.domain.ids import AgentId, CaseId, OfferId
from harken.domain.time import Duration, after, elapsed
from services.router.domain.commands import AcceptOffer, AgentActive, By, DeclineOffer, SetStatus
from services.router.domain.offer import Offer, OfferState
from services.router.domain.outcome import CONFLICT, NOT_ALLOWED, NOT_FOUND, Refused, Result
from services.router.domain.people import Agent, Status
from services.router.domain.placement import assign, enqueue, give_back
from services.router.domain.survey import room
from services.router.domain.turn import Turn

WRITTEN_SHARE = 4
"""A sign of life is written down only after this part of the time that it is good for."""


def set_status(turn: Turn, command: SetStatus) -> Result:
    if command.by.agent != command.agent and not command.by.supervisor:
        raise Refused(NOT_ALLOWED, "forbidden", "This is somebody else's status.")
    agent = turn.agent(command.agent)
    if agent.status is not command.status:
        agent = _with_status(turn, agent, command.status)
    return turn.done(agent.id, agent.revision)


def agent_active(turn: Turn, command: AgentActive) -> Result:
    agent = turn.agent(command.agent)
    touch(turn, agent.id)
    for id_ in command.cases:
        _renew(turn, agent.id, id_)
    return turn.done(agent.id)


def touch(turn: Turn, id_: AgentId | None) -> None:
    """Whoever asks for something is alive."""
    agent = turn.state.agents.get(id_) if id_ is not None else None
    if agent is None or agent.retired:
        return
    worth_writing = Duration(turn.policy.silence // WRITTEN_SHARE)
    # What is offered now is asked whether there was a sign of life since.
    asked = bool(turn.state.reserved[agent.id]) or agent.missed > 0
    if asked or elapsed(agent.active_at, turn.now) >= worth_writing:
        turn.put_agent(replace(agent, active_at=turn.now, missed=0))


def touch_case(turn: Turn, by: By, id_: CaseId) -> None:
    """Working on a case keeps it."""
    if by.agent is not None:
        _renew(turn, by.agent, id_)


def accept_offer(turn: Turn, command: AcceptOffer) -> Result:
    offer = _own_offer(turn, command.by, command.offer)
    if offer.state is not OfferState.OPEN or turn.asked_at > offer.until:
        raise Refused(CONFLICT, "offer-over", "This offer is over; the case may be elsewhere.")
    case, agent = turn.case(offer.case), turn.agent(offer.agent)
    demand = turn.state.demand(case)
    units = turn.state.reserved[agent.id].get(offer.id, 0)
    fits = room(turn.state, agent, demand) + units >= demand.units
    state = OfferState.ACCEPTED if fits else OfferState.WITHDRAWN
    turn.put_offer(replace(offer, state=state, settled_at=turn.now))
    if not fits:
        enqueue(turn, case, "no capacity for it any more")
        return turn.done(case.id)
    case = assign(turn, case, agent.id, "offer accepted")
    return turn.done(case.id, case.revision)


def decline_offer(turn: Turn, command: DeclineOffer) -> Result:
    offer = _own_offer(turn, command.by, command.offer)
    if offer.state is not OfferState.OPEN:
        raise Refused(CONFLICT, "offer-over", "This offer is over.")
    _settle(turn, offer, OfferState.DECLINED, turn.policy.offering.declined_for, "declined")
    return turn.done(offer.case)


def offer_missed(turn: Turn, id_: OfferId) -> None:
    """Who misses offers and shows no other sign of life is taken out of the line."""
    offer = turn.state.offers[id_]
    agent = turn.state.agents[offer.agent]
    offering = turn.policy.offering
    missed = agent.missed + 1 if agent.active_at <= offer.made_at else 0
    agent = turn.put_agent(replace(agent, missed=missed))
    _settle(turn, offer, OfferState.MISSED, offering.missed_for, "offer missed")
    if missed >= offering.missed_limit and agent.status is Status.AVAILABLE:
        _with_status(turn, agent, Status.BREAK)


def agent_silent(turn: Turn, id_: AgentId) -> None:
    agent = turn.state.agents[id_]
    if agent.on_duty:
        _with_status(turn, agent, Status.OFFLINE)


def lease_over(turn: Turn, id_: CaseId) -> None:
    """Silence returns an assignment, with its age and drafts."""
    case = turn.state.cases[id_]
    if case.state is CaseState.ASSIGNED:
        give_back(turn, case, "no activity", turn.policy.returned_for)


def _with_status(turn: Turn, agent: Agent, status: Status) -> Agent:
    """Offers need somebody who is there; assignments are kept by activity alone."""
    agent = turn.put_agent(
        replace(agent, status=status, status_since=turn.now, active_at=turn.now, missed=0)
    )
    if status in (Status.BREAK, Status.OFFLINE):
        for id_ in list(turn.state.reserved[agent.id]):
            _settle(turn, turn.state.offers[id_], OfferState.WITHDRAWN, Duration(0), "agent left")
    return agent


def _settle(turn: Turn, offer: Offer, state: OfferState, kept_from: Duration, why: str) -> None:
    turn.put_offer(replace(offer, state=state, settled_at=turn.now))
    case = turn.case(offer.case)
    if kept_from > 0:
        excluded = (*case.excluded, (offer.agent, after(turn.now, kept_from)))
        case = replace(case, excluded=excluded)
    enqueue(turn, case, why)


def _own_offer(turn: Turn, by: By, id_: OfferId) -> Offer:
    offer = turn.state.offers.get(id_)
    if offer is None or (offer.agent != by.agent and not by.supervisor):
        raise Refused(NOT_FOUND, "not-found", "There is no such offer.")
    if offer.agent != by.agent:
        raise Refused(NOT_ALLOWED, "forbidden", "This offer is somebody else's.")
    return offer


def _renew(turn: Turn, agent: AgentId, id_: CaseId) -> None:
    case = turn.state.cases.get(id_)
    if case is None or case.state is not CaseState.ASSIGNED or case.assignee != agent:
        return
    until = after(turn.now, turn.policy.lease)
    worth_writing = turn.policy.lease // WRITTEN_SHARE
    if case.lease_until is None or elapsed(case.lease_until, until) >= worth_writing:
        turn.put(replace(case, lease_until=until))
