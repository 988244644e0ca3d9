"""The two ways to the rows of the counts, and how they are asked for."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from harken.domain.ids import TenantId
from harken.domain.rates import Bucket, PartialCounts, Series, Tally
from harken.domain.roles import Role
from harken.domain.time import after, before, days, minutes, rfc3339
from harken.embedded.file import EmbeddedFile
from harken.events.codec import encode_counts
from harken.events.topics import RATES as TOPIC
from harken.events.topics import TOPICS
from harken.log.port import Record
from harken.log.sqlite import SqliteLog
from harken.runtime.flow import InvalidRecord
from harken.runtime.runner import StageRunner
from harken.runtime.stage import Received
from harken.store.changes import ChangeSet
from harken.store.retention import maintain
from harken.store.sqlite import SqliteStore
from harken.testing.api import TENANT as ASKING
from harken.testing.builders import NOW, OTHER_TENANT, TENANT
from harken.testing.fakes.clock import START, FakeClock
from harken.testing.runtime import AT_ONCE, quick_settings, running
from services.router.domain.rates import minute_of
from services.router.rates.rows import grown, stored
from services.router.rates.stages import RateCounting, RateIntake
from tests.unit.router.rate_events import (
    bad_quarter_of_an_hour,
    counts_in,
    far_from_it,
    has_counted,
    heard,
    to_count,
)
from tests.unit.router.service import RouterApi


async def put(store: SqliteStore, *partials: PartialCounts) -> None:
    after_ = {counts.bucket: counts for counts in partials}
    change = ChangeSet(writes=[*grown(await stored(store, after_), after_)])
    await store.submit(change)


# --- counting


@asynccontextmanager
async def counting(folder: Path, clock: FakeClock) -> AsyncIterator[tuple[SqliteStore, SqliteLog]]:
    """One life of a process that counts."""
    file = await EmbeddedFile.open(folder / "harken.db", clock)
    try:
        store, log = await SqliteStore.open(file, clock), await SqliteLog.open(file, clock)
        stage = RateCounting(store, 32)
        async with running(StageRunner(stage, log, store, clock, quick_settings(), AT_ONCE)):
            yield store, log
    finally:
        await file.close()


async def test_every_mention_counts_once_over_restarts(tmp_path: Path, clock: FakeClock) -> None:
    said = bad_quarter_of_an_hour(300)
    for start in range(0, 300, 100):
        wanted = heard(to_count(said[:start]))
        async with counting(tmp_path, clock) as (store, log):
            await log.publish([one.record() for one in said[start : start + 100]])
            await has_counted(store, wanted + 1)  # and is stopped, somewhere on its way
    async with counting(tmp_path, clock) as (store, _):
        found = await has_counted(store, heard(to_count(said)))
    assert found == to_count(said), far_from_it(found, to_count(said))


# --- taking in


def received(*partials: PartialCounts) -> list[Received]:
    return [
        Received(Record(TOPIC.name, 0, n, b"", b"", (), NOW), encode_counts(counts))
        for n, counts in enumerate(partials)
    ]


def growing() -> Iterator[PartialCounts]:
    for partition in range(3):
        tallies: dict[Series, Tally] = {}
        for n in range(1, 8):
            tallies = {**tallies, Series(): Tally(n, n // 2), Series(f"t{n}"): Tally(1, 0)}
            yield PartialCounts(Bucket(TENANT, NOW, partition), 10 * n, tallies)


async def test_the_largest_counts_of_each_partition_are_summed(store: SqliteStore) -> None:
    chance = random.Random(1)
    partials = [*growing(), *growing()]
    chance.shuffle(partials)
    intake = RateIntake(store, 10)
    for start in range(0, len(partials), 5):
        decided = await intake.handle(received(*partials[start : start + 5]))
        await store.submit(decided.change)
    wanted = {(TENANT, "", "", NOW): (21, 9)}
    wanted |= {(TENANT, f"t{n}", "", NOW): (3, 0) for n in range(1, 8)}
    assert await counts_in(store) == wanted


async def test_counts_of_nobody_are_refused(store: SqliteStore) -> None:
    nobodys = PartialCounts(Bucket(TenantId(""), NOW, 0), 1, {Series(): Tally(1, 1)})
    with pytest.raises(InvalidRecord, match="without a tenant"):
        await RateIntake(store, 10).handle(received(nobodys))


def test_counts_have_a_partition_for_each_of_what_is_counted() -> None:
    (counted,) = RateCounting.topics
    assert TOPIC.partitions == TOPICS[counted.name].partitions


async def test_minutes_are_kept_for_some_weeks(store: SqliteStore, clock: FakeClock) -> None:
    now = clock.now()
    for age in (59, 61):
        bucket = Bucket(TENANT, before(now, days(age)), 0)
        await put(store, PartialCounts(bucket, 1, {Series(): Tally(age, 0)}))
    await maintain(store, now)
    assert [n for n, _ in (await counts_in(store)).values()] == [59]


# --- asking

TODAY = minute_of(START)


async def rates(router: RouterApi, *roles: Role, **asked: Any) -> Any:
    headers = await router.person(None, *(roles or (Role.CRISIS,)))
    answer = await router.client.get("/v1/rates", params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


TALLIES = {
    Series(): Tally(5, 2),
    Series("tracker-1"): Tally(3, 1),
    Series("", "press"): Tally(1, 0),
}


def two_parts(*minutes_: int) -> list[PartialCounts]:
    """Of each of these minutes from now."""
    return [
        PartialCounts(Bucket(ASKING, after(TODAY, minutes(minute)), partition), 7, TALLIES)
        for minute in minutes_
        for partition in (0, 6)
    ]


async def test_rates_are_summed_by_the_minute(router: RouterApi) -> None:
    store = router.api.store
    others = PartialCounts(Bucket(OTHER_TENANT, TODAY, 0), 7, {Series(): Tally(99, 99)})
    await put(store, *two_parts(-700, -2, -1), others)
    told = await rates(router)
    minute = {"mentions": 10, "negative": 4, "open": True}
    wanted = [{**minute, "minute": rfc3339(before(TODAY, minutes(n)))} for n in (2, 1)]
    assert told == {"items": wanted, "next_cursor": None}
    matched = await rates(router, tracker="tracker-1", since=rfc3339(before(TODAY, minutes(1))))
    assert [(one["mentions"], one["negative"]) for one in matched["items"]] == [(6, 2)]
    about = await rates(router, topic="press")
    assert [(one["mentions"], one["negative"]) for one in about["items"]] == [(2, 0)] * 2
    old = await rates(router, since=rfc3339(before(TODAY, days(1))), until=rfc3339(TODAY))
    assert [one["open"] for one in old["items"]] == [False, True, True]


async def test_rates_come_in_pages(router: RouterApi) -> None:
    await put(router.api.store, *two_parts(*range(-5, 0)))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        told = await rates(router, limit=2, **cursor)
        seen += [one["minute"] for one in told["items"]]
        if told["next_cursor"] is None:
            break
        cursor = {"cursor": told["next_cursor"]}
    assert seen == [rfc3339(before(TODAY, minutes(n))) for n in (5, 4, 3, 2, 1)]


@pytest.mark.parametrize("role", [Role.AGENT, Role.APPROVER, Role.INGEST])
async def test_rates_are_for_those_who_watch(router: RouterApi, role: Role) -> None:
    headers = await router.person(None, role)
    assert (await router.client.get("/v1/rates", headers=headers)).status_code == 403


async def test_a_period_must_have_a_length(router: RouterApi) -> None:
    headers = await router.person(None, Role.SUPERVISOR)
    asked = {"since": rfc3339(TODAY), "until": rfc3339(TODAY)}
    answer = await router.client.get("/v1/rates", params=asked, headers=headers)
    assert answer.status_code == 422
