"""A process that delivers one reply and is killed at a chosen step. Run by the tests.

Its steps are counted where it meets the world: each change set, each call of the network, before
and after.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from harken.channels.exchange import Clients
from harken.channels.mastodon.channel import MastodonChannel
from harken.channels.port import Connection, OwnReply, Published, PublishRequest
from harken.clock import SystemClock
from harken.domain.time import NO_TIME, Duration, minutes, seconds
from harken.runtime.pulse import Pulse
from harken.store.changes import ChangeSet
from harken.store.port import Snapshot, Store
from harken.testing.fakes.store import store_in
from services.responder.domain.delivery_terms import Terms
from tests.unit.responder.desk import a_delivery

T = TypeVar("T")
TERMS = Terms(
    lease=seconds(1.5),
    deadline=seconds(2),
    lag=seconds(0.2),
    between=seconds(0.1),
    unreadable=minutes(1),
    margin=minutes(1),
    tries=3,
)
STEPS = 8
"""Of one delivery: claim, begin, publish, write down; before and after."""


class Fate:
    """Kills the process at step ``last``; 0 lets it live."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._step = 0

    async def around(self, deed: Callable[[], Awaitable[T]]) -> T:
        self._pass()
        done = await deed()
        self._pass()
        return done

    def _pass(self) -> None:
        self._step += 1
        if self._step == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalStore:
    def __init__(self, store: Store, fate: Fate) -> None:
        self._store = store
        self._fate = fate

    def reading(self) -> AbstractAsyncContextManager[Snapshot]:
        return self._store.reading()

    async def submit(self, change: ChangeSet) -> None:
        await self._fate.around(lambda: self._store.submit(change))

    async def claim(self, lease: str, holder: str, seconds: float) -> int | None:
        return await self._store.claim(lease, holder, seconds)

    async def release(self, lease: str, holder: str) -> None:
        await self._store.release(lease, holder)

    async def wait(self, seconds: float) -> None:
        await self._store.wait(min(seconds, 0.05))

    async def close(self) -> None:
        await self._store.close()


class MortalChannel(MastodonChannel):
    fate: Fate
    forgetful: bool
    """The network knows no key again."""

    async def publish(self, connection: Connection, request: PublishRequest) -> Published:
        publish = super().publish
        if self.forgetful:
            request = replace(request, key=str(time.time_ns()))
        return await self.fate.around(lambda: publish(connection, request))

    async def find_own_replies(
        self, connection: Connection, parent_source_id: str
    ) -> Sequence[OwnReply]:
        find = super().find_own_replies
        return await self.fate.around(lambda: find(connection, parent_source_id))

    async def keys_kept(self, connection: Connection) -> Duration:
        return NO_TIME if self.forgetful else await super().keys_kept(connection)


async def deliver(folder: Path, last_step: int, span: Duration, *, forgetful: bool = False) -> None:
    """Runs the delivery for a while, if it lives that long."""
    clock, fate = SystemClock(), Fate(last_step)
    channel = MortalChannel(clock, Clients(private_addresses=True))
    channel.fate, channel.forgetful = fate, forgetful
    async with store_in(folder, clock) as store:
        delivery = a_delivery(MortalStore(store, fate), channel, TERMS)
        pulse = Pulse(asyncio.Event(), time.monotonic)
        running = asyncio.create_task(delivery.run(pulse))
        await asyncio.sleep(span / 1_000_000)
        pulse.stopping.set()
        await running
    await channel.close()


if __name__ == "__main__":
    place, step, network = sys.argv[1:]
    asyncio.run(deliver(Path(place), int(step), seconds(10), forgetful=network == "forgetful"))
