"""Answers: what a reply on the network does to its case."""

from __future__ import annotations

from dataclasses import replace

from harken.domain.case import Case, CaseState, ClockKind, Post, PostSide
from harken.domain.facts import Delivery
from harken.domain.ids import AgentId
from harken.domain.time import Instant
from services.router.domain import clocks, posts
from services.router.domain.commands import ReplyDelivered, ReplyFailed
from services.router.domain.outcome import Result
from services.router.domain.placement import attend, withdraw_offer
from services.router.domain.state import Source
from services.router.domain.turn import Turn

REPLY_CLOCKS = (ClockKind.HOLDING_REPLY, ClockKind.FIRST_REPLY, ClockKind.NEXT_REPLY)


def reply_delivered(turn: Turn, command: ReplyDelivered) -> Result:
    delivery = command.delivery
    case = turn.case(delivery.case)
    if posts.post(case, delivery.reply) is not None:
        return turn.done(case.id, case.revision)
    case = posts.with_post(_bound(turn, case, delivery), _post(delivery, turn.now))
    if delivery.automatic:
        case = clocks.stopped(case, delivery.at, turn.policy.sla, (ClockKind.HOLDING_REPLY,))
    else:
        at = min(delivery.at, turn.now)
        case = answered(turn, case, at, delivery.agent, asks=delivery.asks)
    case = turn.put(case)
    return turn.done(case.id, case.revision)


def reply_failed(turn: Turn, command: ReplyFailed) -> Result:
    """Whoever believed the customer answered must look again."""
    case = turn.case(command.delivery.case)
    if case.state in (CaseState.WAITING, CaseState.RESOLVED, CaseState.SNOOZED):
        attend(turn, replace(case, resolved_at=None, historical=False), "a reply was not delivered")
        case = turn.state.cases[case.id]
    return turn.done(case.id, case.revision)


def answered(
    turn: Turn, case: Case, at: Instant, agent: AgentId | None = None, *, asks: bool = False
) -> Case:
    """A person of ours answered: the customer is to speak next, unless they did meanwhile.

    The answer frees capacity; who gave it is asked first when the customer comes back.
    """
    sla = turn.policy.sla
    case = clocks.stopped(case, at, sla, REPLY_CLOCKS)
    if posts.wrote_after(case, at):
        return clocks.started(case, turn.now, sla, ClockKind.NEXT_REPLY) if case.open else case
    if asks:
        case = clocks.paused(case, at)
    if case.state not in (CaseState.QUEUED, CaseState.OFFERED, CaseState.ASSIGNED):
        return case
    withdraw_offer(turn, case.id)
    known = agent if agent in turn.state.agents else None
    return replace(case, state=CaseState.WAITING, assignee=case.assignee or known, lease_until=None)


def _bound(turn: Turn, case: Case, delivery: Delivery) -> Case:
    """The network's id names this delivery; an echo that came before it was the same post."""
    if not delivery.network_id:
        return case
    key = (delivery.connection, delivery.network_id)
    echo = turn.state.sources.get(key)
    turn.state.sources[key] = Source(case.id, delivery.reply)
    return posts.without_post(case, echo.ref) if echo is not None else case


def _post(delivery: Delivery, now: Instant) -> Post:
    return Post(
        ref=delivery.reply,
        side=PostSide.BRAND,
        at=min(delivery.at, now),
        visibility=delivery.visibility,
        automatic=delivery.automatic,
        agent=delivery.agent,
    )
