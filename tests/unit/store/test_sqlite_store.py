from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from harken.domain.ids import TenantId
from harken.domain.time import Duration, days, hours
from harken.embedded.file import EmbeddedFile
from harken.store.changes import ChangeSet, Insert, Outgoing, Statement, StoreUnavailable
from harken.store.schema.infrastructure import IDEMPOTENCY, OUTBOX
from harken.store.schema.ingest import SEEN
from harken.store.schema.metadata import METADATA
from harken.store.schema.router import COMMANDS, DECISIONS, SKILLS
from harken.store.sqlite import SqliteStore, maintenance
from harken.store.sqlite.maintenance import Kept
from harken.testing.fakes.clock import FakeClock
from harken.testing.rows import row_of

ACME = TenantId("acme")
OTHER = TenantId("lowmill")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def file(tmp_path: Path, clock: FakeClock) -> AsyncIterator[EmbeddedFile]:
    file = await EmbeddedFile.open(tmp_path / "harken.db", clock)
    yield file
    await file.close()


@pytest.fixture
async def store(file: EmbeddedFile, clock: FakeClock) -> SqliteStore:
    return await SqliteStore.open(file, clock)


def skill(name: str, body: str = "") -> Insert:
    return Insert(SKILLS, {"tenant": ACME, "name": name, "revision": 1, "body": body})


async def count(store: SqliteStore, table: Table) -> int:
    async with store.reading() as snapshot:
        row = await snapshot.across_tenants().first(select(func.count()).select_from(table))
    assert row is not None
    return int(row[0])


# --- schema


async def test_every_table_is_made_once(file: EmbeddedFile, clock: FakeClock) -> None:
    for _ in range(2):
        store = await SqliteStore.open(file, clock)
        for table in METADATA.tables.values():
            assert await count(store, table) == 0


async def test_what_was_stored_is_there_after_a_restart(tmp_path: Path, clock: FakeClock) -> None:
    for n in range(3):
        file = await EmbeddedFile.open(tmp_path / "harken.db", clock)
        store = await SqliteStore.open(file, clock)
        assert await count(store, SKILLS) == n
        await store.submit(ChangeSet(writes=[skill(str(n))]))
        await file.close()


# --- trouble


async def test_a_full_disk_loses_nothing(store: SqliteStore, file: EmbeddedFile) -> None:
    def limit(connection: sqlite3.Connection, pages: int) -> None:
        used = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {used + pages}")

    await store.submit(ChangeSet(writes=[skill("kept")]))
    await file.write(partial(limit, pages=1))
    large = [ChangeSet(writes=[skill(name, "x" * 50_000)]) for name in "abc"]
    outcomes = await asyncio.gather(*map(store.submit, large), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 3
    assert await count(store, SKILLS) == 1
    await file.write(partial(limit, pages=10_000))
    await asyncio.gather(*map(store.submit, large))
    assert await count(store, SKILLS) == 4


async def test_a_closed_file_is_said(tmp_path: Path, clock: FakeClock) -> None:
    file = await EmbeddedFile.open(tmp_path / "other.db", clock)
    store = await SqliteStore.open(file, clock)
    await file.close()
    with pytest.raises(StoreUnavailable):
        await store.submit(ChangeSet(writes=[skill("late")]))
    with pytest.raises(StoreUnavailable):
        await count(store, SKILLS)
    with pytest.raises(StoreUnavailable):
        await store.claim("l", "a", 1)


async def test_a_broken_rule_of_a_table_is_an_error_not_a_conflict(store: SqliteStore) -> None:
    broken = Insert(SKILLS, {"tenant": ACME, "name": "a", "revision": None, "body": ""})
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        await store.submit(ChangeSet(writes=[skill("b"), broken]))
    assert await count(store, SKILLS) == 0


async def test_operators_commands_may_write_beside(
    store: SqliteStore, file: EmbeddedFile, clock: FakeClock
) -> None:
    beside = await EmbeddedFile.open(file.path, clock)
    other = await SqliteStore.open(beside, clock)

    async def fill(into: SqliteStore, name: str) -> None:
        for n in range(20):
            event = Outgoing("router", ACME, "work", b"", name, n, b"")
            await into.submit(ChangeSet(writes=[skill(f"{name}{n}")], outbox=[event]))

    await asyncio.gather(fill(store, "a"), fill(other, "b"))
    await beside.close()
    assert await count(store, SKILLS) == 40
    async with store.reading() as snapshot:
        rows = await snapshot.across_tenants().all(select(OUTBOX).order_by(OUTBOX.c.id))
    assert len({row.txid for row in rows}) == 40
    assert [row.txid for row in rows] == sorted(row.txid for row in rows)


# --- maintenance


def seen(mention: str, at: int) -> Insert:
    return Insert(SEEN, row_of(SEEN, tenant=ACME, mention=mention, at=at))


def remembered(key: str, created_at: int) -> Insert:
    return Insert(IDEMPOTENCY, row_of(IDEMPOTENCY, tenant=ACME, key=key, created_at=created_at))


async def keys(store: SqliteStore, column: Any) -> list[Any]:
    async with store.reading() as snapshot:
        rows = await snapshot.across_tenants().all(select(column).order_by(column))
    return [row[0] for row in rows]


async def test_rows_that_have_served_are_removed(store: SqliteStore, clock: FakeClock) -> None:
    now = clock.now()
    change = ChangeSet()
    change.add(seen("old", now - days(30) - 1), seen("young", now - days(30)))
    change.add(remembered("old", now - hours(24) - 1), remembered("young", now - hours(24)))
    await store.submit(change)
    await store.maintain(now)
    assert await keys(store, SEEN.c.mention) == ["young"]
    assert await keys(store, IDEMPOTENCY.c.key) == ["young"]


async def test_only_sent_events_leave_the_outbox(
    store: SqliteStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "ROWS_AT_ONCE", 4)
    for n in range(30):
        event = Outgoing("router", ACME, "work", b"", "case", n, b"")
        await store.submit(ChangeSet(outbox=[event]))
        clock.advance(hours(1))
    sent = OUTBOX.update().where(OUTBOX.c.revision % 3 != 0).values(sent_at=OUTBOX.c.created_at)
    await store.submit(ChangeSet(writes=[Statement(sent, rows=20)]))
    clock.advance(Duration(hours(72) - hours(10)))
    await store.maintain(clock.now())
    assert await keys(store, OUTBOX.c.revision) == [n for n in range(30) if n % 3 == 0 or n >= 20]


def command(name: str, applied_at: int | None, seq: int | None = None, **given: Any) -> Insert:
    given = {"tenant": ACME, "origin": name, "appended_at": applied_at or 0, **given}
    row = row_of(COMMANDS, **given)
    return Insert(COMMANDS, {**row, "applied_seq": seq, "applied_at": applied_at})


async def test_applied_commands_and_old_decisions_leave_the_history(
    store: SqliteStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits stays however old it is, as does each tenant's last: numbers go on after it."""
    monkeypatch.setattr(maintenance, "ROWS_AT_ONCE", 3)
    now = clock.now()
    change = ChangeSet()
    change.add(*(command(f"old {n}", now - days(31), n) for n in range(1, 8)))
    change.add(command("waiting", None))
    change.add(*(command(f"quiet {n}", now - days(40), n, tenant=OTHER) for n in range(1, 4)))
    change.add(command("young", now - days(29), 8))
    for n in range(10):
        change.add(Insert(DECISIONS, row_of(DECISIONS, id=f"{n}", at=now - days(20 - n))))
    await store.submit(change)
    await store.maintain(now, Kept(commands=days(30), decisions=days(15)))
    assert await keys(store, COMMANDS.c.origin) == ["quiet 3", "waiting", "young"]
    assert await keys(store, DECISIONS.c.id) == [f"{n}" for n in range(5, 10)]


async def test_nothing_young_is_removed_by_the_usual_terms(
    store: SqliteStore, clock: FakeClock
) -> None:
    change = ChangeSet()
    change.add(command("a", clock.now(), 1), command("b", clock.now(), 2))
    await store.submit(change)
    clock.advance(days(399))
    await store.maintain(clock.now())
    assert await keys(store, COMMANDS.c.origin) == ["a", "b"]


# --- erased text


async def test_overwritten_text_is_not_left_in_the_file(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "harken.db"
    file = await EmbeddedFile.open(path, clock)
    store = await SqliteStore.open(file, clock)
    secret = "my number is in here"
    await store.submit(ChangeSet(writes=[skill("a", secret * 100), skill("b", secret)]))
    await store.submit(ChangeSet(writes=[Statement(SKILLS.delete().where(SKILLS.c.name == "a"))]))
    update = SKILLS.update().where(SKILLS.c.name == "b").values(body="")
    await store.submit(ChangeSet(writes=[Statement(update)]))
    await file.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert secret.encode() not in path.read_bytes()
