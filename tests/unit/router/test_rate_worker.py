"""What a counting worker acknowledges, and when; how it looks after itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harken.domain.rates import Series
from harken.domain.time import after, before, hours, minutes
from harken.events.codec import decode_counts, encode_mention, tag
from harken.events.v1 import rates_pb2
from harken.log.kafka import KafkaSettings
from harken.log.port import EventLog, LogUnavailable, TopicPartition
from harken.runtime.pulse import Pulse
from harken.testing.builders import NOW, mention, tone
from harken.testing.fakes.clock import FakeClock
from services.router.rates.worker import application as faust_application
from services.router.rates.worker import counting
from services.router.rates.worker.application import Application, Event
from services.router.rates.worker.counter import Counter
from services.router.rates.worker.counting import CountingEnded


class Table(dict[bytes, bytes]):
    """Its changes become durable when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[asyncio.Future[None]] = []
        self.under_way: list[asyncio.Future[None]] = []
        self.written: list[bytes] = []

    def __setitem__(self, key: bytes, value: bytes) -> None:
        super().__setitem__(key, value)
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sent.append(sent)
        self.under_way.append(sent)
        self.written.append(value)

    @property
    def data(self) -> Table:
        return self

    def becomes_durable(self) -> None:
        for sent in self.under_way:
            sent.set_result(None)
        self.under_way.clear()


@dataclass
class FakeApplication:
    table: Table = field(default_factory=Table)
    generation: int = 1
    partitions: set[int] = field(default_factory=lambda: {0})
    settling: bool = False
    ended: bool = False
    recovered: int = 0
    begun: Mapping[int, int] = field(default_factory=lambda: {0: 0})
    went_back: int = 0

    def held(self) -> set[int]:
        return self.partitions

    async def go_back(self) -> None:
        self.went_back += 1


class Bench:
    """A counter, what it got, and what it acknowledged."""

    def __init__(self) -> None:
        self.application = FakeApplication()
        self.table = self.application.table
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.counter = Counter(cast("Application", self.application), self.events, FakeClock())
        self.acknowledged: list[int] = []
        self.offset = 0

    def hear(self, *texts: str, value: bytes | None = None, generation: int = 1) -> None:
        for text in texts or ("",):
            made = tag(encode_mention(mention(text, created_at=NOW, received_at=NOW)), tone(), NOW)
            self.put(made.SerializeToString() if value is None else value, generation)

    def put(self, value: bytes, generation: int = 1) -> None:
        offset, self.offset = self.offset, self.offset + 1
        message = SimpleNamespace(
            partition=0, offset=offset, value=value, timestamp=0.0, generation_id=generation
        )
        event = SimpleNamespace(message=message, ack=lambda: self.acknowledged.append(offset))
        self.events.put_nowait(cast("Event", event))

    def counted(self) -> list[int]:
        """Mentions of all, by what was written, in order."""
        return [
            decode_counts(rates_pb2.PartialCounts.FromString(value)).tallies[Series()].mentions
            for value in self.table.written
        ]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    task = asyncio.create_task(bench.counter.run())
    yield bench
    task.cancel()
    with suppress(asyncio.CancelledError, ConnectionError):
        await task


async def some_turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_nothing_is_acknowledged_before_its_counts_are_durable(bench: Bench) -> None:
    bench.hear("one", "two")
    await some_turns()
    assert bench.counted() == [2]
    assert bench.acknowledged == []
    bench.table.becomes_durable()
    await some_turns()
    assert bench.acknowledged == [0, 1]
    assert bench.counter.next == {0: 2}


async def test_what_gathers_while_a_batch_is_written_is_one_record(bench: Bench) -> None:
    bench.hear("one")
    await some_turns()
    bench.hear(*"many")
    await some_turns()
    bench.table.becomes_durable()
    await some_turns()
    assert bench.counted() == [1, 5]


async def test_what_was_counted_before_is_acknowledged_and_not_counted_again(bench: Bench) -> None:
    bench.hear("one", "two")
    await some_turns()
    bench.table.becomes_durable()
    await some_turns()
    bench.offset = 1
    bench.hear("two", "three")
    await some_turns()
    bench.table.becomes_durable()
    await some_turns()
    assert bench.counted() == [2, 3]
    assert bench.acknowledged == [0, 1, 1, 2]


async def test_a_record_that_cannot_be_counted_holds_up_nothing(bench: Bench) -> None:
    bench.hear("one")
    bench.hear(value=b"\xff\xff")
    bench.hear("two")
    await some_turns()
    bench.table.becomes_durable()
    await some_turns()
    assert bench.counted() == [2]
    assert bench.acknowledged == [0, 1, 2]


async def test_what_came_before_partitions_moved_comes_again(bench: Bench) -> None:
    bench.application.generation = 2
    bench.hear("old", generation=1)
    bench.offset = 0
    bench.hear("old", generation=2)
    await some_turns()
    bench.table.becomes_durable()
    await some_turns()
    assert bench.counted() == [1]
    assert bench.acknowledged == [0]


async def test_what_comes_before_what_it_follows_is_not_counted_and_comes_again(
    bench: Bench,
) -> None:
    bench.hear("one")
    bench.offset = 3
    bench.hear("four", "five")
    await some_turns()
    bench.table.becomes_durable()
    await some_turns()
    assert (bench.acknowledged, bench.counter.next) == ([0], {0: 1})
    bench.application.begun = {0: 1}
    bench.offset = 1
    bench.hear("two", "three", "four", "five")
    await some_turns()
    bench.table.becomes_durable()
    await some_turns()
    assert bench.counted() == [1, 5]
    assert bench.acknowledged == [0, 1, 2, 3, 4]


async def test_what_another_counted_meanwhile_is_not_waited_for(bench: Bench) -> None:
    bench.hear("one")
    await some_turns()
    bench.table.becomes_durable()
    await some_turns()
    assert bench.counter.at(0) == 1
    bench.application.begun = {0: 9}
    assert bench.counter.at(0) == 9


async def test_before_it_is_known_where_reading_begins_nothing_is_counted(bench: Bench) -> None:
    bench.application.begun = {}
    bench.hear("one")
    await some_turns()
    assert bench.counted() == []
    bench.application.begun = {0: 0}
    bench.offset = 0
    bench.hear("one")
    await some_turns()
    assert bench.counted() == [1]


async def test_what_is_durable_after_partitions_moved_is_not_acknowledged(bench: Bench) -> None:
    """The counts that were read then may lack it: it comes again, and is counted onto them."""
    bench.hear("one")
    await some_turns()
    bench.application.generation = 2
    bench.table.becomes_durable()
    await some_turns()
    assert bench.acknowledged == []
    bench.table.clear()
    bench.offset = 0
    bench.hear("one", generation=2)
    await some_turns()
    bench.table.becomes_durable()
    await some_turns()
    assert bench.acknowledged == [0]
    assert bench.counted() == [1, 1]


async def test_counts_that_cannot_be_sent_end_it_and_acknowledge_nothing() -> None:
    bench = Bench()
    task = asyncio.create_task(bench.counter.run())
    bench.hear("one", "two")
    await some_turns()
    bench.table.under_way[0].set_exception(ConnectionError("the broker refused"))
    with pytest.raises(ConnectionError):
        await task
    assert bench.acknowledged == []


async def test_minutes_that_are_over_and_others_partitions_are_forgotten(bench: Bench) -> None:
    for created in (before(NOW, minutes(1)), NOW, after(NOW, hours(12))):
        one = mention(created_at=created, received_at=created)
        bench.put(tag(encode_mention(one), tone(), NOW).SerializeToString())
    await some_turns()
    bench.table.becomes_durable()
    await some_turns()
    assert len(bench.table) == 3
    bench.counter.sweep()
    assert len(bench.table) == 2
    bench.application.partitions = {7}
    bench.counter.sweep()
    assert bench.table == {}


# --- the watch


class Ends:
    """A log that knows how far partition 0 goes, or is away."""

    def __init__(self) -> None:
        self.end = 0
        self.away = False

    async def ends(self, topics: list[str]) -> dict[TopicPartition, int]:
        if self.away:
            raise LogUnavailable("Kafka is away")
        return {TopicPartition(topic, 0): self.end for topic in topics}


@dataclass
class FakeCounter:
    application: FakeApplication
    next: dict[int, int] = field(default_factory=dict)
    batches: int = 0

    def at(self, partition: int) -> int | None:
        return self.next.get(partition, self.application.begun.get(partition))


@dataclass
class Watched:
    application: FakeApplication
    counter: FakeCounter
    log: Ends
    pulse: Pulse
    task: asyncio.Task[None]

    async def look(self) -> bool:
        """Whether it beat, after some looks."""
        self.pulse._last = 0.0
        await asyncio.sleep(0.02)
        return self.pulse._last > 0.0


@pytest.fixture
async def watched(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    monkeypatch.setattr(counting, "LOOK_SECONDS", 0.001)
    application, log = FakeApplication(), Ends()
    counter = FakeCounter(application)
    pulse = Pulse(asyncio.Event(), time.monotonic)
    done = asyncio.create_task(asyncio.sleep(0))
    busy = asyncio.create_task(asyncio.Event().wait())
    watch = counting._Watch(
        cast("Application", application),
        cast("Counter", counter),
        done,
        cast("asyncio.Task[None]", busy),
        cast("EventLog", log),
        pulse,
    )
    task = asyncio.create_task(watch.run())
    yield Watched(application, counter, log, pulse, task)
    pulse.stopping.set()
    busy.cancel()
    with suppress(CountingEnded):
        await task


async def test_with_nothing_to_count_it_lives(watched: Watched) -> None:
    assert await watched.look()
    assert not watched.pulse.paused_because


async def test_records_that_wait_and_are_not_counted_tell_that_it_hangs(watched: Watched) -> None:
    await watched.look()
    watched.log.end = 3
    await watched.look()
    assert not await watched.look()
    watched.counter.next[0] = 2
    watched.counter.batches = 1
    assert await watched.look()
    assert not await watched.look()
    watched.counter.next[0] = 3
    assert await watched.look()


async def test_records_of_which_none_was_ever_counted_tell_it_too(watched: Watched) -> None:
    watched.application.begun, watched.log.end = {}, 3
    await watched.look()
    assert await watched.look(), "partitions are not read yet"
    watched.application.begun = {0: 3}
    assert await watched.look()
    watched.application.begun = {0: 0}
    await watched.look()
    assert not await watched.look()


async def test_where_records_wait_faust_is_told_to_go_back(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "LOST_SECONDS", 0.0)
    await watched.look()
    assert not watched.application.went_back
    watched.application.settling = True
    watched.log.end = 3
    await watched.look()
    assert not watched.application.went_back
    watched.application.settling = False
    await watched.look()
    assert watched.application.went_back


async def test_where_faust_lost_its_way_the_process_ends(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "STUCK_SECONDS", 0.01)
    watched.log.end = 3
    with pytest.raises(CountingEnded, match="none is counted"):
        await watched.task


async def test_while_the_broker_is_away_it_is_alive_and_not_ready(watched: Watched) -> None:
    watched.log.end, watched.log.away = 3, True
    assert await watched.look()
    assert watched.pulse.paused_because == "Kafka is away"


async def test_while_partitions_are_shared_out_it_waits_for_the_others(watched: Watched) -> None:
    watched.application.settling = True
    await watched.look()
    assert await watched.look()
    assert watched.pulse.paused_because


async def test_after_a_long_wait_for_partitions_only_progress_counts(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "SETTLING_SECONDS", 0.0)
    watched.application.settling = True
    await watched.look()
    assert not await watched.look()
    assert watched.pulse.paused_because
    watched.application.recovered = 500
    assert await watched.look()


async def test_when_faust_gives_up_so_does_it(watched: Watched) -> None:
    watched.application.ended = True
    with pytest.raises(CountingEnded):
        await watched.task


# --- how it reaches the cluster


def test_credentials_are_those_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faust_application._credentials(KafkaSettings("a:1")) is None
    told: Any = faust_application._credentials(
        KafkaSettings("a:1", security="SASL_SSL", user="harken", password="secret")
    )
    assert (told.username, told.password) == ("harken", "secret")
    assert told.mechanism.value == "SCRAM-SHA-512"
    assert told.protocol.value == "SASL_SSL"
    assert told.ssl_context is not None
    encrypted: Any = faust_application._credentials(KafkaSettings("a:1", security="SSL"))
    assert encrypted.protocol.value == "SSL"
