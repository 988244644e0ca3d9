"""A process that is stopped just before its first write, however long, and then goes on. Run by
the tests: ``python -m tests.chaos.pausing WORKER ADDRESS SCHEMA FILE``.

It prints what became of that write. What it sends to the log is in the file.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from harken.clock import SystemClock
from harken.domain.time import Instant
from harken.log.port import EventLog, NewRecord
from harken.runtime import relay
from harken.runtime.pulse import Pulse
from harken.runtime.relay import OutboxRelay
from harken.runtime.service import Worker
from harken.runtime.timer_worker import TimerWorker
from harken.runtime.timers import Timer
from harken.store.changes import ChangeRefused, ChangeSet, Outgoing
from harken.store.port import Store
from harken.store.postgres import PostgresStore
from harken.testing.runtime import AT_ONCE, new_pulse
from services.router import decider
from services.router.decider import Decider

LEASE_SECONDS = 1.0


class Stopping:
    """A store whose first `submit` waits for SIGCONT."""

    def __init__(self, store: Store, pulse: Pulse) -> None:
        self._store = store
        self._pulse = pulse
        self.reading = store.reading
        self.claim = store.claim
        self.release = store.release
        self.wait = store.wait
        self.close = store.close

    async def submit(self, change: ChangeSet) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)
        self._pulse.stopping.set()
        try:
            await self._store.submit(change)
        except ChangeRefused as refused:
            sys.stdout.write(f"{type(refused).__name__}\n")
            raise
        sys.stdout.write("written\n")


class FileLog:
    """Each record's key on a line of its own, durable when `publish` returns."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def publish(self, records: Sequence[NewRecord]) -> None:
        with self._file.open("a") as file:
            file.writelines(f"{record.key.decode()}\n" for record in records)
            os.fsync(file.fileno())


async def once(timer: Timer, now: Instant) -> ChangeSet:
    aggregate = timer.aggregate
    return ChangeSet(outbox=[Outgoing("test", timer.tenant, "", b"", aggregate, 1, b"{}")])


def make(name: str, store: Store, holder: str, file: Path) -> Worker:
    clock = SystemClock()
    workers: dict[str, Any] = {
        "decider": lambda: Decider(store, clock, holder, AT_ONCE),
        "timers": lambda: TimerWorker("test", once, store, AT_ONCE),
        "relay": lambda: OutboxRelay(
            "test", holder, cast("EventLog", FileLog(file)), store, clock, AT_ONCE
        ),
    }
    return cast("Worker", workers[name]())


async def main(name: str, address: str, schema: str, file: str) -> None:
    decider.LEASE_SECONDS = relay.LEASE_SECONDS = LEASE_SECONDS
    store = await PostgresStore.open(address, schema=schema, connections=3)
    pulse = new_pulse()
    await make(name, Stopping(store, pulse), "paused", Path(file)).run(pulse)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
