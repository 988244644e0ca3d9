"""Who could take a case, in order of preference, and why the others could not."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from harken.domain.case import Case, PostSide
from harken.domain.ids import AgentId, CaseId
from harken.domain.time import Instant
from services.router.domain.line import Demand, Excluded
from services.router.domain.outcome import Candidate
from services.router.domain.people import Agent, Status
from services.router.domain.state import TenantState

ASKED_BEFORE = "asked_before"
"""Declined, missed or lost it lately."""
NO_CAPACITY = "no_capacity"
OTHER_QUEUES = "other_queues"


@dataclass(frozen=True, slots=True)
class Survey:
    candidates: tuple[Candidate, ...]
    excluded: Excluded

    @property
    def best(self) -> AgentId | None:
        return self.candidates[0].agent if self.candidates else None

    def only_asked_before(self) -> bool:
        """Nobody is left but those who declined."""
        return not self.candidates and any(why == ASKED_BEFORE for why, _ in self.excluded)


def survey(state: TenantState, case: Case, demand: Demand, now: Instant) -> Survey:
    fit: list[Agent] = []
    excluded: dict[str, list[AgentId]] = defaultdict(list)
    for agent in state.agents.values():
        if agent.retired:
            continue
        why = unfit(state, agent, demand)
        if why is None:
            fit.append(agent)
        else:
            excluded[why].append(agent.id)
    known = known_agents(state, case, now) if fit else frozenset()
    skills = tuple(level.name for level in (*demand.required, *case.preferred))
    candidates = [
        Candidate(
            agent=agent.id,
            proficiency=sum(agent.level(skill) for skill in skills),
            known_to_customer=agent.id in known,
            idle_since=agent.idle_since,
        )
        for agent in fit
    ]
    candidates.sort(key=_preference)
    return Survey(tuple(candidates), tuple((why, tuple(ids)) for why, ids in excluded.items()))


def unfit(state: TenantState, agent: Agent, demand: Demand) -> str | None:
    """Why this agent cannot take it now; that they declined comes last."""
    if agent.status is not Status.AVAILABLE:
        return f"status:{agent.status.value}"
    if not agent.serves(demand.queue):
        return OTHER_QUEUES
    lacking = lacks(agent, demand)
    if lacking is not None:
        return lacking
    if room(state, agent, demand) < demand.units:
        return NO_CAPACITY
    return ASKED_BEFORE if agent.id in demand.excluded else None


def lacks(agent: Agent, demand: Demand) -> str | None:
    """The first required skill that the agent has not, or not well enough."""
    for skill in demand.required:
        if agent.level(skill.name) < skill.level:
            return f"skill:{skill.name}:{skill.level}"
    return None


def room(state: TenantState, agent: Agent, demand: Demand) -> int:
    """Units that are free, or would be if lesser work were interrupted where that is allowed."""
    free = agent.capacity - state.load(agent.id)
    if demand.interrupts and free < demand.units:
        free += sum(state.assigned[agent.id][case] for case in interruptible(state, agent.id))
    return free


def interruptible(state: TenantState, agent: AgentId) -> list[CaseId]:
    """What may be interrupted, the least urgent first."""
    allowed = state.policy.interruptible
    cases = [state.cases[case] for case in state.assigned[agent]]
    lesser = [case for case in cases if case.severity.severity_class in allowed]
    lesser.sort(key=lambda case: (case.severity.score, -case.deadline, case.id))
    return [case.id for case in lesser]


def known_agents(state: TenantState, case: Case, now: Instant) -> frozenset[AgentId]:
    """Who worked for this customer lately, on this connection."""
    oldest = now - state.policy.last_assignee_within
    known: set[AgentId] = set()
    for other in state.cases_of(case.connection, case.author):
        if other.assignee is not None and other.updated_at >= oldest:
            known.add(other.assignee)
        for post in reversed(other.posts):
            if post.at < oldest:
                break
            if post.side is PostSide.BRAND and post.agent is not None:
                known.add(post.agent)
    return frozenset(known)


def _preference(candidate: Candidate) -> tuple[int, bool, Instant, AgentId]:
    return (
        -candidate.proficiency,
        not candidate.known_to_customer,
        candidate.idle_since,
        candidate.agent,
    )
