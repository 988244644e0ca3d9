"""A process that stood still for longer than its lease comes back: nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from deploy.local import place
from harken.clock import SystemClock
from harken.domain.facts import PlacedMention
from harken.runtime import relay
from harken.runtime.relay import OutboxRelay
from harken.runtime.timers import Timer, set_timer
from harken.store.changes import ChangeSet, Outgoing
from harken.store.postgres import PostgresStore
from harken.store.schema.infrastructure import OUTBOX
from harken.store.schema.router import CASES, COMMANDS
from harken.testing.builders import TENANT, mention, tone
from harken.testing.postgres import as_role, new_name, own_role, own_schema
from harken.testing.runtime import running, until
from services.router import decider
from tests.chaos.pausing import LEASE_SECONDS, make
from tests.engines import need_postgres
from tests.unit.router.service import Intake, rows, told

pytestmark = pytest.mark.engines

ROLE = new_name()
SERVICE = as_role(place.POSTGRES, ROLE)


@pytest.fixture(autouse=True)
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    for worker in (decider, relay):
        monkeypatch.setattr(worker, "LEASE_SECONDS", LEASE_SECONDS)


@pytest.fixture
def schema() -> Iterator[str]:
    need_postgres()
    name = new_name()
    with own_role(place.POSTGRES_SUPERUSER, ROLE), own_schema(place.POSTGRES, name, ROLE):
        yield name


@pytest.fixture
async def store(schema: str) -> AsyncIterator[PostgresStore]:
    store = await PostgresStore.open(SERVICE, schema=schema, connections=4)
    yield store
    await store.close()


@asynccontextmanager
async def paused(worker: str, schema: str, file: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A replica that stands still just before its write."""
    command = [sys.executable, "-m", "tests.chaos.pausing", worker, SERVICE, schema, str(file)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        while _state(process.pid) != "T":
            assert process.returncode is None
            await asyncio.sleep(0.05)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


async def went_on(process: asyncio.subprocess.Process) -> str:
    """What became of its write."""
    os.kill(process.pid, signal.SIGCONT)
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode().split()[0]


async def unapplied(store: PostgresStore) -> int:
    query = select(func.count()).select_from(COMMANDS).where(COMMANDS.c.applied_seq.is_(None))
    return int((await rows(store, query))[0][0])


async def test_a_decider_that_was_overtaken_decides_nothing(
    store: PostgresStore, schema: str, tmp_path: Path
) -> None:
    clock = SystemClock()
    now = clock.now()
    posts = [mention(source_id=f"{n}", created_at=now, received_at=now) for n in range(5)]
    await Intake(store, clock).take(*((post, tone()) for post in posts))
    async with paused("decider", schema, tmp_path / "log") as replica:
        assert await unapplied(store) > 0

        async def all_applied() -> bool:
            return await unapplied(store) == 0

        async with running(make("decider", store, "other", tmp_path / "log")):
            await until(all_applied)
            assert await went_on(replica) == "Fenced"
    placed = Counter(
        fact.tagged.mention.id for fact in await told(store) if isinstance(fact, PlacedMention)
    )
    assert placed == {post.id: 1 for post in posts}
    applied = await rows(store, select(COMMANDS.c.applied_seq).order_by(COMMANDS.c.applied_seq))
    assert [row.applied_seq for row in applied] == list(range(1, len(applied) + 1))
    assert len(await rows(store, select(CASES.c.id))) == len(posts)


async def test_a_timer_that_another_fired_fires_into_nothing(
    store: PostgresStore, schema: str, tmp_path: Path
) -> None:
    timer = Timer(TENANT, "test", "case-1", "sla", 1, SystemClock().now())
    await store.submit(ChangeSet(writes=[set_timer(timer)]))
    async with paused("timers", schema, tmp_path / "log") as replica:

        async def fired() -> bool:
            return await rows(store, select(OUTBOX.c.id)) != []

        async with running(make("timers", store, "other", tmp_path / "log")):
            await until(fired)
        assert await went_on(replica) == "RevisionConflict"
    assert [row.aggregate for row in await rows(store, select(OUTBOX.c.aggregate))] == ["case-1"]


async def test_a_relay_that_was_overtaken_marks_and_sends_nothing_more(
    store: PostgresStore, schema: str, tmp_path: Path
) -> None:
    """What it had sent before it stood still goes out again, as after a crash: consumers know it
    by its revision. All else goes out once, and in order."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"

    async def emit(*names: str) -> None:
        events = [Outgoing("test", TENANT, "work", name.encode(), name, 1, b"") for name in names]
        await store.submit(ChangeSet(outbox=events))

    async def all_sent() -> bool:
        return await rows(store, select(OUTBOX.c.id).where(OUTBOX.c.sent_at.is_(None))) == []

    await emit("a", "b")
    async with paused("relay", schema, theirs) as replica:
        await emit("c", "d")
        ahead = make("relay", store, "other", ours)
        assert isinstance(ahead, OutboxRelay)
        async with running(ahead):
            await until(all_sent)
            marked = await rows(store, select(OUTBOX.c.sent_at).order_by(OUTBOX.c.id))
            assert await went_on(replica) == "Fenced"
            await emit("e")
            await until(all_sent)
    assert theirs.read_text().split() == ["a", "b"]
    assert ours.read_text().split() == ["a", "b", "c", "d", "e"]
    assert (await rows(store, select(OUTBOX.c.sent_at).order_by(OUTBOX.c.id)))[:4] == marked
