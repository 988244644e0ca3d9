"""Stored positions belong to one log: another one is refused until somebody adopts it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from harken.events.topics import WORK
from harken.log.port import TopicPartition
from harken.runtime.log_identity import adopt, check_identity
from harken.runtime.starting import CannotStart
from harken.store.changes import ChangeSet, Position
from harken.store.port import Store
from harken.store.schema.infrastructure import POSITIONS
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in

OURS = Position("router", TopicPartition(WORK.name, 0), None, 7)
NO_LOGS = Position("retention", TopicPartition("outbox", 0), None, 9)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with store_in(tmp_path, FakeClock()) as opened:
        await opened.submit(ChangeSet(positions=[OURS, NO_LOGS]))
        yield opened


async def positions(store: Store) -> list[tuple[str, int]]:
    table = POSITIONS.c
    async with store.reading() as snapshot:
        rows = await snapshot.across_tenants().all(select(table.consumer_group, table.next))
    return sorted((row.consumer_group, row.next) for row in rows)


async def test_the_first_log_is_taken_and_another_is_refused_untouched(store: Store) -> None:
    await check_identity(store, "one/")
    await check_identity(store, "one/")
    with pytest.raises(CannotStart, match="of the log one/, this is two/"):
        await check_identity(store, "two/")
    assert await positions(store) == [("retention", 9), ("router", 7)]


async def test_an_adopted_log_is_read_from_its_beginning(store: Store) -> None:
    await check_identity(store, "one/")
    await adopt(store, "two/")
    await check_identity(store, "two/")
    assert await positions(store) == [("retention", 9)]
