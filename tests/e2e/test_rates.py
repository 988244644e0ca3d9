"""Rates on the real engines: counted by Faust workers that are killed, taken in by the router."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from harken.clock import SystemClock
from harken.embedded.file import EmbeddedFile
from harken.log.kafka import KafkaLog
from harken.log.port import NewRecord
from harken.log.sqlite import SqliteLog
from harken.runtime.distributed import kafka_settings, open_store
from harken.runtime.runner import StageRunner
from harken.runtime.settings import Settings
from harken.store.sqlite import SqliteStore
from harken.testing.fleet import Fleet
from harken.testing.runtime import AT_ONCE, quick_settings, running
from services.router.rates.stages import RateCounting
from tests.engines import local_engines
from tests.unit.router.rate_events import (
    Counts,
    bad_quarter_of_an_hour,
    counts_in,
    far_from_it,
    has_counted,
    heard,
    to_count,
)

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

SAID = bad_quarter_of_an_hour(4_000)
WANTED = to_count(SAID)


def test_both_engines_count_alike_whoever_is_killed(tmp_path: Path) -> None:
    records = [said.record() for said in SAID]
    with Fleet.on(local_engines(), tmp_path / "fleet") as fleet:
        settings = Settings(_env_file=None, **fleet.settings)  # type: ignore[arg-type]
        fleet.start("router")
        fleet.start("rates", 0)
        fleet.start("rates", 1)
        asyncio.run(publish(settings, records[:3_000]))
        reached(settings, 1)
        for replica in (0, 1):  # in the middle of it
            fleet.one("rates", replica).kill()
        before = asyncio.run(counts(settings))
        assert heard(before) < heard(to_count(SAID[:3_000]))
        fleet.start("rates", 0)
        fleet.start("rates", 1)
        reached(settings, heard(before) + 1)
        assert fleet.one("rates", 0).stop() == 0
        asyncio.run(publish(settings, records[3_000:]))
        found = reached(settings, heard(WANTED))
        assert fleet.one("rates", 1).stop() == 0
    assert found == WANTED, far_from_it(found, WANTED)
    assert asyncio.run(embedded(tmp_path, records)) == found


async def publish(settings: Settings, records: Sequence[NewRecord]) -> None:
    log = KafkaLog(kafka_settings(settings))
    await log.publish(records)
    await log.close()


async def counts(settings: Settings) -> Counts:
    store = await open_store(settings)
    try:
        return await counts_in(store)
    finally:
        await store.close()


def reached(settings: Settings, least: int) -> Counts:
    """Waits for it; what came then. A test that waits in vain is ended by its time limit."""
    while heard(found := asyncio.run(counts(settings))) < least:
        time.sleep(0.2)
    return found


async def embedded(folder: Path, records: Sequence[NewRecord]) -> Counts:
    """The same records in one process that is stopped in the middle and started again."""
    for least in (heard(WANTED) // 2, heard(WANTED)):
        clock = SystemClock()
        file = await EmbeddedFile.open(folder / "harken.db", clock)
        store, log = await SqliteStore.open(file, clock), await SqliteLog.open(file, clock)
        if least < heard(WANTED):
            await log.publish(records)
        stage = RateCounting(store, 256)
        runner = StageRunner(stage, log, store, clock, quick_settings(), AT_ONCE)
        async with running(runner):
            await has_counted(store, least)
        found = await counts_in(store)
        await file.close()
    return found
