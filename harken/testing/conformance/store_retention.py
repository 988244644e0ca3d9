"""What every `Store` keeps and removes in `maintain`."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from harken.domain.ids import TenantId
from harken.domain.time import Duration, days, hours
from harken.http.feed import Feed
from harken.http.feed_event import Place
from harken.store import retention
from harken.store.changes import ChangeSet, Fenced, Insert, Outgoing, Put, Statement
from harken.store.port import Store
from harken.store.retention import LEASE, LEASE_SECONDS, Kept, maintain
from harken.store.schema.infrastructure import DEAD_LETTERS, IDEMPOTENCY, OUTBOX
from harken.store.schema.ingest import ALERT_DELIVERIES, ALERTS, SEEN, TRACKER_MATCHES
from harken.store.schema.router import COMMANDS, DECISIONS
from harken.testing.fakes.clock import FakeClock
from harken.testing.rows import row_of

ACME = TenantId("acme")
OTHER = TenantId("lowmill")
PATIENCE = 10.0
USUAL = Kept()
SHORT = Kept(commands=days(30), decisions=days(15))


def seen(mention: str, at: int) -> Insert:
    return Insert(SEEN, row_of(SEEN, tenant=ACME, mention=mention, at=at))


def remembered(key: str, created_at: int) -> Insert:
    return Insert(IDEMPOTENCY, row_of(IDEMPOTENCY, tenant=ACME, key=key, created_at=created_at))


def command(name: str, applied_at: int | None, seq: int | None = None, **given: Any) -> Insert:
    given = {"tenant": ACME, "origin": name, "appended_at": applied_at or 0, **given}
    row = row_of(COMMANDS, **given)
    return Insert(COMMANDS, {**row, "applied_seq": seq, "applied_at": applied_at})


def event(revision: int = 1, service: str = "router") -> Outgoing:
    return Outgoing(service, ACME, "work", b"", "case", revision, b"")


async def keys(store: Store, column: Any) -> list[Any]:
    async with store.reading() as snapshot:
        rows = await snapshot.across_tenants().all(select(column).order_by(column))
    return [row[0] for row in rows]


async def places(store: Store) -> list[Place]:
    async with store.reading() as snapshot:
        query = select(OUTBOX.c.txid, OUTBOX.c.id).order_by(OUTBOX.c.txid, OUTBOX.c.id)
        return [Place(row.txid, row.id) for row in await snapshot.across_tenants().all(query)]


async def mark_sent(store: Store, criterion: Any) -> None:
    sent = OUTBOX.update().where(criterion).values(sent_at=OUTBOX.c.created_at)
    await store.submit(ChangeSet(writes=[Statement(sent)]))


async def keeps(store: Store, clock: FakeClock, column: Any, kept: Kept, expected: Any) -> None:
    """After some rounds: of the outbox nothing is removed that a transaction which still runs
    anywhere could come before."""
    async with asyncio.timeout(PATIENCE):
        while (found := await keys(store, column)) != expected:
            assert set(found) > set(expected)
            await maintain(store, clock.now(), kept)
            await asyncio.sleep(0.01)
    await maintain(store, clock.now(), kept)
    assert await keys(store, column) == expected


class StoreRetentionConformance:
    """Subclass it and give a ``store`` fixture: empty, over the ``clock`` fixture."""

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def store(self, clock: FakeClock) -> Store:
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def small_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(retention, "ROWS_AT_ONCE", 4)

    async def test_rows_that_have_served_are_removed(self, store: Store, clock: FakeClock) -> None:
        now = clock.now()
        change = ChangeSet()
        change.add(*(seen(f"old {n}", now - days(30) - 1) for n in range(9)))
        change.add(seen("young", now - days(30)))
        change.add(remembered("old", now - hours(24) - 1), remembered("young", now - hours(24)))
        for name, at in (("old", now - days(91)), ("young", now - days(89))):
            change.add(Insert(ALERTS, row_of(ALERTS, tenant=ACME, id=name, at=at)))
            change.add(Insert(ALERT_DELIVERIES, row_of(ALERT_DELIVERIES, alert=name, at=at)))
        for name, at in (("old", now - days(8)), ("young", now - days(6))):
            match = row_of(TRACKER_MATCHES, tenant=ACME, mention=name, received_at=at)
            change.add(Insert(TRACKER_MATCHES, match))
        for name, at in (("old", now - days(31)), ("young", now - days(29))):
            change.add(Insert(DEAD_LETTERS, row_of(DEAD_LETTERS, id=name, at=at)))
        await store.submit(change)
        await maintain(store, now, USUAL)
        for column in (
            SEEN.c.mention,
            IDEMPOTENCY.c.key,
            ALERTS.c.id,
            ALERT_DELIVERIES.c.alert,
            TRACKER_MATCHES.c.mention,
            DEAD_LETTERS.c.id,
        ):
            assert await keys(store, column) == ["young"], column

    async def test_only_sent_events_leave_the_outbox(self, store: Store, clock: FakeClock) -> None:
        for n in range(30):
            await store.submit(ChangeSet(outbox=[event(n)]))
            clock.advance(hours(1))
        await mark_sent(store, OUTBOX.c.revision % 3 != 0)
        clock.advance(Duration(hours(72) - hours(10)))
        kept = [n for n in range(30) if n % 3 == 0 or n >= 20]
        await keeps(store, clock, OUTBOX.c.revision, USUAL, kept)

    async def test_no_stream_resumes_over_what_was_removed(
        self, store: Store, clock: FakeClock
    ) -> None:
        """The second event was never sent, so it stays; the third after it goes."""
        for n in range(1, 6):
            await store.submit(ChangeSet(outbox=[event(n)]))
            clock.advance(days(1))
        first, second, third, fourth, _ = await places(store)
        feed = Feed(store)
        await mark_sent(store, OUTBOX.c.id == first.id)
        await maintain(store, clock.now(), Kept(events=days(30)))
        assert await feed.known(first)
        await mark_sent(store, OUTBOX.c.id != second.id)
        await keeps(store, clock, OUTBOX.c.revision, Kept(events=days(2.5)), [2, 4, 5])
        assert [await feed.known(at) for at in (Place(0, 0), first, second, third)] == [False] * 4
        assert await feed.known(fourth)
        assert [row.place for row in await feed.missed(ACME, fourth)] == (await places(store))[2:]

    async def test_applied_commands_and_old_decisions_leave_the_history(
        self, store: Store, clock: FakeClock
    ) -> None:
        """What waits stays however old it is, as does each tenant's last: numbers go on after."""
        now = clock.now()
        change = ChangeSet()
        change.add(*(command(f"old {n}", now - days(31), n) for n in range(1, 8)))
        change.add(command("waiting", None))
        change.add(*(command(f"quiet {n}", now - days(40), n, tenant=OTHER) for n in range(1, 4)))
        change.add(command("young", now - days(29), 8))
        for n in range(10):
            change.add(Insert(DECISIONS, row_of(DECISIONS, id=f"{n}", at=now - days(20 - n))))
        await store.submit(change)
        await maintain(store, now, SHORT)
        assert await keys(store, COMMANDS.c.origin) == ["quiet 3", "waiting", "young"]
        assert await keys(store, DECISIONS.c.id) == [f"{n}" for n in range(5, 10)]

    async def test_nothing_young_is_removed_by_the_usual_terms(
        self, store: Store, clock: FakeClock
    ) -> None:
        change = ChangeSet()
        change.add(command("a", clock.now(), 1), command("b", clock.now(), 2))
        await store.submit(change)
        clock.advance(days(399))
        await maintain(store, clock.now(), USUAL)
        assert await keys(store, COMMANDS.c.origin) == ["a", "b"]

    async def test_a_callers_clock_that_is_ahead_removes_nothing_early(
        self, store: Store, clock: FakeClock
    ) -> None:
        await store.submit(ChangeSet(writes=[seen("young", clock.now())]))
        ahead = FakeClock()
        ahead.advance(days(1_000))
        await maintain(store, ahead.now(), USUAL)
        assert await keys(store, SEEN.c.mention) == ["young"]

    async def test_many_callers_at_once_remove_what_one_does(
        self, store: Store, clock: FakeClock
    ) -> None:
        now = clock.now()
        change = ChangeSet(outbox=[event(n) for n in range(40)])
        change.add(*(seen(f"{n}", now - days(31)) for n in range(40)))
        await store.submit(change)
        await mark_sent(store, OUTBOX.c.revision != 7)
        clock.advance(days(4))
        await asyncio.gather(*(maintain(store, clock.now(), USUAL) for _ in range(6)))
        assert await keys(store, SEEN.c.mention) == []
        await keeps(store, clock, OUTBOX.c.revision, USUAL, [7])

    async def test_while_another_is_at_it_nothing_is_done(
        self, store: Store, clock: FakeClock
    ) -> None:
        await store.submit(ChangeSet(writes=[seen("old", clock.now() - days(31))]))
        await store.claim(LEASE, "another", LEASE_SECONDS)
        await maintain(store, clock.now(), USUAL)
        assert await keys(store, SEEN.c.mention) == ["old"]
        await store.release(LEASE, "another")
        await maintain(store, clock.now(), USUAL)
        assert await keys(store, SEEN.c.mention) == []

    async def test_who_was_overtaken_removes_nothing_more(
        self, store: Store, clock: FakeClock
    ) -> None:
        """It slept in the middle for longer than its lease; meanwhile a row was renewed."""
        now = clock.now()
        await store.submit(ChangeSet(writes=[seen("old", now - days(31))]))
        slow = _Sleeper(store)
        sleeping = asyncio.create_task(maintain(slow, now, USUAL))
        await slow.asleep.wait()
        clock.advance(Duration(int(LEASE_SECONDS * 1_000_000) + 1))
        assert await store.claim(LEASE, "another", LEASE_SECONDS) is not None
        renewed = Put(SEEN, row_of(SEEN, tenant=ACME, mention="old", at=now))
        await store.submit(ChangeSet(writes=[renewed]))
        slow.wake.set()
        await sleeping
        assert isinstance(slow.refused, Fenced)
        assert await keys(store, SEEN.c.mention) == ["old"]


class _Sleeper:
    """Sleeps just before its first change set."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asleep = asyncio.Event()
        self.wake = asyncio.Event()
        self.refused: Exception | None = None
        self.reading = store.reading
        self.claim = store.claim
        self.release = store.release
        self.wait = store.wait
        self.close = store.close

    async def submit(self, change: ChangeSet) -> None:
        self.asleep.set()
        await self.wake.wait()
        try:
            await self._store.submit(change)
        except Fenced as refused:
            self.refused = refused
            raise
