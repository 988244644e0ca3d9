"""What every `Store` keeps to, by example. See also ``store_tenants`` and ``store_machine``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from harken.domain.ids import TenantId
from harken.domain.reply import UNRESOLVED
from harken.domain.time import seconds as seconds_long
from harken.log.headers import unpack_headers
from harken.log.port import TopicPartition
from harken.store.changes import (
    AlreadyExists,
    ChangeSet,
    Fence,
    Fenced,
    Insert,
    InsertOnce,
    Outgoing,
    Position,
    PositionTaken,
    Put,
    PutNewer,
    Remove,
    Replace,
    RevisionConflict,
    Statement,
    Write,
)
from harken.store.port import Store
from harken.store.schema.infrastructure import OUTBOX, POSITIONS, TENANTS, TOMBSTONES
from harken.store.schema.responder import REPLIES
from harken.store.schema.router import COMMANDS, SKILLS
from harken.testing.fakes.clock import FakeClock
from harken.testing.rows import row_of

ACME = TenantId("acme")
PLACE = TopicPartition("work", 3)
PATIENCE = 10.0


def skill(
    name: str = "polish", revision: int = 1, body: str = "{}", tenant: str = ACME
) -> dict[str, Any]:
    return {"tenant": tenant, "name": name, "revision": revision, "body": body}


def reply(id: str, parent: str = "m1") -> dict[str, Any]:  # noqa: A002
    """Unresolved, so that it takes the place under its parent."""
    state = min(UNRESOLVED).value
    return row_of(REPLIES, tenant=ACME, id=id, state=state, parent=parent, key=id)


def command(origin: str) -> dict[str, Any]:
    return row_of(COMMANDS, tenant=ACME, origin=origin)


def event(aggregate: str = "case-1", revision: int = 1) -> Outgoing:
    return Outgoing(
        service="router",
        tenant=ACME,
        topic="work",
        key=b"\x00key",
        aggregate=aggregate,
        revision=revision,
        value=b"\xffvalue",
        headers=(("traceparent", b"00-ab"),),
        kind="case.opened",
        audience="agent,supervisor",
    )


def writes(*several: Write) -> ChangeSet:
    return ChangeSet(writes=list(several))


def move(expected: int | None, following: int, group: str = "router") -> Position:
    return Position(group, PLACE, expected, following)


async def rows(store: Store, table: Table) -> Sequence[Mapping[str, Any]]:
    """All rows, in the order of the primary key."""
    async with store.reading() as snapshot:
        query = select(table).order_by(*table.primary_key)
        return [row._asdict() for row in await snapshot.across_tenants().all(query)]


class StoreConformance:
    """Subclass it and give a ``store`` fixture: empty, over the ``clock`` fixture."""

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @pytest.fixture
    def store(self, clock: FakeClock) -> Store:
        raise NotImplementedError

    async def let_pass(self, clock: FakeClock, seconds: float) -> None:
        """Makes the store's time pass."""
        clock.advance(seconds_long(seconds))

    # --- kinds of writes

    async def test_insert_refuses_a_row_that_exists(self, store: Store) -> None:
        await store.submit(writes(Insert(SKILLS, skill(body="first"))))
        with pytest.raises(AlreadyExists) as refused:
            await store.submit(writes(Insert(SKILLS, skill(body="second"))))
        assert refused.value.table == "skills"
        assert await rows(store, SKILLS) == [skill(body="first")]

    async def test_insert_refuses_a_unique_value_that_exists(self, store: Store) -> None:
        await store.submit(writes(Insert(REPLIES, reply("r1"))))
        with pytest.raises(AlreadyExists):
            await store.submit(writes(Insert(REPLIES, reply("r2"))))
        await store.submit(writes(Insert(REPLIES, reply("r3", parent="m2"))))
        assert [row["id"] for row in await rows(store, REPLIES)] == ["r1", "r3"]

    async def test_insert_once_keeps_the_first(self, store: Store) -> None:
        for body in ("first", "second"):
            await store.submit(writes(InsertOnce(SKILLS, skill(body=body))))
        assert await rows(store, SKILLS) == [skill(body="first")]

    async def test_insert_once_keeps_the_first_of_a_unique_value(self, store: Store) -> None:
        await store.submit(writes(InsertOnce(COMMANDS, command("a"))))
        await store.submit(writes(*(InsertOnce(COMMANDS, command(name)) for name in "aab")))
        found = await rows(store, COMMANDS)
        assert [row["origin"] for row in found] == ["a", "b"]
        assert found[0]["seq"] < found[1]["seq"]
        assert found[0]["applied_at"] is None

    async def test_put_replaces_the_whole_row(self, store: Store) -> None:
        await store.submit(writes(Put(SKILLS, skill(revision=5, body="old"))))
        await store.submit(writes(Put(SKILLS, skill(revision=2, body="new"))))
        assert await rows(store, SKILLS) == [skill(revision=2, body="new")]
        applied = {"seq": 7, **command("a"), "applied_seq": 1, "applied_at": 2}
        await store.submit(writes(Put(COMMANDS, applied)))
        await store.submit(writes(Put(COMMANDS, {"seq": 7, **command("a")})))
        assert (await rows(store, COMMANDS))[0]["applied_seq"] is None

    async def test_put_newer_keeps_the_greater_revision(self, store: Store) -> None:
        for revision, body in [(2, "b"), (1, "a"), (2, "again"), (3, "c"), (2, "late")]:
            await store.submit(writes(PutNewer(SKILLS, skill(revision=revision, body=body))))
        assert await rows(store, SKILLS) == [skill(revision=3, body="c")]

    async def test_replace_compares_the_revision(self, store: Store) -> None:
        await store.submit(writes(Replace(SKILLS, skill(revision=1, body="a"), expected=0)))
        await store.submit(writes(Replace(SKILLS, skill(revision=2, body="b"), expected=1)))
        for expected in (0, 1, 3):
            with pytest.raises(RevisionConflict):
                await store.submit(writes(Replace(SKILLS, skill(revision=9), expected=expected)))
        assert await rows(store, SKILLS) == [skill(revision=2, body="b")]

    async def test_replace_needs_the_row_that_it_expects(self, store: Store) -> None:
        with pytest.raises(RevisionConflict):
            await store.submit(writes(Replace(SKILLS, skill(revision=2), expected=1)))
        assert await rows(store, SKILLS) == []

    async def test_replace_keeps_other_unique_values_apart(self, store: Store) -> None:
        await store.submit(writes(Replace(REPLIES, reply("r1"), expected=0)))
        with pytest.raises(AlreadyExists):
            await store.submit(writes(Replace(REPLIES, reply("r2"), expected=0)))

    async def test_remove_takes_one_row_or_none(self, store: Store) -> None:
        await store.submit(writes(Insert(SKILLS, skill("a")), Insert(SKILLS, skill("b"))))
        for _ in range(2):
            await store.submit(writes(Remove(SKILLS, {"tenant": ACME, "name": "a"})))
        assert await rows(store, SKILLS) == [skill("b")]

    async def test_a_statement_may_say_how_many_rows_it_touches(self, store: Store) -> None:
        await store.submit(writes(*(Insert(SKILLS, skill(name)) for name in "abc")))
        update = SKILLS.update().where(SKILLS.c.name.in_(["a", "b"])).values(body="new")
        with pytest.raises(RevisionConflict):
            await store.submit(writes(Insert(SKILLS, skill("d")), Statement(update, rows=3)))
        await store.submit(writes(Statement(update, rows=2)))
        named = select(SKILLS.c.name).where(SKILLS.c.name == "c").cte("named")
        delete = SKILLS.delete().where(SKILLS.c.name.in_(select(named.c.name)))
        await store.submit(writes(Statement(delete, rows=1)))
        assert await rows(store, SKILLS) == [skill("a", body="new"), skill("b", body="new")]

    @pytest.mark.parametrize(
        "write",
        [
            Insert(SKILLS, {**skill(), "colour": "red"}),
            Put(SKILLS, {"tenant": ACME, "name": "a"}),
            Replace(SKILLS, {"name": "a", "revision": 1, "body": ""}, expected=0),
            Remove(SKILLS, {"tenant": ACME}),
        ],
        ids=["unknown column", "missing columns", "missing key", "part of a key"],
    )
    async def test_a_row_that_does_not_fit_is_an_error(self, store: Store, write: Write) -> None:
        with pytest.raises(ValueError, match=r"column|value|primary key"):
            await store.submit(writes(write))

    # --- whole change sets

    async def test_a_refused_change_set_leaves_nothing(self, store: Store) -> None:
        await store.submit(writes(Insert(SKILLS, skill("taken"))))
        before = await rows(store, SKILLS)
        change = ChangeSet(positions=[move(None, 5)], outbox=[event()])
        change.add(Insert(SKILLS, skill("new")), Insert(SKILLS, skill("taken")))
        with pytest.raises(AlreadyExists):
            await store.submit(change)
        assert await rows(store, SKILLS) == before
        assert await rows(store, POSITIONS) == []
        assert await rows(store, OUTBOX) == []

    async def test_later_writes_see_earlier_ones(self, store: Store) -> None:
        await store.submit(
            writes(
                Replace(SKILLS, skill(revision=1), expected=0),
                Replace(SKILLS, skill(revision=2), expected=1),
                Put(TENANTS, {"id": ACME, "name": "Acme", "created_at": 1}),
            )
        )
        assert await rows(store, SKILLS) == [skill(revision=2)]

    async def test_an_empty_change_set_is_fine(self, store: Store) -> None:
        await store.submit(ChangeSet())

    async def test_of_rivals_for_one_revision_one_wins(self, store: Store) -> None:
        async def attempt(n: int) -> int | None:
            try:
                await store.submit(writes(Replace(SKILLS, skill(body=str(n)), expected=0)))
            except RevisionConflict:
                return None
            return n

        outcomes = await asyncio.gather(*(attempt(n) for n in range(20)))
        (winner,) = [n for n in outcomes if n is not None]
        assert await rows(store, SKILLS) == [skill(body=str(winner))]

    # --- positions

    async def test_a_position_moves_from_where_it_is(self, store: Store) -> None:
        await store.submit(ChangeSet(positions=[move(None, 5)]))
        await store.submit(ChangeSet(positions=[move(5, 9), move(None, 1, group="search")]))
        found = {row["consumer_group"]: row["next"] for row in await rows(store, POSITIONS)}
        assert found == {"router": 9, "search": 1}

    @pytest.mark.parametrize("expected", [None, 0, 4, 6])
    async def test_a_moved_position_refuses_the_work(
        self, store: Store, expected: int | None
    ) -> None:
        await store.submit(ChangeSet(positions=[move(None, 5)]))
        change = ChangeSet(positions=[move(expected, 9)], writes=[Insert(SKILLS, skill())])
        with pytest.raises(PositionTaken):
            await store.submit(change)
        assert await rows(store, SKILLS) == []

    async def test_a_position_that_is_not_there_refuses_the_work(self, store: Store) -> None:
        with pytest.raises(PositionTaken):
            await store.submit(ChangeSet(positions=[move(5, 9)]))

    async def test_a_taken_position_is_said_before_a_conflict(self, store: Store) -> None:
        change = ChangeSet(positions=[move(5, 9)], fence=Fence("decider", 1))
        change.add(Replace(SKILLS, skill(revision=2), expected=1))
        with pytest.raises(PositionTaken):
            await store.submit(change)

    # --- outbox

    async def test_the_outbox_keeps_everything(self, store: Store, clock: FakeClock) -> None:
        await store.submit(ChangeSet(outbox=[event()]))
        (row,) = await rows(store, OUTBOX)
        expected = event()
        assert unpack_headers(row["headers"]) == expected.headers
        for name in ("service", "tenant", "topic", "key", "aggregate", "revision", "value"):
            assert row[name] == getattr(expected, name)
        assert (row["kind"], row["audience"]) == (expected.kind, expected.audience)
        assert row["created_at"] == clock.now()
        assert row["sent_at"] is None

    async def test_cursors_grow_in_the_order_of_commits(self, store: Store) -> None:
        cursors: list[tuple[int, int]] = []
        for n in range(1, 6):
            outbox = [event(f"case-{n}", revision) for revision in range(n)]
            await store.submit(ChangeSet(outbox=outbox))
            cursors += [(row["txid"], row["id"]) for row in await rows(store, OUTBOX)]
            if n == 3:
                await store.submit(writes(Statement(OUTBOX.delete())))
        seen = sorted(set(cursors))
        assert len({txid for txid, _ in seen}) == 5
        found = [(row["txid"], row["id"]) for row in await rows(store, OUTBOX)]
        assert found == seen[-len(found) :]

    # --- leases and fences

    async def test_one_holder_at_a_time(self, store: Store) -> None:
        epoch = await store.claim("decider/acme", "a", 10)
        assert epoch is not None
        assert await store.claim("decider/acme", "b", 10) is None
        assert await store.claim("decider/other", "b", 10) is not None

    async def test_claiming_again_renews(self, store: Store, clock: FakeClock) -> None:
        epoch = await store.claim("l", "a", 10)
        await self.let_pass(clock, 8)
        assert await store.claim("l", "a", 10) == epoch
        await self.let_pass(clock, 8)
        assert await store.claim("l", "b", 10) is None

    async def test_a_lease_that_ran_out_is_taken_over(self, store: Store, clock: FakeClock) -> None:
        first = await store.claim("l", "a", 10)
        await self.let_pass(clock, 10.1)
        second = await store.claim("l", "b", 10)
        assert first is not None
        assert second is not None
        assert second > first
        assert await store.claim("l", "a", 10) is None

    async def test_a_released_lease_is_free(self, store: Store) -> None:
        first = await store.claim("l", "a", 10)
        await store.release("l", "b")
        assert await store.claim("l", "b", 10) is None
        await store.release("l", "a")
        second = await store.claim("l", "b", 10)
        assert first is not None
        assert second is not None
        assert second > first

    async def test_no_epoch_comes_twice(self, store: Store) -> None:
        epochs = []
        for _ in range(3):
            epochs.append(await store.claim("l", "a", 10))
            await store.release("l", "a")
        assert len(set(epochs)) == 3

    async def test_a_fence_lets_its_epoch_pass(self, store: Store, clock: FakeClock) -> None:
        first = await store.claim("l", "a", 10)
        assert first is not None
        insert = Insert(SKILLS, skill("by a"))
        await store.submit(ChangeSet(fence=Fence("l", first), writes=[insert]))
        await self.let_pass(clock, 10.1)
        second = await store.claim("l", "b", 10)
        assert second is not None
        with pytest.raises(Fenced):
            await store.submit(
                ChangeSet(fence=Fence("l", first), writes=[Insert(SKILLS, skill("late"))])
            )
        insert = Insert(SKILLS, skill("by b"))
        await store.submit(ChangeSet(fence=Fence("l", second), writes=[insert]))
        assert [row["name"] for row in await rows(store, SKILLS)] == ["by a", "by b"]

    async def test_a_fence_needs_a_lease_that_is_held(self, store: Store) -> None:
        with pytest.raises(Fenced):
            await store.submit(ChangeSet(fence=Fence("nobody's", 0), outbox=[event()]))
        epoch = await store.claim("l", "a", 10)
        assert epoch is not None
        await store.release("l", "a")
        with pytest.raises(Fenced):
            await store.submit(ChangeSet(fence=Fence("l", epoch), outbox=[event()]))

    # --- reading

    async def test_a_snapshot_stays_as_it_was(self, store: Store) -> None:
        await store.submit(writes(Insert(SKILLS, skill("a"))))
        count = select(func.count()).select_from(SKILLS)
        async with store.reading() as snapshot:
            before = await snapshot.across_tenants().first(count)
            await store.submit(writes(Insert(SKILLS, skill("b"))))
            after = await snapshot.for_tenant(ACME).first(count)
        assert before is not None
        assert after is not None
        assert before[0] == after[0] == 1
        assert len(await rows(store, SKILLS)) == 2

    async def test_what_was_submitted_is_read(self, store: Store) -> None:
        for n in range(20):
            await store.submit(writes(Insert(SKILLS, skill(f"{n:02}"))))
            assert len(await rows(store, SKILLS)) == n + 1

    async def test_now_is_read_once(self, store: Store, clock: FakeClock) -> None:
        async with store.reading() as snapshot:
            start = snapshot.now
            await self.let_pass(clock, 1)
            assert snapshot.now == start
        async with store.reading() as snapshot:
            assert snapshot.now > start

    async def test_first_of_nothing_is_none(self, store: Store) -> None:
        async with store.reading() as snapshot:
            assert await snapshot.across_tenants().first(select(SKILLS)) is None
            assert list(await snapshot.for_tenant(ACME).all(select(SKILLS))) == []

    async def test_rows_are_read_by_name_and_by_column(self, store: Store) -> None:
        tombstone = {"tenant": ACME, "kind": "k", "id": "polish", "at": 2**62}
        await store.submit(writes(Insert(SKILLS, skill(body="ąж\x00")), Put(TOMBSTONES, tombstone)))
        query = select(SKILLS, TOMBSTONES, (SKILLS.c.revision > 0).label("positive")).join(
            TOMBSTONES, TOMBSTONES.c.id == SKILLS.c.name
        )
        async with store.reading() as snapshot:
            row = await snapshot.for_tenant(ACME).first(query)
        assert row is not None
        assert row.body == "ąж\x00"
        assert row.at == 2**62
        assert row.positive is True
        by_column = row._mapping  # noqa: SLF001 - SQLAlchemy's name for it
        assert by_column[TOMBSTONES.c.tenant] == by_column[SKILLS.c.tenant] == ACME

    async def test_equal_queries_with_other_values_differ(self, store: Store) -> None:
        await store.submit(writes(*(Insert(SKILLS, skill(name)) for name in "abcd")))
        found = []
        async with store.reading() as snapshot:
            for names in (["a"], ["b", "c", "nobody"], [], ["d", "a"]):
                query = select(SKILLS.c.name).where(SKILLS.c.name.in_(names)).limit(len(names))
                found.append({row.name for row in await snapshot.for_tenant(ACME).all(query)})
        assert found == [{"a"}, {"b", "c"}, set(), {"a", "d"}]

    async def test_many_readers_side_by_side(self, store: Store) -> None:
        await store.submit(writes(Insert(SKILLS, skill())))

        async def read() -> int:
            async with store.reading() as snapshot:
                await asyncio.sleep(0)
                pair = (snapshot.across_tenants().all(select(SKILLS)) for _ in range(2))
                return sum(len(found) for found in await asyncio.gather(*pair))

        async with asyncio.timeout(PATIENCE):
            assert await asyncio.gather(*(read() for _ in range(100))) == [2] * 100

    async def test_a_cancelled_reader_harms_nobody(self, store: Store) -> None:
        await store.submit(writes(Insert(SKILLS, skill())))
        for _ in range(50):
            reading = asyncio.create_task(rows(store, SKILLS))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        assert len(await rows(store, SKILLS)) == 1

    # --- waiting

    async def test_wait_is_woken_by_a_write(self, store: Store) -> None:
        await asyncio.sleep(0.1)
        waiting = asyncio.create_task(store.wait(PATIENCE * 10))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await store.submit(writes(Insert(SKILLS, skill())))
        await asyncio.wait_for(waiting, PATIENCE)

    async def test_a_write_just_before_is_not_slept_through(self, store: Store) -> None:
        await store.submit(writes(Insert(SKILLS, skill())))
        await asyncio.wait_for(store.wait(PATIENCE * 10), PATIENCE)

    async def test_wait_ends_by_itself(self, store: Store) -> None:
        await asyncio.wait_for(store.wait(0.01), PATIENCE)
        await asyncio.wait_for(store.wait(0), PATIENCE)
