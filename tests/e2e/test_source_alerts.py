"""People are told once that a source fails or falls silent, and once that it is over."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from harken.clock import SystemClock
from harken.domain.ids import SourceId
from harken.domain.time import Instant, days, hours, seconds
from harken.store.changes import ChangeSet
from harken.testing.fakes.store import store_in
from harken.testing.processes import RunningHarken, free_port, running_mastodon, start_harken
from services.ingest.connections import find_source
from services.ingest.domain.rhythm import SLOT, Rhythm, listened, spoken
from services.ingest.source_states import find_state, keep
from tests.e2e.calling import Caller, eventually
from tests.e2e.conftest import QUICK
from tests.e2e.hooks import Hook, running_hook
from tests.e2e.networks import connect
from tests.e2e.serve_null import PROGRAM

pytestmark = pytest.mark.e2e

BEFORE = 1_200
"""Seconds by which the first program's clock is behind: whatever comes after is later."""

Start = Callable[..., RunningHarken]


@pytest.fixture
def hook() -> Iterator[Hook]:
    with running_hook() as running:
        yield running


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[RunningHarken] = []

    def run(behind: int = 0) -> RunningHarken:
        program = (*PROGRAM, f"--behind={behind}")
        settings = {**QUICK, "failing_alert": "1"}
        started.append(start_harken(tmp_path, settings=settings, program=program))
        return started[-1]

    yield run
    for harken in started:
        if harken.process.poll() is None:
            harken.kill()


def listening(admin: Caller, hook: Hook, instance: str) -> tuple[str, str]:
    """To a hashtag: the source's id, and the secret of who is told how it does."""
    pager = {"name": "Pager", "by": "webhook", "url": hook.address, "sources": True}
    secret = admin.post("/v1/alert-receivers", pager)["secret"]
    access = {"access_token": "northkettle-token"}
    made = connect(admin, "mastodon", {"instance": instance}, access)
    tag = {"connection": made["id"], "kind": "hashtag", "settings": {"tag": "kettle"}}
    source = admin.post("/v1/sources", tag)["id"]
    eventually(lambda: admin.get(f"/v1/sources/{source}")["mode"])
    return source, secret


def told(hook: Hook, secret: str, count: int) -> list[tuple[str, str]]:
    """What and of which source, in that order, once that many calls came; each one's signature is
    checked by somebody else's code."""
    calls = eventually(lambda: hook.calls if len(hook.calls) >= count else None)
    bodies = [Webhook(secret).verify(call.body.decode(), dict(call.headers)) for call in calls]
    assert bodies == [json.loads(call.body) for call in calls]
    assert len({call.headers["webhook-id"] for call in calls}) == len(calls)
    return [(body["type"], body["data"]["subject"]) for body in bodies]


def test_a_source_that_fails_is_told_of_once_and_when_it_can_be_read_again(
    start: Start, hook: Hook, tmp_path: Path
) -> None:
    state, port = tmp_path / "instance.jsonl", free_port()
    harken = start()
    with Caller(harken.address, harken.key) as admin:
        with running_mastodon(state, port) as instance:
            source, secret = listening(admin, hook, instance)
        sources = {one["id"] for one in admin.get("/v1/sources")["items"]}
        assert len(sources) == 2, "a connection listens to what names us, too"
        assert set(told(hook, secret, 2)) == {("source.failing", each) for each in sources}
        shown = admin.get(f"/v1/sources/{source}")
        assert shown["failing_since"]
        assert "no connection" in shown["error"]
    assert harken.stop() == 0

    again = start()
    with Caller(again.address, harken.key) as admin:
        failures = shown["failures"]
        eventually(lambda: admin.get(f"/v1/sources/{source}")["failures"] > failures)
        with running_mastodon(state, port):
            over = told(hook, secret, 4)[2:]
            assert set(over) == {("source.recovered", each) for each in sources}
            assert admin.get(f"/v1/sources/{source}")["failing_since"] is None
            assert len(admin.get("/v1/alerts")["items"]) == 4
    assert len(hook.calls) == 4


def test_a_source_that_falls_silent_is_told_of_once_and_when_it_speaks_again(
    start: Start, hook: Hook, tmp_path: Path
) -> None:
    with running_mastodon() as instance:
        first = start(BEFORE)
        with Caller(first.address, first.key) as admin:
            source, secret = listening(admin, hook, instance)
        assert first.stop() == 0

        # By the program's clock, which is half a slot off at most (signatures are good for minutes
        # only), the next slot of its rhythm begins in ten seconds.
        slot = SLOT // seconds(1)
        behind = (int(time.time()) + 10 + slot // 2) % slot - slot // 2
        asyncio.run(spoke_until_lately(tmp_path / "data", source, behind))
        again = start(behind)
        with Caller(again.address, first.key) as admin:
            assert told(hook, secret, 1) == [("source.silent", source)]
            since = admin.get(f"/v1/sources/{source}")["silent_since"]
            [alert] = admin.get("/v1/alerts")["items"]
            assert alert["at"] == since
            assert "has fallen silent" in hook.calls[0].told["data"]["title"]

            say(instance, "It leaks #kettle")
            happened = told(hook, secret, 2)
            assert happened == [("source.silent", source), ("source.recovered", source)]
            assert admin.get(f"/v1/sources/{source}")["silent_since"] is None
    assert len(hook.calls) == 2


async def spoke_until_lately(folder: Path, source: str, behind: int) -> None:
    """As if it had been heard again and again for weeks, and then for so long no more that another
    slot is too much.
    """
    clock = SystemClock(lambda: time.time_ns() - behind * 1_000_000_000)
    now = clock.now()
    rhythm = next(filter(is_nearly_too_silent, silences(now)))
    async with store_in(folder, clock) as store:
        async with store.reading() as snapshot:
            rows: Any = snapshot.across_tenants()
            found = await find_source(rows, SourceId(source))
            kept = await find_state(rows, source)
        assert found is not None
        state = replace(kept.state, rhythm=rhythm, due_at=now)
        kept = kept._replace(revision=kept.revision + 1, state=state)
        await store.submit(ChangeSet(writes=keep(found.source, kept)))


def silences(now: Instant) -> Iterator[Rhythm]:
    """Of ever fewer slots, of sources that were heard ever longer: which of them is just not too
    long is another in each hour of the week."""
    for heard in range(21, 28):
        rhythm = Rhythm()
        for slot in range(now - days(heard), now, SLOT):
            rhythm = spoken(rhythm, Instant(slot), 1)
            if slot > now - hours(6):
                yield listened(rhythm, now)


def is_nearly_too_silent(rhythm: Rhythm) -> bool:
    later = Instant((rhythm.slot + 1) * SLOT)
    return not rhythm.too_silent and listened(rhythm, later).too_silent


def say(instance: str, text: str) -> None:
    headers = {"Authorization": "Bearer mara-token"}
    address = f"{instance}/api/v1/statuses"
    said = httpx.post(address, json={"status": text}, headers=headers, trust_env=False)
    said.raise_for_status()
