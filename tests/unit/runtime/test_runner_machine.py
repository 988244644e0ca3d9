"""Random failures, crashes between any two steps, rebalances, takeovers and poison records.

Whatever happens, each record has its effect once or is dead-lettered once, a position never
passes a record that is neither, and who lives on has done all that the log gave it to do.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harken.log.port import LogUnavailable, NewRecord, Polled, TopicPartition
from harken.runtime.flow import Backpressure, Transient
from harken.runtime.pulse import Pulse
from harken.runtime.runner import StageRunner
from harken.runtime.stage import Received
from harken.store.changes import ChangeSet, RevisionConflict, StoreUnavailable
from harken.store.port import Store
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.event_log import FakeConsumer, FakeEventLog
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
)

T = TypeVar("T")

FAULTS = ("none", "away", "away afterwards", "kill", "kill afterwards", "conflict", "rebalance")
PLANS = st.lists(st.sampled_from(FAULTS), max_size=14)
TEXTS = st.sampled_from(["good", "good", "good", "poison", "invalid", "broken"])
AUTHORS = st.sampled_from(["ola", "jana", "ivo", "mara"])


class Killed(BaseException):
    """The process dies here."""


class Faults:
    """What goes wrong next, one thing for each step that a runner takes; then nothing."""

    def __init__(self, plan: Iterable[str]) -> None:
        self._plan = deque(plan)

    async def around(self, step: Callable[[], Awaitable[T]], away: Exception) -> T:
        fault = self._plan.popleft() if self._plan else "none"
        if fault == "kill":
            raise Killed
        if fault == "away":
            raise away
        if fault == "conflict" and isinstance(away, StoreUnavailable):
            raise RevisionConflict("changed")
        result = await step()
        if fault == "kill afterwards":
            raise Killed
        if fault == "away afterwards":
            raise away
        return result

    def rebalance(self) -> bool:
        if self._plan and self._plan[0] == "rebalance":
            self._plan.popleft()
            return True
        return False


class FaultyStore:
    def __init__(self, store: Store, faults: Faults) -> None:
        self._store, self._faults = store, faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def submit(self, change: ChangeSet) -> None:
        await self._faults.around(lambda: self._store.submit(change), StoreUnavailable("gone", 0))


class FaultyConsumer:
    """Stops the runner after some polls that brought nothing."""

    def __init__(self, consumer: FakeConsumer, faults: Faults, pulse: Pulse) -> None:
        self._consumer, self._faults, self._pulse = consumer, faults, pulse
        self._idle = 0
        self._away: list[TopicPartition] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._consumer, name)

    async def poll(self, max_records: int, timeout: float) -> Polled:  # noqa: ARG002 - no waits
        if self._faults.rebalance() and not self._consumer._news:
            self._rebalance()
        # A poll that fails brings nothing, and loses nothing.
        await self._faults.around(lambda: asyncio.sleep(0), LogUnavailable("gone", 0))
        polled = await self._consumer.poll(max_records, 0.0)
        self._idle = 0 if polled.records or polled.assigned or polled.revoked else self._idle + 1
        # Where it is to bring nothing, more may come.
        if self._idle > (50 if self._consumer._paused else 2):
            self._pulse.stopping.set()
        await asyncio.sleep(0)
        return polled

    def _rebalance(self) -> None:
        if self._away:
            self._consumer.assign(self._away)
            self._away = []
        else:
            self._away = [TopicPartition(TOPIC.name, 0), TopicPartition(TOPIC.name, 3)]
            self._consumer.revoke(self._away)


class FaultyLog:
    def __init__(self, log: FakeEventLog, faults: Faults, pulse: Pulse) -> None:
        self._log, self._faults, self._pulse = log, faults, pulse
        self.given: list[FakeConsumer] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def consumer(self, group: str, topics: Sequence[str]) -> Any:
        self.given.append(self._log.consumer(group, topics))
        return FaultyConsumer(self.given[-1], self._faults, self._pulse)


class RunnerMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.log = FakeEventLog(self.clock)
        self.open = AsyncExitStack()
        folder = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        entering = self.open.enter_async_context(store_in(folder, self.clock))
        self.store = self.runner.run(entering)
        self.bad: set[str] = set()

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        try:
            self.finish()
        finally:
            self.runner.run(self.open.aclose())
            self.runner.close()

    @rule(records=st.lists(st.tuples(AUTHORS, TEXTS), min_size=1, max_size=12))
    def publish(self, records: list[tuple[str, str]]) -> None:
        self.runner.run(self.log.publish([made(author, text) for author, text in records]))

    @rule(plan=PLANS, batch=st.integers(1, 8))
    def run(self, plan: list[str], batch: int) -> None:
        self.runner.run(self.one_life(plan, batch))

    @rule(first=PLANS, second=PLANS)
    def two_think_they_own_everything(self, first: list[str], second: list[str]) -> None:
        self.two_live(first, second)

    @rule(steps=st.integers(0, 8), plan=PLANS)
    def the_last_act_of_one_is_the_other_s_surprise(self, steps: int, plan: list[str]) -> None:
        self.two_live([*["none"] * steps, "kill afterwards"], plan)

    def two_live(self, first: list[str], second: list[str]) -> None:
        async def both() -> None:
            await asyncio.gather(self.one_life(first, 3), self.one_life(second, 5))

        self.runner.run(both())

    async def one_life(self, plan: list[str], batch: int) -> None:
        """From the start of a process to its end, graceful or not."""
        faults, pulse = Faults(plan), new_pulse()

        async def may_fail(_: Sequence[Received]) -> None:
            await asyncio.sleep(0)
            away = Transient("gone", 0) if len(plan) % 2 else Backpressure("full", 0)
            await faults.around(lambda: asyncio.sleep(0), away)

        stage = CountingStage(batch=batch, before=may_fail)
        log, store = FaultyLog(self.log, faults, pulse), FaultyStore(self.store, faults)
        chosen = quick_settings(dead_letter_limit=10_000)
        runner = StageRunner(stage, log, store, self.clock, chosen, AT_ONCE)
        try:
            await runner.run(pulse)
        except Killed:
            return
        done = (await outcome(self.store)).positions
        ends = await self.log.ends([TOPIC.name])
        for place in log.given[0]._assigned:
            assert done.get(place, 0) == ends[place]

    def now(self) -> Outcome:
        return self.runner.run(outcome(self.store))

    def names(self, below: Callable[[TopicPartition], int]) -> dict[str, bool]:
        """The records under these positions, and whether each of them is good."""
        return {
            f"{place.partition}@{record.offset}": b"good" in record.value
            for place, records in self.log.records.items()
            if place.topic == TOPIC.name
            for record in records[: below(place)]
        }

    @invariant()
    def nothing_is_passed_over_and_nothing_is_done_twice(self) -> None:
        if not hasattr(self, "store"):
            return
        found = self.now()
        passed = self.names(lambda place: found.positions.get(place, 0))
        good = {name for name, is_good in passed.items() if is_good}
        assert found.effects == dict.fromkeys(good, 1)
        assert found.dead == dict.fromkeys(passed.keys() - good, 1)

    def finish(self) -> None:
        """Once nothing goes wrong any more, everything is done."""
        every = self.names(lambda place: len(self.log.records[place]))
        for _ in range(20):
            self.runner.run(self.one_life([], 4))
            found = self.now()
            if sum(found.positions.values()) == len(every):
                break
        assert found.effects.keys() | found.dead.keys() == every.keys()
        self.nothing_is_passed_over_and_nothing_is_done_twice()


def made(author: str, text: str) -> NewRecord:
    record = mention_record(author, text)
    if text == "broken":
        return NewRecord(record.topic, record.key, b"\xff\xff\xff broken")
    return record


TestRunner = RunnerMachine.TestCase
TestRunner.settings = settings(
    max_examples=60,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
