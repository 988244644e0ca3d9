"""The whole domain against what must hold after every command, whatever people do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import count
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from harken.domain.case import Case, CaseState, PostSide
from harken.domain.facts import DecisionKind
from harken.domain.ids import AgentId, CaseId, MentionId, QueueId
from harken.domain.time import Duration, Instant, hours, minutes, seconds
from services.router.domain import clocks
from services.router.domain.apply import apply
from services.router.domain.commands import (
    AcceptOffer,
    AgentActive,
    Appended,
    Assign,
    Command,
    DeclineOffer,
    Merge,
    OverrideSeverity,
    Reopen,
    Resolve,
    RetireAgent,
    RetractMention,
    Snooze,
    TimerFired,
    Transfer,
)
from services.router.domain.line import rank
from services.router.domain.offer import OfferState
from services.router.domain.outcome import Outcome
from services.router.domain.people import Status
from services.router.domain.policy import RoutingPolicy
from services.router.domain.state import TenantState
from services.router.domain.survey import survey
from services.router.domain.timer import TimerKey, TimerKind
from tests.unit.router.making import (
    ANGRY,
    BOSS,
    CALM,
    DANGEROUS,
    START,
    TENANT,
    agent,
    by,
    delivered,
    mention,
    status,
)

AGENTS = ("ada", "bob", "cyd")
SKILLS = {
    "ada": (("crisis", 3), ("language:en", 2)),
    "bob": (("crisis", 1),),
    "cyd": (("language:en", 5), ("language:pl", 4)),
}
CAPACITY = 2

T = TypeVar("T")

names = st.sampled_from(AGENTS)
picks = st.integers(0, 1_000)
waits = st.sampled_from(
    [seconds(5), seconds(29), seconds(31), minutes(3), minutes(16), hours(1), hours(25)]
)


def reloaded(state: TenantState) -> TenantState:
    """What a decider finds that takes over: aggregates and timers, no indexes."""
    fresh = TenantState(TENANT, state.policy)
    fresh.queues.update(state.queues)
    for person in state.agents.values():
        fresh.put_agent(person)
    for case in state.cases.values():
        fresh.put_case(case)
    for offer in state.offers.values():
        if offer.state is OfferState.OPEN:
            fresh.put_offer(offer)
        else:
            fresh.offers[offer.id] = offer
    for timer in state.timers.values():
        fresh.put_timer(timer)
    fresh.mentions.update(state.mentions)
    fresh.sources.update(state.sources)
    return fresh


def has_cases(machine: Routing) -> bool:
    return bool(machine.state.cases)


def has_offered(machine: Routing) -> bool:
    return bool(machine.state.offers)


def has_placed(machine: Routing) -> bool:
    return bool(machine.placed)


class Routing(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state = TenantState(TENANT, RoutingPolicy())
        self.now = START
        self.history: list[tuple[Appended, Instant]] = []
        self.numbers = count(1)
        self.fences: dict[CaseId, int] = {}
        self.deadlines: dict[CaseId, Instant] = {}
        self.placed: dict[MentionId, CaseId] = {}
        self.given: list[Case] = []

    # --- what happens

    @initialize()
    def people(self) -> None:
        for name in AGENTS:
            self.do(agent(name, *SKILLS[name], capacity=CAPACITY))

    @rule(
        author=st.sampled_from(["u", "v", "w"]),
        thread=st.sampled_from(["t1", "t2", ""]),
        facts=st.sampled_from([CALM, CALM, ANGRY, DANGEROUS]),
        language=st.sampled_from(["", "en", "pl", "lv"]),
        historical=st.sampled_from([False, False, False, True]),
    )
    def mention(
        self, author: str, thread: str, facts: object, language: str, historical: bool
    ) -> None:
        name = f"m{next(self.numbers)}"
        times = {"created_at": self.now, "received_at": self.now}
        outcome = self.do(
            mention(
                name, author, thread_root=thread, facts=facts, language=language,
                historical=historical, **times,
            )
        )  # fmt: skip
        self.placed[MentionId(name)] = CaseId(outcome.result.ref)

    @precondition(has_placed)
    @rule(pick=picks, facts=st.sampled_from([CALM, DANGEROUS]))
    def edit(self, pick: int, facts: object) -> None:
        name, case = self.one_of(list(self.placed.items()), pick)
        self.do(mention(name, revision=2, facts=facts, author=self.state.cases[case].author))

    @precondition(has_placed)
    @rule(pick=picks)
    def retract(self, pick: int) -> None:
        name, _ = self.one_of(list(self.placed.items()), pick)
        self.do(RetractMention(name, 3))
        del self.placed[name]

    @rule(name=names, now=st.sampled_from(Status))
    def status(self, name: str, now: Status) -> None:
        self.do(status(name, now))

    @rule(name=names)
    def active(self, name: str) -> None:
        self.do(AgentActive(AgentId(name), tuple(self.state.assigned[AgentId(name)])))

    @precondition(has_offered)
    @rule(pick=picks, accepts=st.booleans())
    def answer_offer(self, pick: int, accepts: bool) -> None:
        offer = self.state.offers[self.one_of(list(self.state.offers), pick)]
        command = AcceptOffer if accepts else DeclineOffer
        outcome = self.do(command(by(offer.agent), offer.id))
        was_open = offer.state is OfferState.OPEN and self.now <= offer.until
        if accepts and not was_open:
            assert outcome.result.status == 409

    @precondition(has_cases)
    @rule(pick=picks, name=names)
    def take(self, pick: int, name: str) -> None:
        self.do(Assign(by(name), self.case(pick), AgentId(name)))

    @precondition(has_cases)
    @rule(pick=picks, name=names)
    def give(self, pick: int, name: str) -> None:
        self.do(Assign(BOSS, self.case(pick), AgentId(name)))

    @precondition(has_cases)
    @rule(pick=picks, name=st.none() | names, asks=st.booleans())
    def reply(self, pick: int, name: str | None, asks: bool) -> None:
        ref = f"r{next(self.numbers)}"
        self.do(
            delivered(self.case(pick), ref, name, at=self.now, asks=asks, automatic=name is None)
        )

    @precondition(has_cases)
    @rule(pick=picks)
    def resolve(self, pick: int) -> None:
        self.do(Resolve(BOSS, self.case(pick)))

    @precondition(has_cases)
    @rule(pick=picks)
    def reopen(self, pick: int) -> None:
        self.do(Reopen(BOSS, self.case(pick)))

    @precondition(has_cases)
    @rule(pick=picks, queue=st.none() | st.just(QueueId("billing")))
    def transfer(self, pick: int, queue: QueueId | None) -> None:
        self.do(Transfer(BOSS, self.case(pick), queue))

    @precondition(has_cases)
    @rule(pick=picks)
    def snooze(self, pick: int) -> None:
        self.do(Snooze(BOSS, self.case(pick), Instant(self.now + minutes(30))))

    @precondition(has_cases)
    @rule(pick=picks, score=st.sampled_from([5, 30, 95]))
    def judge(self, pick: int, score: int) -> None:
        self.do(OverrideSeverity(BOSS, self.case(pick), score))

    @precondition(has_cases)
    @rule(pick=picks, into=picks)
    def merge(self, pick: int, into: int) -> None:
        source, target = self.case(pick), self.case(into)
        outcome = self.do(Merge(BOSS, source, target))
        if outcome.result.status == 200:
            self.placed = {
                name: CaseId(outcome.result.ref) if case == source else case
                for name, case in self.placed.items()
            }

    @rule(name=names)
    def retire_and_return(self, name: str) -> None:
        self.do(RetireAgent(BOSS, AgentId(name)))
        assert not self.state.assigned[AgentId(name)]
        self.do(agent(name, *SKILLS[name], capacity=CAPACITY))

    @rule(wait=waits)
    def time_passes(self, wait: Duration) -> None:
        end = Instant(self.now + wait)
        while (timer := self.state.next_timer()) is not None and timer.due <= end:
            self.now = max(self.now, timer.due)
            self.do(TimerFired(*timer.key, timer.generation))
        self.now = end

    @rule()
    def restart(self) -> None:
        fresh = reloaded(self.state)
        assert len(fresh.line) == len(self.state.line)
        assert fresh.next_timer() == self.state.next_timer()
        assert {k: v for k, v in fresh.assigned.items() if v} == {
            k: v for k, v in self.state.assigned.items() if v
        }
        self.state = fresh

    # --- what must hold

    @invariant()
    def one_assignee_each(self) -> None:
        holders = defaultdict(list)
        for name, cases in self.state.assigned.items():
            for held in cases:
                holders[held].append(name)
        for case in self.state.cases.values():
            expected = [case.assignee] if case.state is CaseState.ASSIGNED else []
            assert holders.pop(case.id, []) == expected
        assert not holders

    @invariant()
    def capacity_is_never_exceeded(self) -> None:
        for name, cases in self.state.assigned.items():
            assert sum(cases.values()) <= self.state.agents[name].capacity

    @invariant()
    def nobody_waits_while_somebody_could_take_it(self) -> None:
        for case in self.state.cases.values():
            if case.id in self.state.line:
                found = survey(self.state, case, self.state.demand(case), self.now)
                assert found.best is None
                assert not found.only_asked_before()

    @invariant()
    def who_waits_is_in_the_line(self) -> None:
        for case in self.state.cases.values():
            live = case.state is CaseState.QUEUED and not case.historical
            assert (case.id in self.state.line) is live

    @invariant()
    def an_offer_is_open_exactly_while_its_case_is_offered(self) -> None:
        open_offers = {o.case for o in self.state.offers.values() if o.state is OfferState.OPEN}
        offered = {c.id for c in self.state.cases.values() if c.state is CaseState.OFFERED}
        assert open_offers == offered == set(self.state.offered)

    @invariant()
    def every_promise_has_its_timer(self) -> None:
        for case in self.state.cases.values():
            timer = self.state.timers.get(TimerKey(case.id, TimerKind.CLOCK))
            due = clocks.next_warning(case, self.state.policy.sla)
            assert (timer.due if timer else None) == due
            if case.historical:
                assert not case.clocks

    @invariant()
    def mentions_are_in_exactly_one_case(self) -> None:
        found = defaultdict(list)
        for case in self.state.cases.values():
            if case.state is not CaseState.MERGED:
                for post in case.posts:
                    if post.side is PostSide.CUSTOMER:
                        found[MentionId(post.ref)].append(case.id)
        assert dict(found) == {name: [case] for name, case in self.placed.items()}

    def teardown(self) -> None:
        """The same history gives the same decisions."""
        again = TenantState(TENANT, RoutingPolicy())
        for appended, now in self.history:
            apply(again, appended, now)
        assert again.cases == self.state.cases
        assert again.offers == self.state.offers
        assert again.agents == self.state.agents

    # ---

    def do(self, command: Command) -> Outcome:
        appended = Appended(f"o{next(self.numbers)}", self.now, command)
        before = dict(self.state.cases)
        outcome = apply(self.state, appended, self.now)
        self.history.append((appended, self.now))
        if outcome.result.status != 200:
            assert not outcome.cases
            assert before == self.state.cases
        self.check_fences(outcome)
        self.check_order(before, outcome)
        return outcome

    def check_fences(self, outcome: Outcome) -> None:
        """A fence only grows, and by one at least with every assignment and offer."""
        grants: Counter[CaseId] = Counter()
        for decision in outcome.decisions:
            grants[decision.case] += decision.kind in (DecisionKind.ASSIGNED, DecisionKind.OFFERED)
        for case in outcome.cases.values():
            assert case.fence == self.fences.get(case.id, 0) + grants[case.id]
            self.fences[case.id] = case.fence
            assert case.deadline <= self.deadlines.get(case.id, case.deadline)
            self.deadlines[case.id] = case.deadline

    def check_order(self, before: dict[CaseId, Case], outcome: Outcome) -> None:
        """Of two that asked for the same, the one that is served first was first in the line."""
        for decision in outcome.decisions:
            old = before.get(decision.case)
            given = decision.kind in (DecisionKind.ASSIGNED, DecisionKind.OFFERED)
            if not given or old is None or old.state is not CaseState.QUEUED:
                continue
            if decision.why != "somebody became free":
                continue
            asked = self.state.demand(old)
            for other in self.state.cases.values():
                if other.id in self.state.line and self.state.demand(other) == asked:
                    assert rank(old) < rank(other)

    def case(self, pick: int) -> CaseId:
        return self.one_of(list(self.state.cases), pick)

    @staticmethod
    def one_of(things: Sequence[T], pick: int) -> T:
        return things[pick % len(things)]


Routing.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_routing = Routing.TestCase
