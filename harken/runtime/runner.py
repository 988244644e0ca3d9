"""The stage runner: poll → decode → handle → publish → submit with the positions, in that order.

What an exception means is said in `harken.runtime.verdict`. A record is passed only by a
position that was stored together with its effects, or with its dead letter.
"""

from __future__ import annotations

from collections.abc import Sequence

from harken.clock import Clock
from harken.domain.time import seconds
from harken.log.port import EventLog, LogUnavailable, Record
from harken.runtime.batch import Batch, take
from harken.runtime.handling import Handling
from harken.runtime.inflow import Inflow
from harken.runtime.positions import Positions
from harken.runtime.pulse import Pulse
from harken.runtime.report import LAG_SECONDS, StageReport
from harken.runtime.retry import Backoff
from harken.runtime.service import Kit
from harken.runtime.settings import Settings
from harken.runtime.stage import Stage
from harken.runtime.stall import Watch
from harken.runtime.verdict import (
    Again,
    Condemn,
    Crash,
    Recheck,
    Retry,
    Split,
    Verdict,
    Wait,
    judge,
)
from harken.store.changes import StoreUnavailable
from harken.store.port import Store


class StageRunner:
    """A worker; see `of`. ``backoff`` draws the pauses between tries."""

    def __init__(
        self,
        stage: Stage,
        log: EventLog,
        store: Store,
        clock: Clock,
        settings: Settings,
        backoff: Backoff,
    ) -> None:
        self.name = f"stage:{stage.group}"
        self._stage = stage
        self._topics = {topic.name: topic for topic in stage.topics}
        self._log = log
        self._settings = settings
        self._backoff = backoff
        self._report = StageReport(stage.group, clock)
        self._positions = Positions(store, stage.group)
        self._handling = Handling(
            stage,
            log,
            store,
            self._positions,
            settings.dead_letter_limit,
            seconds(settings.dead_letter_window),
        )

    @classmethod
    def of(cls, stage: Stage, kit: Kit) -> StageRunner:
        settings = kit.settings
        return cls(stage, kit.log, kit.store, kit.clock, settings, Backoff.of(settings))

    async def run(self, pulse: Pulse) -> None:
        consumer = self._log.consumer(self._stage.group, list(self._topics))
        most = min(self._stage.batch, self._settings.stage_batch)
        inflow = Inflow(consumer, self._positions, pulse, most, self._settings.poll_timeout)
        try:
            await self._loop(inflow, pulse)
        finally:
            await inflow.close()

    async def _loop(self, inflow: Inflow, pulse: Pulse) -> None:
        failed, look_at = 0, pulse.now()
        watch = Watch(self._settings.stalled_limit, pulse.now)
        while not pulse.stopping.is_set():
            try:
                records = await inflow.records()
                if records:
                    await self._work_off(records, inflow, pulse)
                    watch.well()
                # A poll that brings nothing says nothing of the log: clients may wait in silence.
                if pulse.now() >= look_at or (failed and not records):
                    await self._look(watch)
                    look_at = pulse.now() + LAG_SECONDS
            except (LogUnavailable, StoreUnavailable) as away:
                failed += 1
                pulse.pause(str(away))
                if isinstance(away, LogUnavailable):
                    watch.check(str(away))
                else:
                    watch.well()
                await pulse.sleep(self._backoff.pause(failed, away.retry_after))
            else:
                if failed:
                    failed = 0
                    pulse.resume()

    async def _look(self, watch: Watch) -> None:
        """Raises `LogUnavailable` and `Stalled`."""
        if await self._report.lag(self._log, list(self._topics), self._positions):
            watch.check("records wait in the log, and none come")
        else:
            watch.well()

    async def _work_off(self, records: Sequence[Record], inflow: Inflow, pulse: Pulse) -> None:
        """Returns when each record is handled, dead-lettered or another's; or at a stop."""
        group = self._stage.group
        todo = [Batch([take(record, self._topics, group) for record in records])]
        while todo and not pulse.stopping.is_set():
            batch = self._still_to_do(todo.pop())
            if not batch.items:
                continue
            started = pulse.now()
            try:
                if self._positions.doubtful:
                    inflow.take_again(await self._positions.recheck())
                    batch = self._still_to_do(batch)
                if batch.items:
                    await self._handling.apply(batch)
            except Exception as error:  # noqa: BLE001 - judged, and raised where it is not ours
                todo += await self._obey(judge(error, batch), error, batch, inflow, pulse)
            else:
                self._report.committed(batch, pulse.now() - started)
                pulse.resume()
            pulse.beat()

    def _still_to_do(self, batch: Batch) -> Batch:
        left, over = batch.parted(self._positions.to_do)
        self._report.passed_over(over, self._positions)
        return left

    async def _obey(
        self, verdict: Verdict, error: Exception, batch: Batch, inflow: Inflow, pulse: Pulse
    ) -> list[Batch]:
        """What is left to do, the last first."""
        match verdict:
            case Crash():
                raise error
            case Condemn(item, reason):
                self._report.trouble(error, batch, "record condemned")
                return [batch.condemn(item, reason)]
            case Split():
                self._report.trouble(error, batch, "batch split")
                first, second = batch.halves()
                return [second, first]
            case Again():
                batch.conflicts += 1
                self._report.trouble(error, batch, "decided again")
            case Recheck():
                batch.attempts += 1
                self._positions.doubt()
                self._report.trouble(error, batch, "position taken")
            case Retry():
                batch.failures += 1
                pause = self._backoff.pause(batch.failures)
                self._report.trouble(error, batch, "record failed", pause)
                await inflow.wait(pause)
            case Wait():
                await self._wait(verdict, error, batch, inflow, pulse)
        return [batch]

    async def _wait(
        self, wait: Wait, error: Exception, batch: Batch, inflow: Inflow, pulse: Pulse
    ) -> None:
        batch.attempts += 1
        attempt = batch.attempts if wait.grows else 1
        pause = self._backoff.pause(attempt, wait.seconds)
        if wait.serious or batch.attempts > 1:
            pulse.pause(wait.why)
        self._report.trouble(error, batch, "batch waits", pause)
        await inflow.wait(pause)
