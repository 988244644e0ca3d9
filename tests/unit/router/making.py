"""Commands and states for the router's tests: short to write, valid as they are."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from harken.domain.case import Case, SkillLevel
from harken.domain.facts import Delivery
from harken.domain.ids import (
    AgentId,
    AuthorId,
    CaseId,
    ConnectionId,
    MentionId,
    ReplyId,
    TenantId,
    derive,
)
from harken.domain.mention import Kind, Visibility
from harken.domain.reply import Action, DeliveryState
from harken.domain.risk import RiskFound, RiskTopic
from harken.domain.time import Instant, minutes
from harken.domain.tone import Polarity
from services.router.domain.apply import apply
from services.router.domain.commands import (
    Appended,
    By,
    Command,
    PlaceMention,
    ReplyDelivered,
    SetStatus,
    TimerFired,
    UpsertAgent,
)
from services.router.domain.outcome import Outcome
from services.router.domain.people import Status
from services.router.domain.policy import RoutingPolicy
from services.router.domain.state import TenantState
from services.router.severity.facts import SeverityFacts

TENANT = TenantId("lumina")
CONNECTION = ConnectionId("con-1")
START = Instant(1_767_225_600_000_000)
BOSS = By("key-boss", supervisor=True)

CALM = SeverityFacts(Polarity.NEUTRAL, negative=0.1, certainty=0.9)
ANGRY = SeverityFacts(Polarity.NEGATIVE, negative=0.95, certainty=0.95, urgency=0.8)
DANGEROUS = replace(ANGRY, risks=(RiskFound(RiskTopic.FIRE_SAFETY, "on fire"),))


def mention(name: str, author: str = "ana", **given: Any) -> PlaceMention:
    fields: dict[str, Any] = {
        "mention": MentionId(name),
        "revision": 1,
        "network": "mastodon",
        "connection": CONNECTION,
        "author": AuthorId(author),
        "source_id": f"s-{name}",
        "thread_root": "",
        "parent": "",
        "kind": Kind.POST,
        "visibility": Visibility.PUBLIC,
        "language": "",
        "created_at": START,
        "received_at": START,
        "facts": CALM,
    }
    return PlaceMention(**{**fields, **given})


def case_of(name: str) -> CaseId:
    """The case that this mention opens."""
    return CaseId(derive("case", TENANT, name))


def agent(name: str, *skills: tuple[str, int], **given: Any) -> UpsertAgent:
    levels = tuple(SkillLevel(skill, level) for skill, level in skills)
    return UpsertAgent(BOSS, AgentId(name), name.title(), levels, **given)


def by(name: str) -> By:
    return By(f"key-{name}", AgentId(name))


def status(name: str, status: Status = Status.AVAILABLE) -> SetStatus:
    return SetStatus(by(name), AgentId(name), status)


def delivered(case: CaseId, reply: str, agent: str | None = "eva", **given: Any) -> ReplyDelivered:
    fields: dict[str, Any] = {
        "tenant": TENANT,
        "reply": ReplyId(reply),
        "revision": 3,
        "case": case,
        "connection": CONNECTION,
        "network": "mastodon",
        "parent": MentionId("m1"),
        "action": Action.REPLY,
        "visibility": Visibility.PUBLIC,
        "state": DeliveryState.SENT,
        "at": START,
        "agent": AgentId(agent) if agent else None,
        "network_id": f"n-{reply}",
    }
    return ReplyDelivered(Delivery(**{**fields, **given}))


class Desk:
    """A tenant's state with a clock: `do` applies a command, `pass_time` fires what is due."""

    def __init__(self, policy: RoutingPolicy | None = None) -> None:
        self.state = TenantState(TENANT, policy or RoutingPolicy())
        self.now = START
        self.outcomes: list[Outcome] = []
        self._numbers = count(1)

    def do(self, command: Command) -> Outcome:
        appended = Appended(f"origin-{next(self._numbers)}", self.now, command)
        outcome = apply(self.state, appended, self.now)
        self.outcomes.append(outcome)
        return outcome

    def must(self, command: Command) -> Outcome:
        outcome = self.do(command)
        assert outcome.result.status == 200, outcome.result
        return outcome

    def at_work(self, name: str, *skills: tuple[str, int], **given: Any) -> None:
        self.must(agent(name, *skills, **given))
        self.must(status(name))

    def place(self, name: str, author: str = "ana", **given: Any) -> Case:
        times = {"created_at": self.now, "received_at": self.now, **given}
        outcome = self.must(mention(name, author, **times))
        return self.case(CaseId(outcome.result.ref))

    def case(self, id_: CaseId) -> Case:
        return self.state.cases[id_]

    def pass_time(self, duration: int) -> list[Outcome]:
        """Fires the timers one by one, each at its own instant."""
        end = Instant(self.now + duration)
        fired = []
        while (timer := self.state.next_timer()) is not None and timer.due <= end:
            self.now = max(self.now, timer.due)
            fired.append(self.do(TimerFired(*timer.key, timer.generation)))
        self.now = end
        return fired


A_WHILE = minutes(1)
