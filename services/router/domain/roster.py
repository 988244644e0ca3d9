"""The roster: agents, queues and skills as supervisors set them up."""

from __future__ import annotations

from dataclasses import replace

from harken.domain.case import CaseState
from harken.domain.time import Duration
from services.router.domain.commands import (
    RemoveQueue,
    RemoveSkill,
    RetireAgent,
    UpsertAgent,
    UpsertQueue,
    UpsertSkill,
)
from services.router.domain.offer import OfferState
from services.router.domain.outcome import NOT_FOUND, Refused, Result
from services.router.domain.people import Agent, Queue, Skill, Status
from services.router.domain.placement import enqueue, give_back
from services.router.domain.turn import Turn, check_seen, need_authority


def upsert_agent(turn: Turn, command: UpsertAgent) -> Result:
    need_authority(command.by)
    old = turn.state.agents.get(command.agent)
    check_seen(command.expected, old.revision if old else 0)
    base = old or Agent(turn.state.tenant, command.agent, 0, command.name, status_since=turn.now)
    agent = turn.put_agent(
        replace(
            base,
            name=command.name,
            skills=command.skills,
            queues=command.queues,
            capacity=command.capacity,
            supervisor=command.supervisor,
            retired=False,
        )
    )
    return turn.done(agent.id, agent.revision)


def retire_agent(turn: Turn, command: RetireAgent) -> Result:
    """Who leaves keeps their name in histories; their work goes to others."""
    need_authority(command.by)
    agent = turn.agent(command.agent)
    check_seen(command.expected, agent.revision)
    agent = turn.put_agent(replace(agent, retired=True, status=Status.OFFLINE))
    for offer_id in list(turn.state.reserved[agent.id]):
        offer = turn.state.offers[offer_id]
        turn.put_offer(replace(offer, state=OfferState.WITHDRAWN, settled_at=turn.now))
        enqueue(turn, turn.case(offer.case), "agent left")
    for case_id in list(turn.state.assigned[agent.id]):
        case = turn.state.cases[case_id]
        if case.state is CaseState.ASSIGNED:
            give_back(turn, case, "agent left", Duration(0))
    return turn.done(agent.id, agent.revision)


def upsert_queue(turn: Turn, command: UpsertQueue) -> Result:
    need_authority(command.by)
    old = turn.state.queues.get(command.queue)
    check_seen(command.expected, old.revision if old else 0)
    revision = (old.revision if old else 0) + 1
    queue = Queue(turn.state.tenant, command.queue, revision, command.name, command.pull_only)
    turn.state.put_queue(queue)
    turn.outcome.queues[queue.id] = queue
    return turn.done(queue.id, revision)


def remove_queue(turn: Turn, command: RemoveQueue) -> Result:
    """Its cases stay, under a name that has no settings any more."""
    need_authority(command.by)
    queue = turn.state.queues.get(command.queue)
    if queue is None:
        raise Refused(NOT_FOUND, "not-found", "There is no such queue.")
    check_seen(command.expected, queue.revision)
    turn.state.remove_queue(queue.id)
    turn.outcome.queues[queue.id] = None
    return turn.done(queue.id)


def upsert_skill(turn: Turn, command: UpsertSkill) -> Result:
    need_authority(command.by)
    old = turn.state.skills.get(command.name)
    check_seen(command.expected, old.revision if old else 0)
    revision = (old.revision if old else 0) + 1
    skill = Skill(turn.state.tenant, command.name, revision, command.description)
    turn.state.skills[skill.name] = skill
    turn.outcome.skills[skill.name] = skill
    return turn.done(skill.name, revision)


def remove_skill(turn: Turn, command: RemoveSkill) -> Result:
    need_authority(command.by)
    skill = turn.state.skills.get(command.name)
    if skill is None:
        raise Refused(NOT_FOUND, "not-found", "There is no such skill.")
    check_seen(command.expected, skill.revision)
    del turn.state.skills[skill.name]
    turn.outcome.skills[skill.name] = None
    return turn.done(skill.name)
