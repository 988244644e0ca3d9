"""The outbox reaches the log: in order, by one relay at a time, and all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from harken.domain.ids import TenantId
from harken.domain.time import seconds
from harken.log.port import LogUnavailable, TopicPartition
from harken.runtime.relay import LEASE_SECONDS, OutboxRelay
from harken.store.changes import ChangeSet, Outgoing, StoreUnavailable
from harken.store.port import Store
from harken.store.schema.infrastructure import OUTBOX
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.event_log import FakeEventLog
from harken.testing.fakes.store import store_in
from harken.testing.runtime import AT_ONCE, new_pulse, running, until

PLACE = TopicPartition("dead-letters", 0)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def log(clock: FakeClock) -> FakeEventLog:
    return FakeEventLog(clock)


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Store]:
    async with store_in(tmp_path, clock) as opened:
        yield opened


def event(n: int, service: str = "router", topic: str = PLACE.topic) -> Outgoing:
    return Outgoing(service, TenantId("t"), topic, b"k", f"a{n}", 1, b"%d" % n, (("h", b"v"),))


def relay(
    log: FakeEventLog, store: Any, clock: FakeClock, holder: str = "one", service: str = "router"
) -> OutboxRelay:
    return OutboxRelay(service, holder, log, store, clock, AT_ONCE)


async def unsent(store: Store) -> int:
    query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.sent_at.is_(None))
    async with store.reading() as snapshot:
        found = await snapshot.across_tenants().first(query)
    return 0 if found is None else int(found[0])


def sent(log: FakeEventLog) -> list[int]:
    return [int(record.value) for record in log.records[PLACE]]


async def test_rows_are_sent_in_order_with_all_that_they_carry(
    log: FakeEventLog, store: Store, clock: FakeClock
) -> None:
    await store.submit(ChangeSet(outbox=[event(n) for n in range(700)]))

    async def done() -> bool:
        return await unsent(store) == 0

    async with running(relay(log, store, clock)):
        await until(done)
        await store.submit(ChangeSet(outbox=[event(700)]))
        await until(done)
    assert sent(log) == list(range(701))
    assert log.records[PLACE][0].headers == (("h", b"v"),)


async def test_a_relay_sends_its_own_service_only(
    log: FakeEventLog, store: Store, clock: FakeClock
) -> None:
    await store.submit(ChangeSet(outbox=[event(1), event(2, "responder"), event(3)]))

    async def done() -> bool:
        return await unsent(store) == 1

    async with running(relay(log, store, clock)):
        await until(done)
    assert sent(log) == [1, 3]


async def test_a_row_for_event_streams_only_is_marked_and_not_sent(
    log: FakeEventLog, store: Store, clock: FakeClock
) -> None:
    await store.submit(ChangeSet(outbox=[event(1), event(2, topic=""), event(3)]))

    async def done() -> bool:
        return await unsent(store) == 0

    async with running(relay(log, store, clock)):
        await until(done)
    assert sent(log) == [1, 3]


async def test_while_the_log_is_away_rows_wait_and_the_relay_says_so(
    log: FakeEventLog, store: Store, clock: FakeClock
) -> None:
    log.unavailable = LogUnavailable("the log is away", 0.0)
    await store.submit(ChangeSet(outbox=[event(1)]))
    pulse = new_pulse()

    async def paused() -> bool:
        return "the log is away" in pulse.paused_because

    async def goes_on() -> bool:
        return await unsent(store) == 0 and pulse.paused_because == ""

    async with running(relay(log, store, clock), pulse):
        await until(paused)
        log.unavailable = None
        await until(goes_on)
    assert sent(log) == [1]


async def test_a_crash_between_sending_and_marking_sends_again(
    log: FakeEventLog, store: Store, clock: FakeClock
) -> None:
    class Forgetful:
        failures = 1

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def submit(self, change: ChangeSet) -> None:
            self.failures -= 1
            if self.failures >= 0:
                raise StoreUnavailable("gone", 0.0)
            await store.submit(change)

    await store.submit(ChangeSet(outbox=[event(1), event(2)]))

    async def done() -> bool:
        return await unsent(store) == 0

    async with running(relay(log, Forgetful(), clock)):
        await until(done)
    assert sent(log) == [1, 2, 1, 2]


async def test_a_second_relay_waits_for_the_lease_and_takes_it_over(
    log: FakeEventLog, store: Store, clock: FakeClock
) -> None:
    assert await store.claim("relay:router", "one", LEASE_SECONDS) is not None
    await store.submit(ChangeSet(outbox=[event(1)]))
    pulse = new_pulse()
    looked = 0

    class Watched:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def claim(self, *args: Any) -> int | None:
            nonlocal looked
            looked += 1
            return await store.claim(*args)

    async def looked_twice() -> bool:
        await store.submit(ChangeSet(outbox=[event(1, "another")]))
        return looked > 1

    async def done() -> bool:
        return bool(sent(log))

    async with running(relay(log, Watched(), clock, "two"), pulse):
        await until(looked_twice)
        assert sent(log) == []
        clock.advance(seconds(LEASE_SECONDS + 1))
        await until(done)


async def test_a_relay_that_lost_its_lease_marks_nothing(
    log: FakeEventLog, store: Store, clock: FakeClock
) -> None:
    slow = relay(log, store, clock, "slow")
    pulse = new_pulse()
    await store.submit(ChangeSet(outbox=[event(1)]))
    held = await slow._lease.hold(pulse.now())
    assert held is not None
    clock.advance(seconds(LEASE_SECONDS + 1))
    assert await store.claim("relay:router", "fast", LEASE_SECONDS) == held.epoch + 1
    assert await slow._round(pulse) == 0
    assert await unsent(store) == 1


async def test_the_lease_is_given_back_at_a_stop(
    log: FakeEventLog, store: Store, clock: FakeClock
) -> None:
    await store.submit(ChangeSet(outbox=[event(1)]))

    async def done() -> bool:
        return await unsent(store) == 0

    async with running(relay(log, store, clock)):
        await until(done)
    assert await store.claim("relay:router", "another", 1.0) is not None
