"""Filling empty tables on a real PostgreSQL, as the role that services have."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Table

from deploy.local import place
from harken.log.port import TopicPartition
from harken.store.changes import ChangeSet, Insert, Position
from harken.store.postgres import PostgresStore
from harken.store.postgres.filling import Filling
from harken.store.schema.infrastructure import OUTBOX, POSITIONS
from harken.store.schema.router import COMMANDS, NOTES
from harken.testing.builders import TENANT
from harken.testing.conformance.store import event, rows
from harken.testing.postgres import as_role, new_name, own_role, own_schema
from harken.testing.rows import row_of
from tests.engines import need_postgres

pytestmark = pytest.mark.engines

TEXTS = ("", "plain", "NUL \x00 and \x1a", "žluťoučký 🐎", "\\. \\N\t")


@pytest.fixture
async def store() -> AsyncIterator[PostgresStore]:
    need_postgres()
    schema, role = new_name(), new_name()
    with own_role(place.POSTGRES_SUPERUSER, role), own_schema(place.POSTGRES, schema, role):
        store = await PostgresStore.open(as_role(place.POSTGRES, role), schema=schema)
        yield store
        await store.close()


def note(n: int) -> dict[str, Any]:
    text = TEXTS[n % len(TEXTS)]
    return {**row_of(NOTES, tenant=TENANT, id=f"n{n:05}", text=text), "at": n - 7}


async def all_of(filling: Filling, table: Table) -> list[dict[str, Any]]:
    return [row._asdict() async for page in filling.rows(table) for row in page]


async def test_what_was_filled_in_is_read_back_as_it_was_and_then_stored(
    store: PostgresStore,
) -> None:
    notes = [note(n) for n in range(2_500)]
    place_ = TopicPartition("some id", 0)
    async with store.filling() as filling:
        await filling.lock()
        assert await filling.filled() == []
        await filling.insert(NOTES, notes[:1_000])
        await filling.insert(NOTES, notes[1_000:])
        await filling.move(Position("migration", place_, None, 1))
        assert sorted(await all_of(filling, NOTES), key=lambda row: row["id"]) == notes
        assert await filling.filled() == ["notes", "positions"]
    stored = sorted(await rows(store, NOTES), key=lambda row: str(row["id"]))
    assert stored == notes
    assert [row["topic"] for row in await rows(store, POSITIONS)] == ["some id"]


async def test_what_fails_leaves_nothing(store: PostgresStore) -> None:
    with suppress(ZeroDivisionError):
        async with store.filling() as filling:
            await filling.insert(NOTES, [note(1)])
            raise ZeroDivisionError
    assert await rows(store, NOTES) == []


async def test_numbers_go_on_behind_those_that_were_filled_in(store: PostgresStore) -> None:
    commands = [row_of(COMMANDS, tenant=TENANT, seq=n, origin=f"o{n}") for n in (3, 40)]
    async with store.filling() as filling:
        await filling.count_on(COMMANDS.c.seq, 40)
        await filling.count_on(OUTBOX.c.id, 0)
        await filling.insert(COMMANDS, commands)
    change = ChangeSet(
        writes=[Insert(COMMANDS, row_of(COMMANDS, tenant=TENANT, origin="next"))],
        outbox=[event("case-1", 1)],
    )
    await store.submit(change)
    assert sorted(row["seq"] for row in await rows(store, COMMANDS)) == [3, 40, 41]
    assert [row["id"] for row in await rows(store, OUTBOX)] == [1]
