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
from harken.telemetry.logs import Log
from services.router.rates.stages import COUNTING
from services.router.rates.worker.application import Application, Event
from services.router.rates.worker.counter import Counter

WAITING = 1_000
"""Events that may wait to be counted; with more of them Faust reads no further."""
LOOK_SECONDS = 1.0
SETTLING_SECONDS = SESSION_SECONDS + 2.0 * REBALANCE_SECONDS
"""How long sharing out partitions may take: first the group waits for members that are no more."""

LOST_SECONDS = 30.0
"""Where records of a partition wait for so long, and none is counted, Faust is told to go back."""
STUCK_SECONDS = 180.0
"""After so long the process ends."""

_log = Log(__name__)


class CountingEnded(Exception):
    """Faust gave up, or lost its way. A restart goes on where the counts are durable."""


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
        self._went_back = pulse.now()
        self._behind = 0
        self._waits: dict[int, tuple[int, float]] = {}
        """Of each partition whose records wait: where it is, and since when."""

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
            await self._find_the_way()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._pulse.stopping.wait(), LOOK_SECONDS)

    async def _find_the_way(self) -> None:
        """Faust forgets what it had read when partitions move, and does not always go back."""
        now = self._pulse.now()
        longest = max((now - since for _, since in self._waits.values()), default=0.0)
        if longest > STUCK_SECONDS:
            raise CountingEnded(f"{COUNTING}: records wait, and none is counted")
        if longest > LOST_SECONDS and now - self._went_back > LOST_SECONDS:
            self._went_back = now
            _log.warning("goes back to what was acknowledged", count=self._behind)
            await self._application.go_back()

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
            self._waits.clear()
            return True
        if self._application.settling or not self._starting.done():
            self._pulse.pause("partitions are shared out, and their counts read")
            self._waits.clear()
            return self._pulse.now() - self._settled < SETTLING_SECONDS
        self._pulse.resume()
        self._settled = self._pulse.now()
        self._look(ends)
        return not self._behind

    def _look(self, ends: Mapping[TopicPartition, int]) -> None:
        held = self._application.held()
        self._waits = {at: waits for at, waits in self._waits.items() if at in held}
        self._behind = 0
        for partition in held:
            end = ends[TopicPartition(MENTIONS_TAGGED.name, partition)]
            at = self._counter.at(partition)
            waiting = 0 if at is None else max(end - at, 0)
            metrics.LAG.labels(COUNTING, MENTIONS_TAGGED.name, str(partition)).set(waiting)
            self._behind += waiting
            if at is None or not waiting:
                self._waits.pop(partition, None)
            elif self._waits.get(partition, (-1, 0.0))[0] != at:
                self._waits[partition] = at, self._pulse.now()
