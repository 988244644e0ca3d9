"""The way in: placed at the stored positions, and free of what was revoked."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from harken.domain.time import Instant
from harken.log.port import LogUnavailable, Polled, Record, TopicPartition
from harken.runtime.inflow import Inflow
from harken.runtime.positions import Positions
from harken.store.changes import ChangeSet, Position
from harken.store.port import Store
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from harken.testing.runtime import new_pulse

PLACE = TopicPartition("work", 0)
OTHER = TopicPartition("work", 1)


def record(offset: int, place: TopicPartition = PLACE) -> Record:
    return Record(place.topic, place.partition, offset, b"k", b"v", (), Instant(0))


class ScriptedConsumer:
    """Answers polls from a script, whatever is paused; notes what it was told."""

    def __init__(self, *script: Polled | Exception) -> None:
        self.script = deque(script)
        self.told: list[tuple[str, Any]] = []

    async def poll(self, *_: object) -> Polled:
        answer = self.script.popleft() if self.script else Polled()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def seek(self, place: TopicPartition, offset: int | None) -> None:
        self.told.append(("seek", (place, offset)))

    def pause(self, places: Sequence[TopicPartition]) -> None:
        self.told.append(("pause", list(places)))

    def resume(self, places: Sequence[TopicPartition]) -> None:
        self.told.append(("resume", list(places)))

    async def close(self) -> None:
        self.told.append(("close", None))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with store_in(tmp_path, FakeClock()) as opened:
        yield opened


def inflow(store: Store, consumer: ScriptedConsumer) -> Inflow:
    return Inflow(consumer, Positions(store, "g"), new_pulse(), batch=10, timeout=0.001)


async def offsets(way: Inflow) -> list[int]:
    return [record.offset for record in await way.records()]


async def test_partitions_begin_where_their_stored_position_is(store: Store) -> None:
    await store.submit(ChangeSet(positions=[Position("g", PLACE, None, 7)]))
    consumer = ScriptedConsumer(Polled(assigned=(PLACE, OTHER)))
    await inflow(store, consumer).records()
    sought = dict(what for kind, what in consumer.told if kind == "seek")
    assert sought == {PLACE: 7, OTHER: None}


async def test_what_came_while_waiting_is_not_lost(store: Store) -> None:
    consumer = ScriptedConsumer(
        Polled(assigned=(PLACE,)),
        Polled([record(0), record(1)]),
        Polled([record(2)]),
        LogUnavailable("away", 0),
    )
    way = inflow(store, consumer)
    assert await offsets(way) == []
    assert await offsets(way) == [0, 1]
    await way.wait(0.01)
    assert await offsets(way) == [2]


async def test_what_waits_of_a_partition_that_comes_back_is_read_again_not_twice(
    store: Store,
) -> None:
    consumer = ScriptedConsumer(
        Polled(assigned=(PLACE, OTHER)),
        Polled([record(0), record(0, OTHER)]),
        Polled(revoked=(PLACE,)),
        Polled(assigned=(PLACE,)),
    )
    way = inflow(store, consumer)
    await way.records()
    await way.wait(0.01)
    consumer.script.append(Polled([record(0), record(1)]))
    taken = [(r.partition, r.offset) for _ in range(3) for r in await way.records()]
    assert taken == [(1, 0), (0, 0), (0, 1)]


async def test_a_partition_that_somebody_else_moved_goes_on_from_there(store: Store) -> None:
    consumer = ScriptedConsumer(Polled(assigned=(PLACE, OTHER)))
    way = inflow(store, consumer)
    await way.records()
    await store.submit(ChangeSet(positions=[Position("g", PLACE, None, 1)]))
    way.take_again([PLACE])
    # Read before it was placed again, and a gap behind where it goes on.
    consumer.script.append(Polled([record(2), record(0, OTHER)]))
    await way.wait(0.0)
    assert [(r.partition, r.offset) for r in await way.records()] == [(1, 0)]
    assert consumer.told[-2:] == [("seek", (PLACE, 1)), ("resume", [PLACE])]
    consumer.script.append(Polled([record(1), record(2)]))
    assert await offsets(way) == [1, 2]


async def test_a_partition_that_somebody_else_moved_and_has_is_left_to_it(store: Store) -> None:
    consumer = ScriptedConsumer(Polled(assigned=(PLACE,)))
    way = inflow(store, consumer)
    await way.records()
    way.take_again([PLACE])
    consumer.script.append(Polled(revoked=(PLACE,)))
    await way.wait(0.0)
    consumer.told.clear()
    assert await offsets(way) == []
    assert consumer.told == []


async def test_waiting_pauses_and_then_resumes_what_is_held(store: Store) -> None:
    consumer = ScriptedConsumer(Polled(assigned=(PLACE, OTHER)), Polled(), Polled(revoked=(OTHER,)))
    way = inflow(store, consumer)
    await way.records()
    consumer.told.clear()
    await way.wait(0.005)
    assert consumer.told == [("pause", [PLACE, OTHER]), ("resume", [PLACE])]
