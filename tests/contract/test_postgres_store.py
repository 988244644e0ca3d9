"""The store's conformance on a real PostgreSQL, and what only several processes can show."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import select

from deploy.local import engines, place
from harken.store.changes import (
    ChangeRefused,
    ChangeSet,
    Insert,
    PositionTaken,
    Replace,
    StoreUnavailable,
)
from harken.store.port import Store
from harken.store.postgres import PostgresStore
from harken.store.schema import METADATA
from harken.store.schema.infrastructure import OUTBOX
from harken.store.schema.router import SKILLS
from harken.testing.conformance.store import (
    PATIENCE,
    StoreConformance,
    event,
    move,
    rows,
    skill,
    writes,
)
from harken.testing.conformance.store_machine import store_machine
from harken.testing.conformance.store_retention import StoreRetentionConformance
from harken.testing.conformance.store_tenants import TENANTS, TenantViewConformance, fill
from harken.testing.fakes.clock import FakeClock
from harken.testing.postgres import as_role, new_name, own_role, own_schema
from tests.engines import need_postgres

pytestmark = pytest.mark.engines

SCHEMA, ROLE = new_name(), new_name()
SERVICE = as_role(place.POSTGRES, ROLE)
"""Owns nothing: whatever is shown here holds for it."""
_EMPTY = "; ".join(f"DELETE FROM {SCHEMA}.{table}" for table in METADATA.tables)  # noqa: S608


@pytest.fixture(scope="module", autouse=True)
def schema() -> Iterator[None]:
    """Emptied after each test."""
    need_postgres()
    with own_role(place.POSTGRES_SUPERUSER, ROLE), own_schema(place.POSTGRES, SCHEMA, ROLE):
        yield


@asynccontextmanager
async def postgres_store(clock: FakeClock | None = None) -> AsyncIterator[PostgresStore]:
    store = await PostgresStore.open(SERVICE, schema=SCHEMA, connections=8, clock=clock)
    try:
        yield store
    finally:
        await store.close()
        async with await psycopg.AsyncConnection.connect(place.POSTGRES) as connection:
            await connection.execute("SET harken.tenant = '*'")
            await connection.execute(_EMPTY.encode())


class TestPostgresStore(StoreConformance):
    @pytest.fixture
    async def store(self, clock: FakeClock) -> AsyncIterator[Store]:
        async with postgres_store(clock) as store:
            yield store


class TestPostgresRetention(StoreRetentionConformance):
    @pytest.fixture
    async def store(self, clock: FakeClock) -> AsyncIterator[Store]:
        async with postgres_store(clock) as store:
            yield store


class TestPostgresViews(TenantViewConformance):
    @pytest.fixture
    async def store(self) -> AsyncIterator[Store]:
        async with postgres_store(FakeClock()) as store:
            await fill(store, TENANTS)
            yield store


TestPostgresStoreAgainstDicts = store_machine(postgres_store, in_order=False).TestCase
TestPostgresStoreAgainstDicts.settings = settings(
    max_examples=8, stateful_step_count=25, deadline=None
)


@pytest.fixture
async def store() -> AsyncIterator[PostgresStore]:
    async with postgres_store() as store:
        yield store


@pytest.fixture
async def replica(store: PostgresStore) -> AsyncIterator[PostgresStore]:
    """Another process's store on the same database."""
    async with postgres_store() as replica:
        yield replica


async def test_of_two_replicas_one_moves_a_position(
    store: PostgresStore, replica: PostgresStore
) -> None:
    """Each round both handle the same record: its effect is there once, whoever won."""

    async def handle(by: Store, n: int) -> bool:
        change = ChangeSet(positions=[move(n or None, n + 1)], outbox=[event(f"case-{n}")])
        change.add(Insert(SKILLS, skill(f"{n:02}")))
        try:
            await by.submit(change)
        except PositionTaken:
            return False
        return True

    for n in range(25):
        assert sorted(await asyncio.gather(handle(store, n), handle(replica, n))) == [False, True]
    assert len(await rows(store, SKILLS)) == len(await rows(store, OUTBOX)) == 25


async def test_a_feed_below_the_horizon_passes_over_nothing(
    store: PostgresStore, replica: PostgresStore
) -> None:
    """Transactions end in another order than they began: a reader by (txid, id) misses none."""
    seen: list[str] = []
    done = asyncio.Event()

    async def write(by: Store, name: str) -> None:
        for n in range(30):
            outbox = [event(f"{name}-{n}-{i}") for i in range(n % 5 + 1)]
            await by.submit(ChangeSet(outbox=outbox))

    async def follow() -> None:
        cursor = (0, 0)
        while True:
            last = done.is_set()
            async with replica.reading() as snapshot:
                horizon = await snapshot.horizon()
                query = (
                    select(OUTBOX)
                    .where(OUTBOX.c.txid >= cursor[0], OUTBOX.c.txid < horizon)
                    .order_by(OUTBOX.c.txid, OUTBOX.c.id)
                )
                found = await snapshot.across_tenants().all(query)
            for row in found:
                if (row.txid, row.id) > cursor:
                    seen.append(row.aggregate)
                    cursor = (row.txid, row.id)
            if last:
                return

    async with asyncio.timeout(6 * PATIENCE), asyncio.TaskGroup() as group:
        following = group.create_task(follow())
        names = ((by, f"{i}-{n}") for i, by in enumerate((store, replica)) for n in range(3))
        await asyncio.gather(*(write(by, name) for by, name in names))
        done.set()
        await following
    everything = [row["aggregate"] for row in await rows(store, OUTBOX)]
    assert len(seen) == len(set(seen))
    assert sorted(seen) == sorted(everything)


async def test_a_commit_wakes_every_replica(store: PostgresStore, replica: PostgresStore) -> None:
    await asyncio.sleep(0.2)
    waiting = asyncio.create_task(replica.wait(PATIENCE * 10))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await store.submit(writes(Insert(SKILLS, skill())))
    await asyncio.wait_for(waiting, PATIENCE)


async def test_a_lease_is_one_replicas(store: PostgresStore, replica: PostgresStore) -> None:
    claims = await asyncio.gather(
        *(by.claim("l", name, 60) for by, name in ((store, "a"), (replica, "b")) * 5)
    )
    assert len({epoch for epoch in claims if epoch is not None}) == 1
    assert None in claims


async def test_what_no_index_takes_is_the_rows_own_fault(store: PostgresStore) -> None:
    """Not the store's being away, which would be waited for without end."""
    longest = skill(secrets.token_hex(2_000))
    with pytest.raises(psycopg.errors.ProgramLimitExceeded):
        await store.submit(writes(Insert(SKILLS, longest)))


async def test_rivals_in_opposite_order_all_end(
    store: PostgresStore, replica: PostgresStore
) -> None:
    """Two change sets lock the same rows the other way round: one waits, or both are told."""
    await store.submit(writes(*(Insert(SKILLS, skill(name)) for name in "ab")))

    async def change(by: Store, names: str, revision: int) -> None:
        change = ChangeSet()
        change.add(*(Replace(SKILLS, skill(n, revision + 1), revision) for n in names))
        await by.submit(change)

    for revision in range(1, 15):
        tries = (change(store, "ab", revision), change(replica, "ba", revision))
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert None in outcomes
        assert all(
            one is None or isinstance(one, ChangeRefused | StoreUnavailable) for one in outcomes
        )
    assert {row["revision"] for row in await rows(store, SKILLS)} == {15}


async def test_a_server_that_was_killed_is_found_again_with_all_it_confirmed(
    store: PostgresStore,
) -> None:
    confirmed: list[str] = []

    async def write_on() -> None:
        for n in range(10_000):
            await store.submit(writes(Insert(SKILLS, skill(f"{n:04}"))))
            confirmed.append(f"{n:04}")
            if n == 9:  # its children notice some moments later that it is gone
                engines.kill("postgres")

    try:
        with pytest.raises(StoreUnavailable):
            await write_on()
    finally:
        await asyncio.to_thread(engines.start, ["postgres"])
    async with asyncio.timeout(6 * PATIENCE):
        while True:
            try:
                await store.submit(writes(Insert(SKILLS, skill("after"))))
                break
            except StoreUnavailable:
                await asyncio.sleep(0.2)
    kept = {row["name"] for row in await rows(store, SKILLS)}
    # The last one may have been stored without our hearing of it.
    assert {*confirmed, "after"} <= kept <= {*confirmed, "after", f"{len(confirmed):04}"}
    await asyncio.sleep(1.5)
    waiting = asyncio.create_task(store.wait(PATIENCE * 10))
    await asyncio.sleep(0.1)
    await store.submit(writes(Insert(SKILLS, skill("woken"))))
    await asyncio.wait_for(waiting, PATIENCE)


async def test_the_longer_it_was_away_the_sooner_it_is_found_again() -> None:
    """Pauses between tries to connect must not grow with the time that the server is away."""
    loop = asyncio.get_running_loop()
    away = 17.0
    async with way_to_postgres() as way:
        store = await PostgresStore.open(
            SERVICE.replace(str(place.POSTGRES_PORT), str(way.port)), schema=SCHEMA, patience=1.0
        )
        try:
            await way.block()
            began = loop.time()
            while loop.time() - began < away:
                with pytest.raises(StoreUnavailable):
                    await store.claim("l", "a", 60)
            await way.open()
            began = loop.time()
            while True:
                try:
                    await store.claim("l", "a", 60)
                    break
                except StoreUnavailable:
                    continue
            assert loop.time() - began < away / 2
        finally:
            await store.close()


class Way:
    """A port that leads to PostgreSQL, while it is open."""

    def __init__(self) -> None:
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def block(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far, to_far = await asyncio.open_connection("127.0.0.1", place.POSTGRES_PORT)
        self._writers += [writer, to_far]
        async with asyncio.TaskGroup() as both:
            both.create_task(_pass_on(reader, to_far))
            both.create_task(_pass_on(far, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()


@asynccontextmanager
async def way_to_postgres() -> AsyncIterator[Way]:
    way = Way()
    await way.open()
    try:
        yield way
    finally:
        await way.block()
