"""What was decided reaches each receiver, whatever the others do and wherever it is killed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from harken.domain.time import Instant, hours, seconds
from harken.runtime.pulse import Pulse
from harken.store.body import decode
from harken.store.changes import ChangeSet
from harken.store.schema.ingest import ALERT_DELIVERIES
from harken.store.sqlite import SqliteStore
from harken.testing.builders import NOW, TENANT
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from harken.testing.runtime import AT_ONCE, new_pulse, running, until
from services.ingest.alerting.attempt import Attempt
from services.ingest.alerting.delivering import LEASE, LEASE_SECONDS, AlertDelivering
from services.ingest.alerting.receivers import insert_receiver
from services.ingest.alerting.sender import NotDelivered
from services.ingest.alerts import raised
from services.ingest.domain.alert import Alert, AlertKind, source_alert
from services.ingest.domain.alert_delivery import AlertDelivery, State
from services.ingest.domain.receiver import By, Receiver


@dataclass
class Post:
    """Stands in for the network: what came to whom, under which ids; some receivers are down."""

    came: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    down: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    at_last: asyncio.Event = field(default_factory=asyncio.Event)
    """When the slow ones answer."""
    gone: set[str] = field(default_factory=set)
    faulty: set[str] = field(default_factory=set)

    async def send(self, receiver: Receiver, _: Alert, id_: str, __: Instant) -> str:
        self.came[receiver.id].append(id_)
        if receiver.id in self.slow:
            await self.at_last.wait()
        if receiver.id in self.faulty:
            raise UnicodeError
        if receiver.id in self.down | self.gone:
            raise NotDelivered("it answered 503", final=receiver.id in self.gone)
        return ""


@dataclass
class Bench:
    store: SqliteStore
    clock: FakeClock
    post: Post

    def worker(self, holder: str = "one") -> AlertDelivering:
        async def close() -> None:
            pass

        attempt = Attempt(self.store, {By.WEBHOOK: self.post, By.EMAIL: self.post})
        return AlertDelivering(self.store, attempt, holder, AT_ONCE, close)

    async def hire(self, *names: str, sources: bool = False) -> None:
        change = ChangeSet()
        for name in names:
            one = Receiver(TENANT, name, name, By.WEBHOOK, NOW, url="http://x", sources=sources)
            change.add(insert_receiver(one))
        await self.store.submit(change)

    async def tell(self, *receivers: str, name: str = "1") -> Alert:
        alert = Alert(
            TENANT, name, AlertKind.TRACKER_MATCHED, "t", NOW, "Title", receivers=receivers
        )
        await self.submit(alert)
        return alert

    async def submit(self, alert: Alert) -> None:
        told = raised(alert)
        await self.store.submit(ChangeSet(writes=list(told.writes), outbox=list(told.events)))

    async def deliveries(self) -> dict[str, AlertDelivery]:
        """By receiver; the last alert's where there are several."""
        async with self.store.reading() as snapshot:
            rows = await snapshot.across_tenants().all(select(ALERT_DELIVERIES.c.body))
        found = [decode(row.body, AlertDelivery) for row in rows]
        return {one.receiver: one for one in found}

    async def reached(self, receiver: str, times: int) -> bool:
        return len(self.post.came[receiver]) >= times

    async def in_state(self, receiver: str, state: State) -> bool:
        found = (await self.deliveries()).get(receiver)
        return found is not None and found.state is state


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    clock = FakeClock()
    async with store_in(tmp_path, clock) as store:
        yield Bench(store, clock, Post())


async def test_every_receiver_gets_it_once(bench: Bench) -> None:
    await bench.hire("desk", "pager", "other")
    await bench.tell("desk", "pager")
    async with running(bench.worker()):
        for name in ("desk", "pager"):
            await until(lambda name=name: bench.in_state(name, State.DELIVERED))  # type: ignore[misc]
    assert {name: len(ids) for name, ids in bench.post.came.items()} == {"desk": 1, "pager": 1}


async def test_a_source_alert_goes_to_those_who_want_such(bench: Bench) -> None:
    await bench.hire("desk")
    await bench.hire("pager", sources=True)
    await bench.submit(source_alert(TENANT, AlertKind.SOURCE_SILENT, "s", NOW, "Silence"))
    async with running(bench.worker()):
        await until(lambda: bench.in_state("pager", State.DELIVERED))
    assert set(await bench.deliveries()) == {"pager"}


async def test_a_slow_receiver_keeps_nobody_waiting(bench: Bench) -> None:
    await bench.hire("slow", "desk")
    bench.post.slow = {"slow"}
    await bench.tell("slow", "desk")
    worker = bench.worker()
    task = asyncio.create_task(worker.run(new_pulse()))
    await until(lambda: bench.in_state("desk", State.DELIVERED))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert bench.post.came.keys() == {"slow", "desk"}


async def test_a_failed_attempt_comes_again_under_the_same_id(bench: Bench) -> None:
    await bench.hire("desk")
    bench.post.down = {"desk"}
    await bench.tell("desk")
    ticks = [0.0]
    worker, pulse = bench.worker(), Pulse(asyncio.Event(), lambda: ticks[0])
    for _ in range(2):
        await worker.round(pulse)
        await worker.idle()
    waiting = (await bench.deliveries())["desk"]
    assert (waiting.state, waiting.error) == (State.WAITING, "it answered 503")
    assert len(bench.post.came["desk"]) == 1
    bench.post.down = set()
    bench.clock.advance(seconds(5))
    ticks[0] += 5.0
    await worker.round(pulse)
    await worker.idle()
    assert (await bench.deliveries())["desk"].state is State.DELIVERED
    first, second = bench.post.came["desk"]
    assert first == second


async def test_after_a_day_it_shows_as_failed(bench: Bench) -> None:
    await bench.hire("desk")
    bench.post.down = {"desk"}
    await bench.tell("desk")
    ticks = [0.0]
    worker, pulse = bench.worker(), Pulse(asyncio.Event(), lambda: ticks[0])
    for _ in range(40):
        await worker.round(pulse)
        await worker.idle()
        bench.clock.advance(hours(1))
        ticks[0] += 3600
    failed = (await bench.deliveries())["desk"]
    assert failed.state is State.FAILED
    assert failed.attempts == len(bench.post.came["desk"]) > 8


@pytest.mark.parametrize("gone", [True, False])
async def test_what_can_never_arrive_fails_at_once(bench: Bench, gone: bool) -> None:
    """The receiver says so, or it was removed."""
    if gone:
        await bench.hire("desk")
        bench.post.gone = {"desk"}
    await bench.tell("desk")
    async with running(bench.worker()):
        await until(lambda: bench.in_state("desk", State.FAILED))
    assert len(bench.post.came["desk"]) == int(gone)


async def test_a_fault_of_ours_waits_like_any_other(bench: Bench) -> None:
    await bench.hire("desk")
    bench.post.faulty = {"desk"}
    await bench.tell("desk")
    worker = bench.worker()
    await worker.round(new_pulse())
    await worker.idle()
    waiting = (await bench.deliveries())["desk"]
    assert (waiting.state, waiting.attempts) == (State.WAITING, 1)


async def test_killed_after_sending_it_is_sent_again_under_the_same_id(bench: Bench) -> None:
    await bench.hire("desk")
    await bench.tell("desk")
    bench.post.slow = {"desk"}
    killed = asyncio.create_task(bench.worker("killed").run(new_pulse()))
    await until(lambda: bench.reached("desk", 1))
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    bench.post.slow = set()
    async with running(bench.worker("next")):
        await until(lambda: bench.in_state("desk", State.DELIVERED))
    first, second = bench.post.came["desk"]
    assert first == second


async def test_whoever_lost_the_lease_stores_no_outcome(bench: Bench) -> None:
    await bench.hire("desk")
    await bench.tell("desk")
    bench.post.slow = {"desk"}
    late = bench.worker("late")
    await late.round(new_pulse())
    await until(lambda: bench.reached("desk", 1))
    bench.clock.advance(seconds(LEASE_SECONDS + 1))
    assert await bench.store.claim(LEASE, "other", LEASE_SECONDS) is not None
    bench.post.at_last.set()
    await late.idle()
    assert (await bench.deliveries())["desk"].attempts == 0


async def test_a_flood_reaches_a_receiver_whole(bench: Bench) -> None:
    await bench.hire("desk")
    for number in range(250):
        await bench.tell("desk", name=f"{number:03}")
    async with running(bench.worker()):
        await until(lambda: bench.reached("desk", 250))
    assert len(set(bench.post.came["desk"])) == 250
