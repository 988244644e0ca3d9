"""The loop of a counting process: it starts the application, watches it, and ends with it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from harken.clock import Clock
from harken.events.topics import MENTIONS_TAGGED
from harken.log.kafka import KafkaSettings
from harken.log.kafka.consumer import REBALANCE_SECONDS, SESSION_SECONDS
from harken.log.port import EventLog, LogUnavailable, TopicPartition
from harken.runtime.pulse import Pulse
from harken.telemetry import metrics
from services.router.rates.stages import COUNTING
from services.router.rates.worker.application import Application, Event
from services.router.rates.worker.counter import Counter

WAITING = 1_000
"""Events that may wait to be counted; with more of them Faust reads no further."""
LOOK_SECONDS = 1.0
SETTLING_SECONDS = SESSION_SECONDS + 2.0 * REBALANCE_SECONDS
"""How long sharing out partitions may take: first the group waits for members that are no more."""


class CountingEnded(Exception):
    """Faust gave up. A restart goes on where the counts are durable."""


class RateCounter:
    """A worker. It beats while it counts, reads what was counted, or has nothing to do."""

    name = f"faust:{COUNTING}"

    def __init__(self, settings: KafkaSettings, log: EventLog, clock: Clock) -> None:
        self._settings = settings
        self._log = log
        self._clock = clock

    async def run(self, pulse: Pulse) -> None:
        events: asyncio.Queue[Event] = asyncio.Queue(WAITING)
        with TemporaryDirectory() as folder:
            application = Application(self._settings, Path(folder), events.put)
            counter = Counter(application, events, self._clock)
            starting = asyncio.create_task(application.start())
            counting = asyncio.create_task(counter.run())
            try:
                await _Watch(application, counter, starting, counting, self._log, pulse).run()
            finally:
                counting.cancel()
                starting.cancel()
                await asyncio.gather(counting, starting, return_exceptions=True)
                # Commits what was acknowledged: all of it is durable.
                await application.stop()


class _Watch:
    def __init__(
        self,
        application: Application,
        counter: Counter,
        starting: asyncio.Task[None],
        counting: asyncio.Task[None],
        log: EventLog,
        pulse: Pulse,
    ) -> None:
        self._application = application
        self._counter = counter
        self._starting = starting
        self._counting = counting
        self._log = log
        self._pulse = pulse
        self._settled = pulse.now()
        self._generation = -1
        self._from: dict[int, int] = {}

    async def run(self) -> None:
        """Until it is time to stop. Raises `CountingEnded`, and what the tasks raise."""
        before: object = None
        while not self._pulse.stopping.is_set():
            self._raise_failures()
            idle = await self._idle()
            now = (self._counter.batches, self._application.recovered)
            if idle or now != before:
                self._pulse.beat()
            before = now
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._pulse.stopping.wait(), LOOK_SECONDS)

    def _raise_failures(self) -> None:
        for task in (self._starting, self._counting):
            if task.done():
                task.result()
        if self._application.ended:
            raise CountingEnded(COUNTING)

    async def _idle(self) -> bool:
        """Whether there is nothing to count, or nobody who would know, or others to wait for."""
        try:
            ends = await self._log.ends([MENTIONS_TAGGED.name])
        except LogUnavailable as away:
            self._pulse.pause(str(away))
            return True
        if self._application.settling or not self._starting.done():
            self._pulse.pause("partitions are shared out, and their counts read")
            return self._pulse.now() - self._settled < SETTLING_SECONDS
        self._pulse.resume()
        self._settled = self._pulse.now()
        return not self._behind(ends)

    def _behind(self, ends: Mapping[TopicPartition, int]) -> int:
        """Records that wait. Of a partition from which none was counted since it was assigned,
        those that came since then."""
        if self._generation != self._application.generation:
            self._generation = self._application.generation
            self._from.clear()
            self._counter.next.clear()
        total = 0
        for partition in self._application.held():
            end = ends[TopicPartition(MENTIONS_TAGGED.name, partition)]
            start = self._counter.next.get(partition, self._from.setdefault(partition, end))
            lag = metrics.LAG.labels(COUNTING, MENTIONS_TAGGED.name, str(partition))
            lag.set(max(end - start, 0))
            total += max(end - start, 0)
        return total
