"""The process is killed at random points while it publishes and submits."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select

from harken.clock import SystemClock
from harken.embedded.file import EmbeddedFile
from harken.log.port import TopicPartition
from harken.log.sqlite import SqliteLog
from harken.store.schema.infrastructure import OUTBOX, POSITIONS
from harken.store.schema.router import SKILLS
from harken.store.sqlite import SqliteStore

ROUNDS = 6

WRITER = """
import asyncio, sys
from pathlib import Path
from sqlalchemy import select
from harken.clock import SystemClock
from harken.embedded.file import EmbeddedFile
from harken.log.port import NewRecord, TopicPartition
from harken.log.sqlite import SqliteLog
from harken.store.changes import ChangeSet, Insert, Outgoing, Position
from harken.store.schema.infrastructure import POSITIONS
from harken.store.schema.router import SKILLS
from harken.store.sqlite import SqliteStore

async def work(lane, at, store, log):
    place = TopicPartition("work", lane)
    while True:
        following = (at or 0) + 1
        name = str(at or 0)
        await log.publish([NewRecord("dead-letters", b"", f"{lane} {name}".encode())])
        row = {"tenant": str(lane), "name": name, "revision": 1, "body": "x" * 500}
        event = Outgoing("router", str(lane), "work", b"", name, 1, b"")
        await store.submit(ChangeSet(
            positions=[Position("g", place, at, following)],
            writes=[Insert(SKILLS, row)],
            outbox=[event],
        ))
        print(lane, name, flush=True)
        at = following

async def main():
    clock = SystemClock()
    file = await EmbeddedFile.open(Path(sys.argv[1]), clock)
    store, log = await SqliteStore.open(file, clock), await SqliteLog.open(file, clock)
    async with store.reading() as snapshot:
        rows = await snapshot.across_tenants().all(select(POSITIONS))
    at = {row.partition: row.next for row in rows}
    await asyncio.gather(*(work(lane, at.get(lane), store, log) for lane in range(8)))

asyncio.run(main())
"""

Done = Mapping[str, int]
"""How many units of each lane were acknowledged."""


async def test_what_was_acknowledged_is_there_and_moved_together(tmp_path: Path) -> None:
    path = tmp_path / "harken.db"
    chance = random.Random(11)
    done: dict[str, int] = defaultdict(int)
    for _ in range(ROUNDS):
        run_and_kill(path, chance.randrange(1, 300), done)
        await check(path, done)
    assert sum(done.values()) >= ROUNDS


def run_and_kill(path: Path, after_lines: int, done: dict[str, int]) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        for _ in range(after_lines):
            acknowledge(child.stdout.readline(), done)
        child.kill()
        for line in child.stdout:
            acknowledge(line, done)


def acknowledge(line: str, done: dict[str, int]) -> None:
    """The last line may have been cut short by the end of its writer."""
    if line.endswith("\n"):
        lane, name = line.split()
        done[lane] = int(name) + 1


async def check(path: Path, done: Done) -> None:
    clock = SystemClock()
    file = await EmbeddedFile.open(path, clock)
    try:
        store, log = await SqliteStore.open(file, clock), await SqliteLog.open(file, clock)
        await check_store(store, done)
        await check_log(log, done)
        integrity = await file.read(lambda c: c.execute("PRAGMA integrity_check").fetchone())
        assert integrity == ("ok",)
    finally:
        await file.close()


async def check_store(store: SqliteStore, done: Done) -> None:
    async with store.reading() as snapshot:
        rows = snapshot.across_tenants()
        positions = await rows.all(select(POSITIONS))
        at = {str(row.partition): row.next for row in positions}
        expected = {(lane, str(n)) for lane, following in at.items() for n in range(following)}
        skills = await rows.all(select(SKILLS.c.tenant, SKILLS.c.name))
        outbox = await rows.all(select(OUTBOX.c.tenant, OUTBOX.c.aggregate))
    assert {tuple(row) for row in skills} == expected
    assert sorted(tuple(row) for row in outbox) == sorted(expected)
    for lane, count in done.items():
        assert at[lane] >= count


async def check_log(log: SqliteLog, done: Done) -> None:
    consumer = log.consumer("g", ["dead-letters"])
    await consumer.poll(1, 0)
    consumer.seek(TopicPartition("dead-letters", 0), None)
    found = set()
    while records := (await consumer.poll(1_000, 0)).records:
        found |= {record.value for record in records}
    for lane, count in done.items():
        assert {b"%s %d" % (lane.encode(), n) for n in range(count)} <= found
