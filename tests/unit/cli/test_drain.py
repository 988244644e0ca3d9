"""What is under way in a folder comes to its end, or is named."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from cli.embedded import NoDataFolder, open_embedded
from cli.migrate import drain as draining
from cli.migrate.drain import drain
from cli.migrate.under_way import under_way
from harken.domain.mention import Lane
from harken.events.topics import LANES
from harken.log.port import NewRecord
from harken.runtime.settings import Settings
from harken.search.port import Query
from harken.store.changes import ChangeSet, Insert
from harken.store.schema.infrastructure import DEAD_LETTERS
from harken.store.schema.router import COMMANDS, MENTIONS
from harken.testing.builders import TENANT
from harken.testing.conformance.store import event
from harken.testing.fakes.tone_model import NullTone
from harken.testing.rows import row_of
from harken.testing.runtime import mention_record

LIVE = LANES[Lane.LIVE]


def at(folder: Path) -> Settings:
    return Settings(_env_file=None, data=folder, poll_timeout=0.05)


async def test_all_that_was_accepted_is_placed_and_found_and_nothing_is_left(
    tmp_path: Path,
) -> None:
    async with open_embedded(at(tmp_path)) as embedded:
        records = [mention_record(str(n), topic=LIVE) for n in range(40)]
        await embedded.log.publish([NewRecord(LIVE.name, b"k", b"\xff"), *records])
        assert await under_way(embedded.store, embedded.log) == [
            "41 records of mentions.live that sentiment.live has not read",
            "41 records of mentions.live that alerts has not read",
        ]
    assert await drain(at(tmp_path), lambda _: NullTone(), print) == []
    async with open_embedded(at(tmp_path)) as embedded:
        assert await under_way(embedded.store, embedded.log) == []
        async with embedded.store.reading() as snapshot:
            rows = snapshot.across_tenants()
            placed = await rows.all(select(MENTIONS.c.id).where(MENTIONS.c.placed_revision == 1))
            dead = await rows.all(select(DEAD_LETTERS.c.reason))
        assert (len(placed), len(dead)) == (40, 2), "sentiment and alerts read it"
        found = await embedded.index.search(Query(TENANT, ("mention", "case")))
        assert found.total == 80


async def test_what_moves_no_more_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For one, events of a service that is no more."""
    monkeypatch.setattr(draining, "PATIENCE", 1.0)
    async with open_embedded(at(tmp_path)) as embedded:
        await embedded.store.submit(ChangeSet(outbox=[replace(event(), service="former")]))
    left = await drain(at(tmp_path), lambda _: NullTone(), lambda _: None)
    assert left == ["1 events of former that were not sent"]


async def test_a_command_that_waits_is_under_way(tmp_path: Path) -> None:
    async with open_embedded(at(tmp_path)) as embedded:
        command = row_of(COMMANDS, tenant="t", origin="o")
        await embedded.store.submit(ChangeSet(writes=[Insert(COMMANDS, command)]))
        assert await under_way(embedded.store, embedded.log) == [
            "1 commands that the router has not applied"
        ]


async def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(NoDataFolder):
        await drain(at(tmp_path / "typo"), lambda _: NullTone(), lambda _: None)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
