"""A turn: one command being applied, and everything that it changes on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harken.domain.case import Case, CaseState
from harken.domain.facts import DecisionKind, Notice, NoticeKind
from harken.domain.ids import AgentId, CaseId, DecisionId, derive
from harken.domain.time import Instant, after
from services.router.domain import clocks
from services.router.domain.commands import Appended, By
from services.router.domain.offer import Offer, OfferState
from services.router.domain.outcome import (
    CHANGED_MEANWHILE,
    NOT_ALLOWED,
    NOT_FOUND,
    Decision,
    Outcome,
    Refused,
    Result,
)
from services.router.domain.people import Agent
from services.router.domain.policy import RoutingPolicy
from services.router.domain.state import TenantState
from services.router.domain.survey import Survey
from services.router.domain.timer import Timer, TimerKey, TimerKind


class Turn:
    """Reads and writes the state, and writes down what was changed. ``now`` is the only time."""

    def __init__(self, state: TenantState, appended: Appended, now: Instant) -> None:
        self.state = state
        self.now = now
        self.asked_at = appended.at
        self.outcome = Outcome()
        self.queued: dict[CaseId, str] = {}
        """Cases that came into the line in this turn, with the reason."""
        self._origin = appended.origin

    @property
    def policy(self) -> RoutingPolicy:
        return self.state.policy

    # --- looking up

    def case(self, id_: CaseId) -> Case:
        """The case, or what it was merged into. Raises `Refused`."""
        case = self.state.cases.get(id_)
        while case is not None and case.merged_into is not None:
            case = self.state.cases.get(case.merged_into)
        if case is None:
            raise Refused(NOT_FOUND, "not-found", "There is no such case.")
        return case

    def seen(self, id_: CaseId, expected: int | None) -> Case:
        """As `case`, refused where somebody changed it since it was seen."""
        case = self.case(id_)
        check_seen(expected, case.revision)
        return case

    def agent(self, id_: AgentId) -> Agent:
        agent = self.state.agents.get(id_)
        if agent is None or agent.retired:
            raise Refused(NOT_FOUND, "not-found", "There is no such agent.")
        return agent

    # --- changing

    def put(self, case: Case) -> Case:
        """Stores the case with one more revision than before this turn, and sets its timers."""
        old = self.state.cases.get(case.id)
        written = self.outcome.cases.get(case.id)
        revision = written.revision if written else case.revision + 1
        if case.revision != revision or case.updated_at != self.now:
            case = replace(case, revision=revision, updated_at=self.now)
        self.state.put_case(case)
        self.outcome.cases[case.id] = case
        if old is None or _times(old) != _times(case):
            self.set_timers(case)
        return case

    def set_timers(self, case: Case) -> None:
        """What a case waits for follows from what it is."""
        self._set_timers(case.id, _case_timers(case, self.policy))

    def put_agent(self, agent: Agent) -> Agent:
        if agent.id not in self.outcome.agents:
            agent = replace(agent, revision=agent.revision + 1)
        self.state.put_agent(agent)
        self.outcome.agents[agent.id] = agent
        silent_at = after(agent.active_at, self.policy.silence) if agent.on_duty else None
        self._set_timers(agent.id, {TimerKind.SILENCE: silent_at})
        return agent

    def put_offer(self, offer: Offer) -> Offer:
        if offer.id not in self.outcome.offers:
            offer = replace(offer, revision=offer.revision + 1)
        self.state.put_offer(offer)
        self.outcome.offers[offer.id] = offer
        until = offer.until if offer.state is OfferState.OPEN else None
        self._set_timers(offer.id, {TimerKind.OFFER: until})
        return offer

    def done(self, ref: str, revision: int = 0) -> Result:
        return Result(ref=ref, revision=revision)

    # --- telling

    def decide(
        self,
        case: Case,
        kind: DecisionKind,
        why: str,
        agent: AgentId | None = None,
        survey: Survey | None = None,
    ) -> None:
        n = len(self.outcome.decisions)
        self.outcome.decisions.append(
            Decision(
                tenant=self.state.tenant,
                id=DecisionId(derive("decision", self.state.tenant, self._origin, n)),
                case=case.id,
                kind=kind,
                agent=agent,
                at=self.now,
                why=why,
                queue=case.queue,
                severity_class=case.severity.severity_class,
                required=self.state.required(case),
                preferred=case.preferred,
                policy_version=self.policy.version,
                candidates=survey.candidates if survey else (),
                excluded=survey.excluded if survey else (),
            )
        )

    def notify(self, kind: NoticeKind, case: Case, detail: str, *once: str | int) -> None:
        """``once``: what makes this notice another than the one before, of this kind and case."""
        id_ = derive("notice", self.state.tenant, kind.value, case.id, *once)
        self.outcome.notices.append(Notice(self.state.tenant, id_, kind, case.id, detail, self.now))

    def _set_timers(self, aggregate: str, due: Mapping[TimerKind, Instant | None]) -> None:
        for kind, instant in due.items():
            key = TimerKey(aggregate, kind)
            old = self.state.timers.get(key)
            if instant is None:
                if old is not None:
                    self.state.remove_timer(key)
                    self.outcome.timers[key] = None
            elif old is None or old.due != instant:
                timer = Timer(key, old.generation + 1 if old else 1, instant)
                self.state.put_timer(timer)
                self.outcome.timers[key] = timer


def check_seen(expected: int | None, revision: int) -> None:
    if expected is not None and expected != revision:
        raise Refused(CHANGED_MEANWHILE, "changed-meanwhile", "Somebody else changed it.", revision)


def need_authority(by: By) -> None:
    if not by.supervisor:
        raise Refused(NOT_ALLOWED, "forbidden", "This is a supervisor's decision.")


def _times(case: Case) -> tuple[object, ...]:
    return (case.state, case.clocks, case.lease_until, case.snoozed_until, case.excluded)


def _case_timers(case: Case, policy: RoutingPolicy) -> dict[TimerKind, Instant | None]:
    assigned = case.state is CaseState.ASSIGNED
    snoozed = case.state is CaseState.SNOOZED
    forgotten = min((until for _, until in case.excluded), default=None)
    return {
        TimerKind.CLOCK: clocks.next_warning(case, policy.sla),
        TimerKind.LEASE: case.lease_until if assigned else None,
        TimerKind.SNOOZE: case.snoozed_until if snoozed else None,
        TimerKind.RETRY: forgotten if case.state is CaseState.QUEUED else None,
    }
