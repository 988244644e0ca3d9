"""A log that falls silent is noticed; a consumer that never gets what waits ends its process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from harken.log.port import LogUnavailable, TopicPartition
from harken.runtime.runner import StageRunner
from harken.runtime.stall import Stalled, Watch
from harken.store.port import Store
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.event_log import FakeConsumer, FakeEventLog
from harken.testing.fakes.store import store_in
from harken.testing.runtime import (
    AT_ONCE,
    TOPIC,
    CountingStage,
    mention_record,
    new_pulse,
    outcome,
    quick_settings,
    running,
    until,
)


class SilentLog(FakeEventLog):
    """While ``silent``, polls bring nothing and say nothing; only asking for its ends tells."""

    silent: LogUnavailable | None = None

    async def ends(self, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
        if self.silent is not None:
            raise self.silent
        return await super().ends(topics)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with store_in(tmp_path, FakeClock()) as opened:
        yield opened


def runner(log: FakeEventLog, store: Store, stalled_limit: float = 600.0) -> StageRunner:
    settings = quick_settings(stalled_limit=stalled_limit)
    return StageRunner(CountingStage(), log, store, FakeClock(), settings, AT_ONCE)


async def test_a_log_that_is_away_in_silence_is_told_and_found_again(store: Store) -> None:
    log, pulse = SilentLog(FakeClock()), new_pulse()
    log.silent = LogUnavailable("nobody answers", 0.0)

    async def paused() -> bool:
        return pulse.paused_because == "nobody answers"

    async def ready() -> bool:
        return pulse.paused_because == ""

    async with running(runner(log, store), pulse):
        await until(paused)
        log.silent = None
        await until(ready)


async def test_a_log_that_is_away_for_too_long_ends_the_process(store: Store) -> None:
    log = SilentLog(FakeClock())
    log.silent = LogUnavailable("nobody answers", 0.0)
    with pytest.raises(Stalled, match="nobody answers"):
        await runner(log, store, stalled_limit=0.05).run(new_pulse())


async def test_records_that_wait_and_never_come_end_the_process(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = FakeEventLog(FakeClock())
    await log.publish([mention_record("ola", "one")])

    async def handled() -> bool:
        return sum((await outcome(store)).effects.values()) == 1

    async with running(runner(log, store)):
        await until(handled)
    await log.publish([mention_record("ola", "two")])
    monkeypatch.setattr("harken.runtime.runner.LAG_SECONDS", 0.0)
    monkeypatch.setattr(FakeConsumer, "_ready", lambda _: [])
    with pytest.raises(Stalled, match="records wait"):
        await runner(log, store, stalled_limit=0.05).run(new_pulse())


async def test_an_idle_consumer_is_well(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harken.runtime.runner.LAG_SECONDS", 0.0)
    log, pulse = FakeEventLog(FakeClock()), new_pulse()
    began = pulse.now()

    async def long_idle() -> bool:
        return pulse.now() - began > 0.2

    async with running(runner(log, store, stalled_limit=0.1), pulse):
        await until(long_idle)
    assert TOPIC.name in {place.topic for place in log.records}


def test_a_watch_counts_from_when_all_was_well() -> None:
    now = 0.0
    watch = Watch(10.0, lambda: now)
    now = 10.0
    watch.check("slow")
    watch.well()
    now = 20.0
    watch.check("slow")
    now = 20.1
    with pytest.raises(Stalled, match="for 10 s: slow"):
        watch.check("slow")
