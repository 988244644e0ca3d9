"""Outcomes to rows and events: one change set for a whole batch of commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import update

from harken.domain.case import Case
from harken.domain.facts import DecisionMade, Notice
from harken.domain.ids import MentionId, TenantId
from harken.domain.roles import Role
from harken.domain.severity import UNJUDGED
from harken.events.codec import encode_work, place
from harken.events.keys import case_key
from harken.events.topics import WORK
from harken.events.v1 import tone_pb2, work_pb2
from harken.runtime.timers import Timer as StoredTimer
from harken.runtime.timers import cancel_timer, set_timer
from harken.store.body import encode
from harken.store.changes import ChangeSet, Insert, Outgoing, Put, Remove, Replace, Statement, Write
from harken.store.schema.router import (
    AGENTS,
    CASES,
    DECISIONS,
    MENTIONS,
    OFFERS,
    QUEUES,
    SKILLS,
    TONE_CORRECTIONS,
)
from harken.telemetry.tracing import TRACEPARENT
from services.router.domain.outcome import Decision, Outcome, Placed, ToneCorrection
from services.router.domain.timer import Timer, TimerKey
from services.router.loading import SERVICE
from services.router.rows import (
    agent_row,
    case_row,
    correction_row,
    decision_row,
    offer_row,
    queue_row,
    skill_row,
)

PEOPLE = f"{Role.AGENT},{Role.APPROVER},{Role.CRISIS},{Role.SUPERVISOR},{Role.AUDITOR}"
LEADS = f"{Role.CRISIS},{Role.SUPERVISOR}"
_MENTION_COLUMNS = MENTIONS.c.keys()


class Writing:
    """Collects what a batch brings; aggregates that change several times are written once.

    ``tagged``: the rows of all mentions that the batch is about, by id.
    """

    def __init__(self, tenant: TenantId, tagged: Mapping[MentionId, Any]) -> None:
        self.change = ChangeSet()
        self._tenant = tenant
        self._tagged = tagged
        self._all = Outcome()
        self._traces: dict[str, str] = {}

    def add(self, outcome: Outcome, trace: str) -> None:
        """What is told of a mention, a decision or a notice is told in order; cases at the end."""
        self._all.absorb(outcome)
        self._traces.update(dict.fromkeys(outcome.cases, trace))
        for placed in outcome.placed:
            self._add_placed(placed, trace)
        for decision in outcome.decisions:
            self.change.add(Insert(DECISIONS, decision_row(decision)))
            self._tell(_made(decision), decision.id, 1, "decision", PEOPLE, trace)
        for notice in outcome.notices:
            self._tell(notice, notice.id, 1, "notice", LEADS, trace)

    def finish(self) -> ChangeSet:
        outcome = self._all
        for case in outcome.cases.values():
            self.change.add(Put(CASES, case_row(case)))
            self._tell(case, case.id, case.revision, "case", PEOPLE, self._traces[case.id])
        self.change.add(*(Put(AGENTS, agent_row(agent)) for agent in outcome.agents.values()))
        self.change.add(*(Put(OFFERS, offer_row(offer)) for offer in outcome.offers.values()))
        self.change.add(*self._timers())
        self.change.add(*self._settings())
        self.change.add(*map(self._correct, outcome.corrections))
        return self.change

    def _add_placed(self, placed: Placed, trace: str) -> None:
        row = self._tagged[placed.mention]
        values = dict(zip(_MENTION_COLUMNS, row, strict=True))
        severity = placed.severity or UNJUDGED
        values["case_id"], values["placed_revision"] = placed.case or "", placed.revision
        values["severity"] = encode(severity)
        # If the stage wrote a newer revision meanwhile, this is decided again with it.
        self.change.add(Replace(MENTIONS, values, expected=row.revision))
        # A newer revision has a command of its own, which will tell of it.
        if placed.case is None or row.revision != placed.revision:
            return
        tagged = tone_pb2.TaggedMention.FromString(bytes(row.tagged))
        work = place(tagged, placed.case, severity)
        key = case_key(self._tenant, placed.case)
        self._emit(work, key, placed.mention, placed.revision, "mention", PEOPLE, trace)

    def _tell(
        self,
        fact: Case | DecisionMade | Notice,
        aggregate: str,
        revision: int,
        kind: str,
        audience: str,
        trace: str,
    ) -> None:
        key = case_key(self._tenant, fact.id if isinstance(fact, Case) else fact.case)
        self._emit(encode_work(fact), key, aggregate, revision, kind, audience, trace)

    def _emit(
        self,
        work: work_pb2.Work,
        key: bytes,
        aggregate: str,
        revision: int,
        kind: str,
        audience: str,
        trace: str,
    ) -> None:
        self.change.emit(
            Outgoing(
                service=SERVICE,
                tenant=self._tenant,
                topic=WORK.name,
                key=key,
                aggregate=aggregate,
                revision=revision,
                value=work.SerializeToString(),
                headers=((TRACEPARENT, trace.encode("ascii")),) if trace else (),
                kind=kind,
                audience=audience,
            )
        )

    def _timers(self) -> Iterable[Write]:
        for key, timer in self._all.timers.items():
            yield self._timer(key, timer)

    def _timer(self, key: TimerKey, timer: Timer | None) -> Write:
        if timer is None:
            return cancel_timer(self._tenant, SERVICE, key.aggregate, key.kind.value)
        return set_timer(
            StoredTimer(
                self._tenant, SERVICE, key.aggregate, key.kind.value, timer.generation, timer.due
            )
        )

    def _settings(self) -> Iterable[Write]:
        for queue_id, queue in self._all.queues.items():
            key = {"tenant": self._tenant, "id": queue_id}
            yield Put(QUEUES, queue_row(queue)) if queue else Remove(QUEUES, key)
        for name, skill in self._all.skills.items():
            key = {"tenant": self._tenant, "name": name}
            yield Put(SKILLS, skill_row(skill)) if skill else Remove(SKILLS, key)
        for source, target in self._all.merged:
            table = MENTIONS.c
            where = (table.tenant == self._tenant, table.case_id == source)
            yield Statement(update(MENTIONS).where(*where).values(case_id=target))

    def _correct(self, correction: ToneCorrection) -> Write:
        return Put(TONE_CORRECTIONS, correction_row(self._tenant, correction))


def _made(decision: Decision) -> DecisionMade:
    return DecisionMade(
        tenant=decision.tenant,
        id=decision.id,
        case=decision.case,
        kind=decision.kind,
        agent=decision.agent,
        at=decision.at,
    )
