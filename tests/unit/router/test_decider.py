"""The decider on a real store: once each, whatever crashes, whoever takes over."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from harken.domain.case import Case, CaseState
from harken.domain.facts import DecisionMade, Notice, NoticeKind, PlacedMention
from harken.domain.ids import CaseId, TenantId
from harken.domain.mention import Mention
from harken.domain.reply import Reply
from harken.domain.time import minutes, seconds
from harken.runtime.flow import InvalidRecord
from harken.store.body import decode, encode
from harken.store.changes import ChangeSet, Insert, StoreUnavailable
from harken.store.schema.infrastructure import LEASES, OUTBOX, TIMERS
from harken.store.schema.responder import REPLIES
from harken.store.schema.router import AGENTS, CASES, COMMANDS, DECISIONS, MENTIONS
from harken.store.sqlite import SqliteStore
from harken.testing.builders import TENANT, delivery, edited, mention, reply, retraction, tone
from harken.testing.fakes.clock import FakeClock
from harken.testing.runtime import new_pulse, running, until
from services.router import seat
from services.router.command_log import command_row, read_command
from services.router.domain.apply import apply
from services.router.domain.commands import Appended, Command, UpsertAgent
from services.router.domain.outcome import Outcome
from services.router.domain.people import Agent, Status
from services.router.domain.policy import RoutingPolicy
from services.router.domain.state import TenantState
from tests.unit.router.making import agent, status
from tests.unit.router.service import Intake, case_of, decider, rows, settle, told
from tests.unit.router.unreliable import UnreliableStore

OTHER = TenantId("lowmill")


class Bench:
    """A store with everything that acts on it."""

    def __init__(self, store: SqliteStore, clock: FakeClock) -> None:
        self.store = store
        self.clock = clock
        self.intake = Intake(store, clock)
        self.numbers = iter(range(1, 10_000))

    async def append(self, *commands: Command, tenant: TenantId = TENANT) -> None:
        appended = (
            Appended(f"asked-{next(self.numbers)}", self.clock.now(), one) for one in commands
        )
        writes = [Insert(COMMANDS, command_row(tenant, one)) for one in appended]
        await self.store.submit(ChangeSet(writes=list(writes)))

    def fresh(self, source_id: str = "1001", **given: Any) -> Mention:
        now = self.clock.now()
        return mention(source_id=source_id, created_at=now, received_at=now, **given)

    async def case(self, one: Mention) -> Case:
        return (await self.cases())[CaseId(await case_of(self.store, one.id))]

    async def cases(self) -> dict[CaseId, Case]:
        found = [decode(row.body, Case) for row in await rows(self.store, select(CASES.c.body))]
        return {case.id: case for case in found}

    async def pending(self) -> int:
        query = select(func.count().label("n")).where(COMMANDS.c.applied_seq.is_(None))
        return int((await rows(self.store, query))[0].n)


def reply_row(one: Reply) -> dict[str, Any]:
    """As the responder writes it, as far as the router looks at it."""
    known = {"case_id": one.case, "due": 0, "body": encode(one)}
    return {
        column.name: known.get(column.name, getattr(one, column.name, "")) for column in REPLIES.c
    }


@pytest.fixture
def bench(store: SqliteStore, clock: FakeClock) -> Bench:
    return Bench(store, clock)


async def test_a_mention_taken_in_twice_is_placed_once(bench: Bench) -> None:
    one = bench.fresh()
    await bench.intake.take((one, tone()))
    await bench.intake.take((one, tone()))
    await settle(decider(bench.store, bench.clock))
    await bench.intake.take((one, tone()))
    await settle(decider(bench.store, bench.clock))
    case = await bench.case(one)
    assert [post.ref for post in case.posts] == [one.id]
    placed = [fact for fact in await told(bench.store) if isinstance(fact, PlacedMention)]
    assert [fact.case for fact in placed] == [case.id]


async def test_the_mention_is_forwarded_as_it_came(bench: Bench) -> None:
    one = bench.fresh(text="Kde je moje konvice?", language="cs")
    await bench.intake.take((one, tone()))
    await settle(decider(bench.store, bench.clock))
    placed = next(fact for fact in await told(bench.store) if isinstance(fact, PlacedMention))
    assert placed.tagged.mention == one
    assert placed.severity.score == (await bench.case(one)).severity.score


async def test_no_command_holds_what_people_wrote(bench: Bench) -> None:
    one = bench.fresh(text="Peculiar wording from my own pen")
    await bench.intake.take((one, tone()))
    await settle(decider(bench.store, bench.clock))
    for row in await rows(bench.store, select(COMMANDS.c.body, COMMANDS.c.result)):
        assert "Peculiar" not in row.body + row.result


async def test_the_greater_revision_wins_in_any_order(bench: Bench) -> None:
    one = bench.fresh()
    two = edited(one, "It leaks and smokes")
    await bench.intake.take((two, tone()))
    await settle(decider(bench.store, bench.clock))
    await bench.intake.take((one, tone()))
    await settle(decider(bench.store, bench.clock))
    placed = [fact for fact in await told(bench.store) if isinstance(fact, PlacedMention)]
    assert [fact.tagged.mention.revision for fact in placed] == [2]
    row = (await rows(bench.store, select(MENTIONS)))[0]
    assert (row.revision, row.placed_revision) == (2, 2)


async def test_a_retraction_that_overtakes_its_mention_leaves_nothing_to_do(bench: Bench) -> None:
    one = bench.fresh()
    await bench.intake.take((retraction(one), None))
    await settle(decider(bench.store, bench.clock))
    await bench.intake.take((one, tone()))
    await settle(decider(bench.store, bench.clock))
    assert await bench.cases() == {}


async def test_an_edit_that_comes_while_a_batch_is_written_is_not_overwritten(
    bench: Bench,
) -> None:
    one = bench.fresh()
    two = edited(one, "It leaks and smokes")
    await bench.intake.take((one, tone()))
    unreliable = UnreliableStore(bench.store)

    async def edit() -> None:
        await bench.intake.take((two, tone()))

    unreliable.before_submit = edit
    one_decider = decider(unreliable, bench.clock)
    await one_decider.round(new_pulse())
    await settle(one_decider)
    row = (await rows(bench.store, select(MENTIONS)))[0]
    assert (row.revision, row.placed_revision, row.case_id != "") == (2, 2, True)
    placed = [fact for fact in await told(bench.store) if isinstance(fact, PlacedMention)]
    assert placed[-1].tagged.mention.text == "It leaks and smokes"


@pytest.mark.parametrize("written", [True, False])
async def test_a_crash_around_the_write_changes_nothing_twice(bench: Bench, written: bool) -> None:
    one = bench.fresh()
    await bench.append(agent("eva"), status("eva"))
    await bench.intake.take((one, tone()))

    async def crash() -> None:
        raise StoreUnavailable("the disk is gone")

    unreliable = UnreliableStore(bench.store)
    if written:
        unreliable.after_submit = crash
    else:
        unreliable.before_submit = crash
    with pytest.raises(StoreUnavailable):
        await decider(unreliable, bench.clock).round(new_pulse())
    await settle(decider(bench.store, bench.clock))
    case = await bench.case(one)
    assert (case.state, case.assignee, case.fence) == (CaseState.ASSIGNED, "eva", 1)
    decisions = await rows(bench.store, select(DECISIONS.c.id))
    events = Counter(type(fact) for fact in await told(bench.store))
    assert len(decisions) == events[DecisionMade] == 1
    assert events[PlacedMention] == events[Case] == 1
    applied = await rows(bench.store, select(COMMANDS.c.applied_seq))
    assert sorted(row.applied_seq for row in applied) == [1, 2, 3]


async def test_who_lost_the_lease_writes_nothing(bench: Bench) -> None:
    one, two = bench.fresh("1"), bench.fresh("2", author="jan")
    unreliable = UnreliableStore(bench.store)
    first = decider(unreliable, bench.clock, "first")
    second = decider(bench.store, bench.clock, "second")
    await bench.intake.take((one, tone()))
    await settle(first)
    await bench.intake.take((two, tone()))

    async def take_over() -> None:
        bench.clock.advance(minutes(1))
        assert await settle(second) == 1

    unreliable.before_submit = take_over
    pulse = new_pulse()
    assert await first.round(pulse) == 0
    assert await first.round(pulse) == 0
    assert len(await bench.cases()) == 2
    epochs = await rows(bench.store, select(LEASES.c.holder, LEASES.c.epoch))
    assert [(row.holder, row.epoch) for row in epochs] == [("second", 2)]
    placed = [fact for fact in await told(bench.store) if isinstance(fact, PlacedMention)]
    assert len(placed) == 2


async def test_a_second_decider_waits_while_the_first_holds_the_lease(bench: Bench) -> None:
    await bench.intake.take((bench.fresh(), tone()))
    assert await settle(decider(bench.store, bench.clock, "first")) == 1
    await bench.intake.take((bench.fresh("2"), tone()))
    assert await settle(decider(bench.store, bench.clock, "second")) == 0


async def test_work_that_lasts_longer_than_the_lease_keeps_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.router.decider.RENEW_SECONDS", 0.01)
    unreliable = UnreliableStore(bench.store)
    first = decider(unreliable, bench.clock, "first")
    second = decider(bench.store, bench.clock, "second")
    await bench.intake.take((bench.fresh(), tone()))

    async def take_long() -> None:
        for _ in range(5):
            bench.clock.advance(seconds(10))
            await until(renewed)

    async def renewed() -> bool:
        (lease,) = await rows(bench.store, select(LEASES.c.until))
        return bool(lease.until == bench.clock.now() + seconds(15))

    async def rival() -> None:
        await take_long()
        assert await settle(second) == 0

    unreliable.before_submit = rival
    assert await first.round(new_pulse()) == 1


async def test_a_renewal_that_fails_is_not_kept_quiet(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.router.decider.RENEW_SECONDS", 0.001)
    asked = asyncio.Event()

    class Faulty(UnreliableStore):
        async def claim(self, lease: str, holder: str, seconds: float) -> int | None:
            if self.before_submit is None:
                asked.set()
                raise ZeroDivisionError
            return await super().claim(lease, holder, seconds)

    faulty = Faulty(bench.store)
    await bench.intake.take((bench.fresh(), tone()))

    async def take_long() -> None:
        await asked.wait()

    faulty.before_submit = take_long
    with pytest.raises(ZeroDivisionError):
        await decider(faulty, bench.clock).round(new_pulse())


async def test_clocks_survive_a_restart_and_warn_once(bench: Bench) -> None:
    await bench.intake.take((bench.fresh(), tone()))
    await settle(decider(bench.store, bench.clock))
    bench.clock.advance(minutes(31))
    await settle(decider(bench.store, bench.clock))
    bench.clock.advance(minutes(30))
    await settle(decider(bench.store, bench.clock))
    await settle(decider(bench.store, bench.clock))
    notices = [fact for fact in await told(bench.store) if isinstance(fact, Notice)]
    assert [notice.kind for notice in notices] == [NoticeKind.SLA_WARNING, NoticeKind.SLA_BREACH]
    assert len({notice.id for notice in notices}) == 2


async def test_an_idle_decider_fires_a_timer_by_itself(bench: Bench) -> None:
    await bench.append(agent("eva"), status("eva"))
    await settle(decider(bench.store, bench.clock))
    bench.clock.advance(minutes(11))

    async def gone() -> bool:
        found = await rows(bench.store, select(AGENTS.c.body))
        return decode(found[0].body, Agent).status is Status.OFFLINE

    async with running(decider(bench.store, bench.clock)):
        await until(gone)
    assert await rows(bench.store, select(TIMERS)) == []


async def test_a_command_that_cannot_be_applied_is_set_aside(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fragile(state: TenantState, appended: Appended, now: Any) -> Outcome:
        if isinstance(appended.command, UpsertAgent) and appended.command.name == "Bad":
            state.agents.clear()
            raise RuntimeError("a fault of ours")
        return apply(state, appended, now)

    monkeypatch.setattr(seat, "apply", fragile)
    await bench.append(agent("eva"), agent("bad"), agent("jan"))
    one = decider(bench.store, bench.clock)
    await one.round(new_pulse())
    await settle(one)
    found = await rows(bench.store, select(COMMANDS.c.status).order_by(COMMANDS.c.applied_seq))
    assert [row.status for row in found] == [200, 500, 200]
    names = await rows(bench.store, select(AGENTS.c.id).order_by(AGENTS.c.id))
    assert [row.id for row in names] == ["eva", "jan"]


async def test_a_fault_that_hits_everything_ends_the_process(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(state: TenantState, appended: Appended, now: Any) -> Outcome:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(seat, "apply", broken)
    await bench.append(*(agent(f"a{n}") for n in range(20)))
    one = decider(bench.store, bench.clock)
    with pytest.raises(seat.Poisoned):
        await one.run(new_pulse())
    assert await bench.pending() == 20


async def test_tenants_are_decided_apart(bench: Bench) -> None:
    ours, theirs = bench.fresh(), bench.fresh(tenant=OTHER)
    await bench.append(agent("eva"), status("eva"))
    await bench.intake.take((ours, tone()), (theirs, tone()))
    await settle(decider(bench.store, bench.clock))
    cases = await bench.cases()
    assert cases[CaseId(await case_of(bench.store, ours.id))].assignee == "eva"
    assert cases[CaseId(await case_of(bench.store, theirs.id))].state is CaseState.QUEUED
    epochs = await rows(bench.store, select(LEASES.c.lease))
    assert {row.lease for row in epochs} == {f"router/{TENANT}", f"router/{OTHER}"}


async def test_quiet_tenants_cost_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, and however long ago their leases were renewed."""
    tenants = [TenantId(f"t{n}") for n in range(40)]
    for tenant in tenants:
        await bench.append(agent("eva"), tenant=tenant)
    one, pulse = decider(bench.store, bench.clock), new_pulse()
    assert await settle(one) == len(tenants)

    visited: list[str] = []
    work, claim = seat.Seat.work, bench.store.claim

    async def seen_work(self: seat.Seat) -> int:
        visited.append(self.tenant)
        return await work(self)

    async def seen_claim(lease: str, holder: str, seconds: float) -> int | None:
        visited.append(lease)
        return await claim(lease, holder, seconds)

    monkeypatch.setattr(seat.Seat, "work", seen_work)
    monkeypatch.setattr(bench.store, "claim", seen_claim)
    bench.clock.advance(minutes(1))
    assert await one.round(pulse) == 0
    assert visited == []
    await bench.append(status("eva"), tenant=tenants[7])
    assert await settle(one) == 1
    assert set(visited) <= {tenants[7], seat.lease_name(tenants[7])}


async def test_danger_is_decided_before_an_import(bench: Bench) -> None:
    past = [(bench.fresh(str(n), author=f"u{n}", historical=True), tone()) for n in range(300)]
    for start in range(0, 300, 100):
        await bench.intake.take(*past[start : start + 100])
    await bench.intake.take((bench.fresh("x", text="My kettle caught fire"), tone()))
    await decider(bench.store, bench.clock).round(new_pulse())
    first = select(COMMANDS.c.priority).order_by(COMMANDS.c.applied_seq)
    applied = await rows(bench.store, first.where(COMMANDS.c.applied_seq.is_not(None)))
    assert [applied[0].priority, applied[1].priority] == [0, 2]


async def test_the_recorded_history_gives_the_same_decisions(bench: Bench) -> None:
    one = bench.fresh()
    await bench.append(agent("eva", ("crisis", 1)), status("eva"), agent("jan"), status("jan"))
    await bench.intake.take((one, tone()))
    await settle(decider(bench.store, bench.clock))
    case = await bench.case(one)
    sent = delivery(reply(one, author=case.assignee), at=bench.clock.now(), asks=True)
    bench.clock.advance(seconds(90))
    await bench.intake.deliver(sent)
    await settle(decider(bench.store, bench.clock))
    bench.clock.advance(minutes(20))
    again = bench.fresh("1002", thread_root="1001", text="It caught fire now")
    await bench.intake.take((again, tone()))
    await settle(decider(bench.store, bench.clock))
    bench.clock.advance(seconds(31))
    await settle(decider(bench.store, bench.clock))

    history = await rows(bench.store, select(COMMANDS).order_by(COMMANDS.c.applied_seq))
    replayed = TenantState(TENANT, RoutingPolicy())
    decisions = []
    for row in history:
        outcome = apply(replayed, read_command(row), row.applied_at)
        decisions += [decision.id for decision in outcome.decisions]
    assert replayed.cases == await bench.cases()
    stored = await rows(bench.store, select(DECISIONS.c.id))
    assert sorted(decisions) == sorted(row.id for row in stored)


@pytest.mark.parametrize("echo_first", [True, False])
async def test_a_late_answer_finds_its_case_after_a_restart(bench: Bench, echo_first: bool) -> None:
    """Nothing but what is stored ties these together: each step has a decider of its own."""
    one = bench.fresh()
    await bench.append(agent("eva"), status("eva"))
    await bench.intake.take((one, tone()))
    await settle(decider(bench.store, bench.clock))
    written = reply(one, author=(await bench.case(one)).assignee, network_id="5005")
    echo = bench.fresh("5005", author="tarnandtoll", echo=True, parent="1001")
    if echo_first:
        await bench.intake.take((echo, None))
        await settle(decider(bench.store, bench.clock))
    await bench.store.submit(ChangeSet(writes=[Insert(REPLIES, reply_row(written))]))
    await bench.intake.deliver(delivery(written, at=bench.clock.now(), network_id="5005"))
    await settle(decider(bench.store, bench.clock))
    if not echo_first:
        await bench.intake.take((echo, None))
        await settle(decider(bench.store, bench.clock))
    answer = bench.fresh("1003", parent="5005", thread_root="")
    bench.clock.advance(minutes(1))
    await bench.intake.take((replace(answer, created_at=bench.clock.now()), tone()))
    await settle(decider(bench.store, bench.clock))
    case = await bench.case(one)
    assert [post.ref for post in case.posts] == [one.id, written.id, answer.id]
    assert case.state is CaseState.ASSIGNED
    assert (await case_of(bench.store, echo.id) == "") is not echo_first


async def test_the_trace_goes_on(bench: Bench) -> None:
    parent = b"00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"
    await bench.intake.take((bench.fresh(), tone()), headers=(("traceparent", parent),))
    await settle(decider(bench.store, bench.clock))
    headers = await rows(bench.store, select(OUTBOX.c.headers))
    assert headers
    assert all(parent in bytes(row.headers) for row in headers)


async def test_a_mention_without_an_id_is_the_records_fault(bench: Bench) -> None:
    with pytest.raises(InvalidRecord, match="without tenant or id"):
        await bench.intake.take((replace(bench.fresh(), id=""), tone()))  # type: ignore[arg-type]
