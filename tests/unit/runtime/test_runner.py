"""The stage runner: what is handled, what is dead-lettered, what is tried again, and when."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import select

from harken.domain.time import seconds
from harken.events.codec import decode_dead_letter
from harken.events.topics import DEAD_LETTERS as DEAD_LETTERS_TOPIC
from harken.events.v1 import dead_letter_pb2
from harken.log.port import LogUnavailable, NewRecord, TopicPartition
from harken.runtime.flow import Backpressure, Transient
from harken.runtime.positions import Positions
from harken.runtime.report import StageReport
from harken.runtime.runner import StageRunner
from harken.runtime.stage import Decided, Received
from harken.runtime.verdict import UnburiableRecord
from harken.search.port import IndexUnavailable
from harken.store.changes import (
    ChangeSet,
    Fenced,
    Insert,
    Position,
    RevisionConflict,
    StoreUnavailable,
)
from harken.store.port import Store
from harken.store.schema.infrastructure import DEAD_LETTERS, OUTBOX, TENANTS
from harken.telemetry import metrics, tracing
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.event_log import FakeEventLog
from harken.testing.fakes.store import store_in
from harken.testing.runtime import (
    AT_ONCE,
    TOPIC,
    CountingStage,
    Outcome,
    mention_record,
    new_pulse,
    outcome,
    quick_settings,
    running,
    until,
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def log(clock: FakeClock) -> FakeEventLog:
    return FakeEventLog(clock)


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Store]:
    async with store_in(tmp_path, clock) as opened:
        yield opened


class Bench:
    """A stage on a log and a store, run until something is true."""

    def __init__(self, log: FakeEventLog, store: Store, clock: FakeClock) -> None:
        self.log, self.store, self.clock = log, store, clock
        self.stage = CountingStage()
        self.pulse = new_pulse()

    def runner(self, store: Store | None = None, **settings: Any) -> StageRunner:
        kept = self.store if store is None else store
        chosen = quick_settings(**settings)
        return StageRunner(self.stage, self.log, kept, self.clock, chosen, AT_ONCE)

    @asynccontextmanager
    async def running(self, store: Store | None = None, **settings: Any) -> AsyncIterator[None]:
        async with running(self.runner(store, **settings), self.pulse):
            yield

    async def drain(self, store: Store | None = None, **settings: Any) -> Outcome:
        async with self.running(store, **settings):
            await until(self.all_done)
        return await outcome(self.store)

    async def all_done(self) -> bool:
        ends = {p: n for p, n in (await self.log.ends([TOPIC.name])).items() if n}
        return (await outcome(self.store)).positions == ends


@pytest.fixture
def bench(log: FakeEventLog, store: Store, clock: FakeClock) -> Bench:
    return Bench(log, store, clock)


def names(*texts: str) -> list[NewRecord]:
    """One author, so one partition: the order is kept."""
    return [mention_record("ola", text) for text in texts]


def once_each(result: Outcome) -> bool:
    return all(n == 1 for n in [*result.effects.values(), *result.dead.values()])


class Refusing:
    """A store whose next submits meet these errors, one each; None lets one pass.

    ``after`` raises once the change set was stored, so that the caller cannot know.
    """

    def __init__(self, store: Store, *errors: Exception | None, after: bool = False) -> None:
        self._store, self._errors, self._after = store, list(errors), after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def submit(self, change: ChangeSet) -> None:
        error = self._errors.pop(0) if self._errors else None
        if error is not None and not self._after:
            raise error
        await self._store.submit(change)
        if error is not None:
            raise error


async def test_every_record_is_handled_once_and_the_positions_follow(bench: Bench) -> None:
    await bench.log.publish([mention_record(f"author-{n}") for n in range(40)])
    result = await bench.drain()
    assert len(result.effects) == 40
    assert once_each(result)
    assert not result.dead
    assert sum(result.positions.values()) == 40


async def test_a_restart_goes_on_at_the_stored_positions(bench: Bench) -> None:
    await bench.log.publish(names("one", "two"))
    await bench.drain()
    await bench.log.publish(names("three"))
    bench.pulse = new_pulse()
    await bench.drain()
    assert [text for batch in bench.stage.batches for text in batch] == ["one", "two", "three"]


async def test_bytes_that_are_no_message_are_dead_lettered_and_the_rest_goes_on(
    bench: Bench,
) -> None:
    broken = replace(names("x")[0], value=b"\xff\xff\xff")
    await bench.log.publish([*names("before"), broken, *names("after")])
    result = await bench.drain()
    assert once_each(result)
    assert (len(result.effects), len(result.dead)) == (2, 1)


async def test_an_invalid_record_is_dead_lettered_in_the_change_set_of_its_position(
    bench: Bench, log: FakeEventLog
) -> None:
    headers = (("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),)
    bad = replace(names("invalid")[0], headers=headers)
    await log.publish([*names("one"), bad, *names("two")])
    result = await bench.drain()
    assert (len(result.effects), len(result.dead)) == (2, 1)
    async with bench.store.reading() as snapshot:
        rows = snapshot.across_tenants()
        buried = await rows.first(select(DEAD_LETTERS))
        announced = await rows.first(select(OUTBOX).where(OUTBOX.c.kind == "dead_letter"))
    assert buried is not None
    assert announced is not None
    assert (buried.reason, buried.value, buried.key) == ("it says so itself", bad.value, bad.key)
    assert (announced.topic, announced.tenant) == (DEAD_LETTERS_TOPIC.name, "")
    letter = decode_dead_letter(dead_letter_pb2.DeadLetter.FromString(announced.value))
    assert (letter.id, letter.value, letter.headers) == (buried.id, bad.value, headers)


@pytest.mark.parametrize("place", [0, 7, 15])
async def test_a_poison_record_is_found_by_halves_and_buried_with_its_last_line(
    bench: Bench, place: int
) -> None:
    texts = [f"good {n}" for n in range(16)]
    texts[place] = "poison here"
    await bench.log.publish(names(*texts))
    result = await bench.drain()
    assert once_each(result)
    assert (len(result.effects), len(result.dead)) == (15, 1)
    async with bench.store.reading() as snapshot:
        buried = await snapshot.across_tenants().first(select(DEAD_LETTERS))
    assert buried is not None
    assert buried.reason == "ZeroDivisionError: poison here"
    alone = [batch for batch in bench.stage.batches if batch == ["poison here"]]
    assert len(alone) == 3
    assert len(bench.stage.batches) < 14


async def test_several_poison_records_leave_the_order_of_the_others_as_it_was(
    bench: Bench,
) -> None:
    texts = [f"poison {n}" if n % 3 == 0 else f"good {n}" for n in range(16)]
    await bench.log.publish(names(*texts))
    result = await bench.drain()
    assert (len(result.effects), len(result.dead)) == (10, 6)
    async with bench.store.reading() as snapshot:
        query = select(OUTBOX.c.aggregate).where(OUTBOX.c.service == "counting")
        rows = await snapshot.across_tenants().all(query.order_by(OUTBOX.c.id))
    offsets = [int(row.aggregate.split("@")[1]) for row in rows]
    assert offsets == [n for n in range(16) if n % 3]


@pytest.mark.parametrize(
    "error",
    [
        Transient("the model is away", 0.0),
        Backpressure("full", 0.0),
        StoreUnavailable("away", 0.0),
        LogUnavailable("away", 0.0),
        IndexUnavailable("away", 0.0),
        Fenced("another's"),
        RevisionConflict("changed"),
    ],
)
async def test_what_may_pass_is_tried_again_for_as_long_as_it_takes(
    bench: Bench, error: Exception
) -> None:
    failures = 30

    async def fail(_: Sequence[Received]) -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise error

    bench.stage.before = fail
    await bench.log.publish(names("one", "two"))
    result = await bench.drain()
    assert (len(result.effects), len(result.dead)) == (2, 0)
    assert once_each(result)
    assert bench.pulse.paused_because == ""


async def test_waiting_is_alive_and_not_ready_and_says_why(bench: Bench) -> None:
    away = True

    async def fail(_: Sequence[Received]) -> None:
        if away:
            raise Transient("the model is away", 0.0)

    async def paused() -> bool:
        return "the model is away" in bench.pulse.paused_because

    bench.stage.before = fail
    await bench.log.publish(names("one"))
    async with bench.running():
        await until(paused)
        away = False
        await until(bench.all_done)
        assert bench.pulse.paused_because == ""


@pytest.mark.parametrize("after", [False, True])
async def test_a_store_that_fails_before_or_after_storing_changes_nothing(
    bench: Bench, after: bool
) -> None:
    await bench.log.publish(names(*(f"n {n}" for n in range(40))))
    errors = (StoreUnavailable("gone", 0.0), None, StoreUnavailable("gone", 0.0))
    result = await bench.drain(Refusing(bench.store, *errors, after=after))
    assert once_each(result)
    assert len(result.effects) == 40


async def test_a_decision_on_old_facts_is_taken_again(bench: Bench) -> None:
    await bench.log.publish(names("one"))
    conflicts = [RevisionConflict("changed")] * 20
    result = await bench.drain(Refusing(bench.store, *conflicts))
    assert (len(result.effects), len(result.dead)) == (1, 0)
    assert len(bench.stage.batches) == 21


async def test_a_row_that_is_always_there_already_makes_a_dead_letter(bench: Bench) -> None:
    row = {"id": "t", "name": "T", "created_at": 0}
    await bench.store.submit(ChangeSet(writes=[Insert(TENANTS, row)]))

    class Stubborn(CountingStage):
        async def handle(self, batch: Sequence[Received]) -> Decided:
            decided = await CountingStage.handle(self, batch)
            if batch[0].message.text == "again":
                decided.change.add(Insert(TENANTS, row))
            return decided

    bench.stage = Stubborn(batch=1)
    await bench.log.publish(names("again", "other"))
    result = await bench.drain()
    assert (len(result.effects), len(result.dead)) == (1, 1)


async def test_what_is_published_is_durable_before_the_position_moves(
    bench: Bench, log: FakeEventLog
) -> None:
    class Passing(CountingStage):
        async def handle(self, batch: Sequence[Received]) -> Decided:
            out = [NewRecord(DEAD_LETTERS_TOPIC.name, r.record.key, r.record.value) for r in batch]
            return Decided(publish=out)

    bench.stage = Passing()
    await log.publish(names("one"))
    refused = Refusing(bench.store, StoreUnavailable("gone", 0.0))
    await bench.drain(refused)
    published = log.records[TopicPartition(DEAD_LETTERS_TOPIC.name, 0)]
    # Twice: the first time the position could not be stored. Ids inside make that harmless.
    assert len(published) == 2


async def test_a_partition_that_another_consumer_moved_goes_on_from_there(bench: Bench) -> None:
    """Its last act reached the store after we had read the position that it left us."""
    place = TopicPartition(TOPIC.name, 0)

    async def overtake(batch: Sequence[Received]) -> None:
        if batch[0].record.place == place and len(bench.stage.batches) == 1:
            moved = Position("counting", place, None, 1)
            await bench.store.submit(ChangeSet(positions=[moved]))

    bench.stage.before = overtake
    keys = await keys_of(bench.log)
    await bench.log.publish([keys[0], keys[0], keys[1]])
    result = await bench.drain()
    assert result.positions == {place: 2, TopicPartition(TOPIC.name, 1): 1}
    assert result.effects == {"0@1": 1, "1@0": 1}


async def keys_of(log: FakeEventLog) -> dict[int, NewRecord]:
    """A record for each partition of the topic."""
    scratch = FakeEventLog(FakeClock())
    await scratch.publish([mention_record(f"author-{n}") for n in range(100)])
    return {
        place.partition: NewRecord(TOPIC.name, records[0].key, records[0].value)
        for place, records in scratch.records.items()
        if records
    }


async def test_work_in_hand_for_a_revoked_partition_is_dropped(
    bench: Bench, log: FakeEventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = await keys_of(log)
    consumer = log.consumer("counting", [TOPIC.name])
    monkeypatch.setattr(log, "consumer", lambda *_: consumer)
    revoked = TopicPartition(TOPIC.name, 0)
    failed = False

    async def fail(batch: Sequence[Received]) -> None:
        nonlocal failed
        if not failed:
            failed = True
            consumer.revoke([revoked])
            raise Transient("meanwhile, elsewhere", 0.02)

    async def rest_done() -> bool:
        return (await outcome(bench.store)).positions == {TopicPartition(TOPIC.name, 1): 1}

    bench.stage.before = fail
    await log.publish([keys[0], keys[1]])
    async with bench.running():
        await until(rest_done)
        assert set((await outcome(bench.store)).effects) == {"1@0"}
        consumer.assign([revoked])
        await until(bench.all_done)
    result = await outcome(bench.store)
    assert once_each(result)
    assert len(result.effects) == 2


async def test_over_the_rate_of_dead_letters_it_pauses_and_goes_on_when_the_window_is_over(
    bench: Bench, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harken.runtime.verdict.RATE_LOOKS", 0.005)
    await bench.log.publish(names("good", "poison 1", "poison 2", "poison 3", "good", "good"))

    async def paused() -> bool:
        return "2 dead letters within 60 s, 2 allowed" in bench.pulse.paused_because

    async with bench.running(dead_letter_limit=2, dead_letter_window=60.0):
        await until(paused)
        held_up = await outcome(bench.store)
        assert (len(held_up.effects), len(held_up.dead)) == (1, 2)
        assert list(held_up.positions.values()) == [3]
        assert bench.pulse.silent_for < 5
        clock.advance(seconds(61))
        await until(bench.all_done)
        assert bench.pulse.paused_because == ""
    result = await outcome(bench.store)
    assert (len(result.effects), len(result.dead)) == (3, 3)
    assert once_each(result)


async def test_the_rate_holds_for_many_broken_records_in_one_batch_too(bench: Bench) -> None:
    broken = replace(names("x")[0], value=b"\xff\xff\xff")
    await bench.log.publish([broken] * 10)

    async def paused() -> bool:
        return bench.pulse.paused_because != ""

    async with bench.running(dead_letter_limit=4):
        await until(paused)
    assert len((await outcome(bench.store)).dead) == 4


async def test_a_poison_record_in_a_topic_without_dead_letters_ends_the_process(
    bench: Bench, log: FakeEventLog
) -> None:
    bench.stage = CountingStage(topics=(DEAD_LETTERS_TOPIC,))
    await log.publish([NewRecord(DEAD_LETTERS_TOPIC.name, b"k", b"\xff\xff\xff")])
    with pytest.raises(UnburiableRecord):
        await bench.runner().run(bench.pulse)
    assert not (await outcome(bench.store)).positions


async def test_memory_that_runs_out_is_no_records_fault(bench: Bench) -> None:
    async def fail(_: Sequence[Received]) -> None:
        raise MemoryError

    bench.stage.before = fail
    await bench.log.publish(names("one"))
    with pytest.raises(MemoryError):
        await bench.runner().run(bench.pulse)


async def test_a_log_that_is_away_is_asked_again(bench: Bench, log: FakeEventLog) -> None:
    await log.publish(names("one"))
    log.unavailable = LogUnavailable("the log is away", 0.0)

    async def paused() -> bool:
        return "the log is away" in bench.pulse.paused_because

    async with bench.running():
        await until(paused)
        log.unavailable = None
        await until(bench.all_done)
        assert bench.pulse.paused_because == ""


async def test_a_stop_is_obeyed_while_it_waits(bench: Bench) -> None:
    async def fail(_: Sequence[Received]) -> None:
        raise Transient("for a long time", 3_600.0)

    async def waiting() -> bool:
        return bool(bench.stage.batches)

    bench.stage.before = fail
    await bench.log.publish(names("one"))
    async with bench.running():
        await until(waiting)
    assert not (await outcome(bench.store)).positions


async def test_being_cancelled_mid_way_loses_nothing(bench: Bench) -> None:
    reached = asyncio.Event()

    async def hang(_: Sequence[Received]) -> None:
        reached.set()
        await asyncio.Event().wait()

    bench.stage.before = hang
    await bench.log.publish(names("one", "two"))
    task = asyncio.create_task(bench.runner().run(bench.pulse))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    bench.stage.before = None
    result = await bench.drain()
    assert len(result.effects) == 2
    assert once_each(result)


async def test_each_record_has_one_canonical_line_without_what_was_said(bench: Bench) -> None:
    secret = "poison, and my phone is 555-0100"
    headers = (("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),)
    good = replace(names("fine, call 555-0100")[0], headers=headers)
    await bench.log.publish([good, *names(secret)])
    with structlog.testing.capture_logs() as lines:
        await bench.drain()
    records = {line["offset"]: line for line in lines if line["event"] == "record"}
    assert [line["outcome"] for _, line in sorted(records.items())] == ["handled", "dead_lettered"]
    assert records[0]["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert len([line for line in lines if line["event"] == "record"]) == 2
    assert "555-0100" not in json.dumps(lines, default=str)


async def test_metrics_count_records_by_what_became_of_them_and_the_lag(bench: Bench) -> None:
    def value(name: str, **labels: str) -> float:
        return metrics.REGISTRY.get_sample_value(name, labels) or 0.0

    bench.stage.group = group = "counting"
    handled = {"group": group, "topic": TOPIC.name, "outcome": "handled"}
    before = value("harken_records_total", **handled)
    await bench.log.publish(names("one", "two", "poison"))
    await bench.drain()
    assert value("harken_records_total", **handled) - before == 2
    assert value("harken_dead_letters_total", group=group, topic=TOPIC.name) >= 1
    assert value("harken_retries_total", group=group, why="ZeroDivisionError") >= 3
    samples = [s for family in metrics.LAG.collect() for s in family.samples]
    assert {s.labels["group"] for s in samples} >= {group}


async def test_a_partition_that_another_took_over_shows_no_lag_here(bench: Bench) -> None:
    def shown() -> set[str]:
        samples = [s for family in metrics.LAG.collect() for s in family.samples]
        return {s.labels["partition"] for s in samples if s.labels["group"] == "parting"}

    positions, report = Positions(bench.store, "parting"), StageReport("parting", bench.clock)
    kept, lost = (TopicPartition(TOPIC.name, n) for n in range(2))
    await positions.take([kept, lost])
    await report.lag(bench.log, [TOPIC.name], positions)
    assert shown() == {"0", "1"}
    positions.drop([lost])
    await report.lag(bench.log, [TOPIC.name], positions)
    assert shown() == {"0"}


async def test_outputs_come_after_the_stages_own_span_in_the_records_trace(
    bench: Bench,
) -> None:
    incoming = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    record = replace(names("one")[0], headers=(("traceparent", incoming.encode()), ("a", b"b")))
    await bench.log.publish([record])
    tracing.use(TracerProvider().get_tracer("test"))
    try:
        await bench.drain()
    finally:
        tracing.use(None)
    async with bench.store.reading() as snapshot:
        row = await snapshot.across_tenants().first(select(OUTBOX))
    assert row is not None
    from harken.log.headers import unpack_headers

    headers = dict(unpack_headers(row.headers))
    parent = headers["traceparent"].decode()
    assert parent != incoming
    assert tracing.trace_id(parent) == tracing.trace_id(incoming)
    assert headers["a"] == b"b"
