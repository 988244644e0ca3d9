"""A tenant's state: what its decider holds in memory, with the indexes that decisions need."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from harken.domain.case import Case, CaseState, SkillLevel
from harken.domain.ids import (
    AgentId,
    AuthorId,
    CaseId,
    ConnectionId,
    MentionId,
    OfferId,
    QueueId,
    TenantId,
)
from harken.domain.severity import SeverityClass
from harken.domain.time import Instant
from services.router.domain.line import Demand, Line
from services.router.domain.offer import Offer, OfferState
from services.router.domain.people import LOWEST_LEVEL, Agent, Queue, Skill, language_skill
from services.router.domain.policy import LanguageFallback, RoutingPolicy
from services.router.domain.timer import Timer, TimerKey


@dataclass(frozen=True, slots=True)
class KnownMention:
    """What was applied of a mention. ``case`` is None where it belongs to none."""

    case: CaseId | None
    revision: int


@dataclass(frozen=True, slots=True)
class Source:
    """A post on a network: of which case, and which mention or reply."""

    case: CaseId
    ref: str


class TenantState:
    """Complete in agents, queues, skills, open cases, open offers and timers.

    Of closed cases, settled offers, mentions and sources it holds what was loaded for the
    commands at hand (see ``needs``), or everything where a history is replayed from its start.
    """

    def __init__(self, tenant: TenantId, policy: RoutingPolicy) -> None:
        self.tenant = tenant
        self.policy = policy
        self.cases: dict[CaseId, Case] = {}
        self.agents: dict[AgentId, Agent] = {}
        self.queues: dict[QueueId, Queue] = {}
        self.skills: dict[str, Skill] = {}
        self.offers: dict[OfferId, Offer] = {}
        self.mentions: dict[MentionId, KnownMention] = {}
        self.sources: dict[tuple[ConnectionId, str], Source] = {}
        self.timers: dict[TimerKey, Timer] = {}
        self.line = Line()
        self.offered: dict[CaseId, OfferId] = {}
        self.assigned: defaultdict[AgentId, dict[CaseId, int]] = defaultdict(dict)
        """Units of capacity by case, of what each agent works on now."""
        self.reserved: defaultdict[AgentId, dict[OfferId, int]] = defaultdict(dict)
        """Units of capacity by open offer."""
        self._authors: defaultdict[tuple[ConnectionId, AuthorId], dict[CaseId, None]] = defaultdict(
            dict
        )
        self._due: list[tuple[Instant, int, TimerKey]] = []
        self._roster_skills: set[str] = set()

    # --- cases

    def put_case(self, case: Case) -> None:
        old = self.cases.get(case.id)
        if old is not None and old.assignee is not None and old.assignee != case.assignee:
            self._free(old.assignee, case.id)
        self.cases[case.id] = case
        self._authors[(case.connection, case.author)][case.id] = None
        if case.assignee is not None:
            if case.state is CaseState.ASSIGNED:
                self.assigned[case.assignee][case.id] = self.units(case)
            else:
                self._free(case.assignee, case.id)
        if self._waits_for_a_person(case):
            self.line.put(case, self.demand(case))
        else:
            self.line.remove(case.id)

    def forget_case(self, case: CaseId) -> None:
        """Of a closed case only: it can be loaded again."""
        old = self.cases.pop(case)
        of_author = self._authors[(old.connection, old.author)]
        del of_author[case]
        if not of_author:
            del self._authors[(old.connection, old.author)]

    def cases_of(self, connection: ConnectionId, author: AuthorId) -> Iterable[Case]:
        key = (connection, author)
        return [self.cases[case] for case in self._authors.get(key, ())]

    def units(self, case: Case) -> int:
        return self.policy.weight(case.network, case.visibility)

    def demand(self, case: Case) -> Demand:
        return Demand(
            queue=case.queue,
            required=self.required(case),
            units=self.units(case),
            excluded=frozenset(agent for agent, _ in case.excluded),
            interrupts=case.severity.severity_class is SeverityClass.CRITICAL,
        )

    def required(self, case: Case) -> tuple[SkillLevel, ...]:
        """With the language, unless nobody has it and the policy then lets anybody answer."""
        if not case.language or not self.policy.language_required:
            return case.required
        skill = SkillLevel(language_skill(case.language), LOWEST_LEVEL)
        anybody = self.policy.language_fallback is LanguageFallback.ANYBODY
        if anybody and skill.name not in self._roster_skills:
            return case.required
        return case.required if skill in case.required else (*case.required, skill)

    def line_up_again(self) -> None:
        """After the roster or the queues changed: what cases ask for may have, too."""
        self._roster_skills = {
            skill.name
            for agent in self.agents.values()
            if not agent.retired
            for skill in agent.skills
        }
        for case in self.cases.values():
            if self._waits_for_a_person(case):
                self.line.put(case, self.demand(case))
            else:
                self.line.remove(case.id)
        self.line.unblock()

    def _waits_for_a_person(self, case: Case) -> bool:
        if case.state is not CaseState.QUEUED or (
            case.historical and not self.policy.route_history
        ):
            return False
        queue = self.queues.get(case.queue)
        return queue is None or not queue.pull_only

    def _free(self, agent: AgentId, case: CaseId) -> None:
        if self.assigned[agent].pop(case, None) is not None:
            self.line.unblock()

    # --- people

    def put_agent(self, agent: Agent) -> None:
        old = self.agents.get(agent.id)
        self.agents[agent.id] = agent
        if old is None or _roster(old) != _roster(agent):
            self.line_up_again()
        elif old.status is not agent.status or old.capacity != agent.capacity:
            self.line.unblock()

    def put_queue(self, queue: Queue) -> None:
        self.queues[queue.id] = queue
        self.line_up_again()

    def remove_queue(self, queue: QueueId) -> None:
        del self.queues[queue]
        self.line_up_again()

    def load(self, agent: AgentId) -> int:
        """Units taken by what the agent works on and by what is offered now."""
        return sum(self.assigned[agent].values()) + sum(self.reserved[agent].values())

    def put_offer(self, offer: Offer) -> None:
        self.offers[offer.id] = offer
        if offer.state is OfferState.OPEN:
            self.offered[offer.case] = offer.id
            self.reserved[offer.agent][offer.id] = self.units(self.cases[offer.case])
        elif self.reserved[offer.agent].pop(offer.id, None) is not None:
            self.offered.pop(offer.case, None)
            self.line.unblock()

    # --- timers

    def put_timer(self, timer: Timer) -> None:
        self.timers[timer.key] = timer
        heapq.heappush(self._due, (timer.due, timer.generation, timer.key))

    def remove_timer(self, key: TimerKey) -> None:
        del self.timers[key]

    def next_timer(self) -> Timer | None:
        """The one that is due first."""
        while self._due:
            due, generation, key = self._due[0]
            timer = self.timers.get(key)
            if timer is not None and timer.generation == generation and timer.due == due:
                return timer
            heapq.heappop(self._due)
        return None


def _roster(agent: Agent) -> tuple[object, ...]:
    return (agent.skills, agent.queues, agent.retired)
