from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select

from harken.domain.ids import TenantId
from harken.embedded.file import EmbeddedFile
from harken.store.changes import ChangeSet, Insert, Outgoing, Statement, StoreUnavailable
from harken.store.schema.infrastructure import OUTBOX
from harken.store.schema.metadata import METADATA
from harken.store.schema.router import SKILLS
from harken.store.sqlite import SqliteStore
from harken.testing.fakes.clock import FakeClock

ACME = TenantId("acme")


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
