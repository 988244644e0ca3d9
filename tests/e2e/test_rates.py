"""Rates on the real engines: counted by Faust workers that are killed, taken in by the router."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.local import engines
from harken.clock import SystemClock
from harken.domain.time import Instant, after, hours, rfc3339
from harken.embedded.file import EmbeddedFile
from harken.events.topics import MENTIONS_TAGGED, RATES, TOPICS
from harken.http.api_keys import create_tenant
from harken.log.kafka import KafkaLog, KafkaTopics
from harken.log.port import LogUnavailable, NewRecord
from harken.log.sqlite import SqliteLog
from harken.runtime.distributed import kafka_settings, open_store
from harken.runtime.runner import StageRunner
from harken.runtime.settings import Settings
from harken.store.sqlite import SqliteStore
from harken.testing.builders import NOW, TENANT
from harken.testing.fleet import Fleet, own_names
from harken.testing.runtime import AT_ONCE, quick_settings, running, until
from services.router.rates.stages import COUNTING, RateCounting
from services.router.rates.worker.application import Application, Event
from tests.e2e.calling import Caller
from tests.engines import local_engines
from tests.unit.router.rate_events import (
    TRACKERS,
    Counts,
    bad_quarter_of_an_hour,
    counts_in,
    far_from_it,
    has_counted,
    heard,
    to_count,
)

pytestmark = [pytest.mark.engines, pytest.mark.e2e, pytest.mark.timeout(600)]

SAID = bad_quarter_of_an_hour(2_000)
WANTED = to_count(SAID)


def test_both_engines_count_alike_whoever_is_killed(tmp_path: Path) -> None:
    records = [said.record() for said in SAID]
    with Fleet.on(local_engines(), tmp_path / "fleet") as fleet:
        settings = Settings(_env_file=None, **fleet.settings)  # type: ignore[arg-type]
        fleet.start("router")
        fleet.start("rates", 0)
        fleet.start("rates", 1)
        asyncio.run(publish(settings, records[:1_500]))
        until_it_counts(fleet)
        for replica in (0, 1):  # in the middle of it
            fleet.one("rates", replica).kill()
        before = asyncio.run(counts(settings))
        assert heard(before) < heard(to_count(SAID[:1_500]))
        fleet.start("rates", 0)
        fleet.start("rates", 1)
        reached(fleet, settings, heard(before) + 1)
        assert fleet.one("rates", 0).stop() == 0
        asyncio.run(publish(settings, records[1_500:]))
        found = reached(fleet, settings, heard(WANTED))
        assert fleet.one("rates", 1).stop() == 0
        assert found == WANTED, far_from_it(found, WANTED)
        assert asked(fleet, settings) == of_one_series(found)
    assert asyncio.run(embedded(tmp_path, records)) == found


def test_a_broker_that_was_killed_loses_no_counts(tmp_path: Path) -> None:
    records = [said.record() for said in SAID]
    with Fleet.on(local_engines(), tmp_path) as fleet:
        settings = Settings(_env_file=None, **fleet.settings)  # type: ignore[arg-type]
        fleet.start("router")
        fleet.start("rates")
        asyncio.run(publish(settings, records[:1_000]))
        reached(fleet, settings, 1)
        engines.kill("kafka")
        engines.start(["kafka"])
        asyncio.run(publish(settings, records[1_000:]))
        found = reached(fleet, settings, heard(WANTED))
        assert fleet.one("rates").stop() == 0
    assert found == WANTED, far_from_it(found, WANTED)


def test_what_was_read_and_not_counted_is_read_again_when_partitions_are_shared_out_anew(
    tmp_path: Path,
) -> None:
    with own_names(local_engines()) as named:
        settings = Settings(_env_file=None, **named)  # type: ignore[arg-type]
        asyncio.run(publish(settings, [said.record() for said in SAID[:200]]))
        read = asyncio.run(read_twice(settings, tmp_path))
    assert Counter(read.values()) == {2: 200}


async def read_twice(settings: Settings, folder: Path) -> Counter[tuple[int, int]]:
    """How often each place was read, by who acknowledges nothing."""
    read = Counter[tuple[int, int]]()

    async def receive(event: Event) -> None:
        read[event.message.partition, event.message.offset] += 1

    async def all_read() -> bool:
        return read.total() >= wanted

    application = Application(kafka_settings(settings), folder, receive)
    await application.start()
    wanted = 200
    await until(all_read)
    await application.app.consumer.perform_seek()
    wanted = 400
    await until(all_read)
    await application.stop()
    return read


def test_a_worker_whose_counts_are_refused_ends_and_commits_nothing(tmp_path: Path) -> None:
    with Fleet.on(local_engines(), tmp_path) as fleet:
        settings = Settings(_env_file=None, **fleet.settings)  # type: ignore[arg-type]
        fleet.start("router")
        asyncio.run(take_records_up_to(10, settings))
        worker = fleet.start("rates")
        asyncio.run(publish(settings, [said.record() for said in SAID[:500]]))
        assert worker.process.wait(120) == 1
        asyncio.run(KafkaTopics(kafka_settings(settings)).apply(TOPICS.values()))
        fleet.start("rates")
        wanted = to_count(SAID[:500])
        found = reached(fleet, settings, heard(wanted))
    assert found == wanted, far_from_it(found, wanted)


async def take_records_up_to(size: int, settings: Settings) -> None:
    """The topic of the counts refuses larger ones."""
    limit = {"max.message.bytes": str(size), "cleanup.policy": "compact,delete"}
    name = settings.kafka_prefix + RATES.name
    admin = AIOKafkaAdminClient(**kafka_settings(settings).client())
    await admin.start()
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, limit)])
    await admin.close()


def asked(fleet: Fleet, settings: Settings) -> dict[str, tuple[int, int]]:
    """What the API tells of one tracker and topic, by minute."""

    async def key() -> str:
        store = await open_store(settings)
        try:
            return await create_tenant(store, TENANT, "Tarn & Toll")
        finally:
            await store.close()

    since, until = rfc3339(NOW), rfc3339(after(NOW, hours(1)))
    with Caller(fleet.start("api").address, asyncio.run(key())) as api:
        items = api.get(
            "/v1/rates", tracker=TRACKERS[0], topic="data_leak", since=since, until=until
        )["items"]
    return {one["minute"]: (one["mentions"], one["negative"]) for one in items}


def of_one_series(counts: Counts) -> dict[str, tuple[int, int]]:
    wanted = (TENANT, TRACKERS[0], "data_leak")
    return {rfc3339(Instant(key[3])): n for key, n in counts.items() if key[:3] == wanted}


def until_it_counts(fleet: Fleet) -> None:
    address = fleet.address("rates", 0)
    while f'harken_records_total{{group="{COUNTING}"' not in httpx.get(f"{address}/metrics").text:
        time.sleep(0.01)


async def publish(settings: Settings, records: Sequence[NewRecord]) -> None:
    """Once: what is published again at another offset counts again."""
    log = KafkaLog(kafka_settings(settings))
    while True:
        try:
            await log.ends([MENTIONS_TAGGED.name])
            break
        except LogUnavailable:
            await asyncio.sleep(0.5)
    await log.publish(records)
    await log.close()


async def counts(settings: Settings) -> Counts:
    store = await open_store(settings)
    try:
        return await counts_in(store)
    finally:
        await store.close()


def reached(fleet: Fleet, settings: Settings, least: int) -> Counts:
    """Waits for it; what came then. A test that waits in vain is ended by its time limit.

    A worker that ended by itself is started again, as whoever runs them would.
    """
    while heard(found := asyncio.run(counts(settings))) < least:
        for (service, replica), each in list(fleet.running.items()):
            if each.process.poll() == 1:
                fleet.start(service, replica)
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
