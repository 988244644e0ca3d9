"""A stage, its relay and its dead letters on the embedded log and store, in one file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harken.clock import SystemClock
from harken.embedded.file import EmbeddedFile
from harken.events.codec import decode_dead_letter
from harken.events.topics import DEAD_LETTERS, MENTIONS_TAGGED
from harken.events.v1 import dead_letter_pb2
from harken.log.port import EventLog, Record
from harken.log.sqlite import SqliteLog
from harken.runtime.dead_letters import SERVICE, list_dead_letters, retry_dead_letter
from harken.runtime.relay import OutboxRelay
from harken.runtime.runner import StageRunner
from harken.store.port import Store
from harken.store.sqlite import SqliteStore
from harken.testing.runtime import (
    AT_ONCE,
    TOPIC,
    CountingStage,
    mention_record,
    outcome,
    quick_settings,
    running,
    until,
)


@dataclass(frozen=True)
class Node:
    """One life of a process on a data file."""

    log: EventLog
    store: Store
    stage: CountingStage
    runner: StageRunner
    relays: tuple[OutboxRelay, ...]


async def start(folder: Path, until_closed: AsyncExitStack) -> Node:
    clock = SystemClock()
    file = await EmbeddedFile.open(folder / "harken.db", clock)
    until_closed.push_async_callback(file.close)
    store, log = await SqliteStore.open(file, clock), await SqliteLog.open(file, clock)
    stage = CountingStage(batch=64)
    runner = StageRunner(stage, log, store, clock, quick_settings(), AT_ONCE)
    relays = tuple(
        OutboxRelay(service, "holder", log, store, clock, AT_ONCE)
        for service in ("counting", SERVICE)
    )
    return Node(log, store, stage, runner, relays)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def read(log: EventLog, topic: str, count: int) -> list[Record]:
    consumer = log.consumer("reader", [topic])
    for place in (await consumer.poll(1, 0.0)).assigned:
        consumer.seek(place, None)
    records: list[Record] = []
    while len(records) < count:
        records.extend((await consumer.poll(1_000, 0.05)).records)
    await consumer.close()
    return records


async def done(node: Node, count: int) -> bool:
    return sum((await outcome(node.store)).positions.values()) == count


async def test_records_go_through_and_a_second_life_goes_on_where_the_first_ended(
    tmp_path: Path, stack: AsyncExitStack
) -> None:
    async with AsyncExitStack() as first_life:
        node = await start(tmp_path, first_life)
        await node.log.publish([mention_record(f"a{n % 37}") for n in range(500)])
        async with running(node.runner), running(node.relays[0]):
            await until(lambda: done(node, 500))
            assert len(await read(node.log, MENTIONS_TAGGED.name, 500)) == 500
    node = await start(tmp_path, stack)
    await node.log.publish([mention_record(f"b{n}") for n in range(50)])
    async with running(node.runner), running(node.relays[0]):
        await until(lambda: done(node, 550))
        out = await read(node.log, MENTIONS_TAGGED.name, 550)
    assert sum(map(len, node.stage.batches)) == 50
    result = await outcome(node.store)
    assert len(result.effects) == 550
    assert set(result.effects.values()) == {1}
    assert len({(record.partition, record.offset) for record in out}) == 550


async def test_a_dead_letter_is_announced_and_once_mended_can_be_handled(
    tmp_path: Path, stack: AsyncExitStack
) -> None:
    node = await start(tmp_path, stack)
    broken = replace(mention_record("ola"), value=b"\xff\xff\xff")
    poison = mention_record("ola", "poison until it is mended")
    await node.log.publish([broken, poison, mention_record("ola")])
    async with running(node.runner), running(node.relays[1]):
        await until(lambda: done(node, 3))
        announced = await read(node.log, DEAD_LETTERS.name, 2)
        letters = [
            decode_dead_letter(dead_letter_pb2.DeadLetter.FromString(record.value))
            for record in announced
        ]
        kept = {stored.letter.id: stored.letter for stored in await list_dead_letters(node.store)}
        assert {letter.id: letter for letter in letters} == kept

        node.stage.mended = True
        (mended,) = [letter for letter in letters if letter.value == poison.value]
        await retry_dead_letter(node.store, node.log, mended.id)
        await until(lambda: done(node, 4))
    assert len((await outcome(node.store)).effects) == 2
    assert [each.letter.value for each in await list_dead_letters(node.store)] == [broken.value]
    (retried,) = (await read(node.log, TOPIC.name, 4))[-1:]
    assert dict(retried.headers)["harken-retry"] == mended.id.encode()
