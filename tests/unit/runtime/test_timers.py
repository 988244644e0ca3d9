"""Timers fire when they are due, once, in the change set that they cause, and not when outdated."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from harken.domain.ids import TenantId
from harken.domain.time import Instant, after, seconds
from harken.runtime.flow import Transient
from harken.runtime.timer_worker import TimerWorker
from harken.runtime.timers import Timer, cancel_timer, due_timers, fired, next_due, set_timer
from harken.store.changes import ChangeSet, Insert, RevisionConflict
from harken.store.port import Store
from harken.store.schema.infrastructure import TENANTS, TIMERS
from harken.testing.fakes.clock import START, FakeClock
from harken.testing.fakes.store import store_in
from harken.testing.runtime import AT_ONCE, running, until

TIMER = Timer(TenantId("t"), "router", "case-1", "sla", 1, after(START, seconds(10)), "warn")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Store]:
    async with store_in(tmp_path, clock) as opened:
        yield opened


async def timers(store: Store) -> list[str]:
    async with store.reading() as snapshot:
        rows = await snapshot.across_tenants().all(select(TIMERS).order_by(TIMERS.c.due))
    return [row.aggregate for row in rows]


async def tenants(store: Store) -> list[str]:
    async with store.reading() as snapshot:
        rows = await snapshot.across_tenants().all(select(TENANTS).order_by(TENANTS.c.id))
    return [row.id for row in rows]


def effect(timer: Timer) -> ChangeSet:
    row = {"id": timer.aggregate, "name": timer.body, "created_at": timer.due}
    return ChangeSet(writes=[Insert(TENANTS, row)])


async def set_all(store: Store, *several: Timer) -> None:
    await store.submit(ChangeSet(writes=[set_timer(timer) for timer in several]))


async def none_left(store: Store) -> bool:
    return not await timers(store)


async def test_a_timer_fires_when_it_is_due_and_not_before(store: Store, clock: FakeClock) -> None:
    seen: list[tuple[Timer, Instant]] = []

    async def handler(timer: Timer, now: Instant) -> ChangeSet:
        seen.append((timer, now))
        return effect(timer)

    later = replace(TIMER, aggregate="case-2", due=after(START, seconds(20)))
    await set_all(store, TIMER, later, replace(TIMER, service="responder"))
    async with running(TimerWorker("router", handler, store, AT_ONCE)):
        clock.advance(seconds(10))
        await until(lambda: fired_count(store, 1))
        clock.advance(seconds(10))
        await until(lambda: fired_count(store, 2))
    assert seen == [
        (TIMER, after(START, seconds(10))),
        (later, after(START, seconds(20))),
    ]
    assert await timers(store) == ["case-1"]


async def fired_count(store: Store, count: int) -> bool:
    return len(await tenants(store)) == count


async def test_setting_it_again_replaces_it_and_cancelling_removes_it(store: Store) -> None:
    anew = replace(TIMER, generation=2, due=after(START, seconds(99)))
    await set_all(store, TIMER)
    await set_all(store, anew)
    async with store.reading() as snapshot:
        assert await next_due(snapshot.across_tenants(), "router") == anew.due
    cancel = cancel_timer(TIMER.tenant, TIMER.service, TIMER.aggregate, TIMER.kind)
    await store.submit(ChangeSet(writes=[cancel]))
    async with store.reading() as snapshot:
        assert await next_due(snapshot.across_tenants(), "router") is None


async def test_firing_is_refused_where_the_timer_was_set_anew_or_fired_by_another(
    store: Store,
) -> None:
    await set_all(store, replace(TIMER, generation=2))
    outdated = ChangeSet(writes=[fired(TIMER), *effect(TIMER).writes])
    with pytest.raises(RevisionConflict):
        await store.submit(outdated)
    assert await tenants(store) == []
    assert await timers(store) == ["case-1"]


async def test_two_workers_fire_a_timer_once(store: Store, clock: FakeClock) -> None:
    async def handler(timer: Timer, _: Instant) -> ChangeSet:
        return effect(timer)

    several = [replace(TIMER, aggregate=f"case-{n}") for n in range(20)]
    await set_all(store, *several)
    clock.advance(seconds(10))
    one, two = (TimerWorker("router", handler, store, AT_ONCE) for _ in range(2))
    async with running(one), running(two):
        await until(lambda: none_left(store))
    assert await tenants(store) == sorted(timer.aggregate for timer in several)


async def test_a_handler_may_set_the_same_timer_again_in_its_change_set(
    store: Store, clock: FakeClock
) -> None:
    async def handler(timer: Timer, now: Instant) -> ChangeSet:
        again = replace(timer, generation=timer.generation + 1, due=after(now, seconds(5)))
        return replace(effect(replace(timer, aggregate=f"g{timer.generation}")), writes=[
            *effect(replace(timer, aggregate=f"g{timer.generation}")).writes,
            set_timer(again),
        ])  # fmt: skip

    await set_all(store, TIMER)
    clock.advance(seconds(10))
    async with running(TimerWorker("router", handler, store, AT_ONCE)):
        await until(lambda: fired_count(store, 1))
        clock.advance(seconds(5))
        await until(lambda: fired_count(store, 2))
    assert await tenants(store) == ["g1", "g2"]


@pytest.mark.parametrize("error", [ValueError("a bug"), Transient("away", 0.0)])
async def test_one_timer_that_fails_does_not_stop_the_others_and_is_tried_again(
    store: Store, clock: FakeClock, error: Exception
) -> None:
    failures = 5

    async def handler(timer: Timer, _: Instant) -> ChangeSet:
        nonlocal failures
        if timer.aggregate == "case-1" and failures:
            failures -= 1
            raise error
        return effect(timer)

    others = [replace(TIMER, aggregate=f"other-{n}") for n in range(3)]
    await set_all(store, TIMER, *others)
    clock.advance(seconds(10))
    async with running(TimerWorker("router", handler, store, AT_ONCE)):
        await until(lambda: none_left(store))
    assert failures == 0
    assert len(await tenants(store)) == 4


async def test_due_timers_of_a_tenants_view_are_that_tenants(store: Store) -> None:
    other = replace(TIMER, tenant=TenantId("u"))
    await set_all(store, TIMER, other)
    async with store.reading() as snapshot:
        rows = snapshot.for_tenant(TenantId("u"))
        assert list(await due_timers(rows, "router", TIMER.due, 10)) == [other]
        assert list(await due_timers(rows, "router", Instant(TIMER.due - 1), 10)) == []
