"""Rates under doubles, late records, batches of any size, crashes before and after the commit.

Whatever happens, the alerts are those of the plain list of matches, in the order in which each of
them was first handled.
"""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harken.domain.mention import Mention
from harken.domain.time import Instant, after, minutes
from harken.testing.builders import NOW
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from services.ingest.domain.alert import AlertKind
from tests.unit.ingest_alerting.following import Following, each, keep, match, rate, tracker
from tests.unit.ingest_alerting.test_rate import every_window

RATE = rate(3, 2, 5)
NAMES = st.sampled_from([str(number) for number in range(24)])
HALF_MINUTES = st.integers(0, 40)
BATCHES = st.lists(st.tuples(NAMES, HALF_MINUTES), min_size=1, max_size=6)


class AlertMachine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.open = AsyncExitStack()
        folder = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        store = self.runner.run(self.open.enter_async_context(store_in(folder, FakeClock())))
        self.runner.run(keep(store, tracker(RATE, each())))
        self.following = Following(store)
        self.counted: dict[str, Instant] = {}

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.runner.run(self.open.aclose())
            self.runner.close()

    def mentions(self, batch: list[tuple[str, int]]) -> list[Mention]:
        """A name that comes again is the same mention, received at another time."""
        return [match(name, after(NOW, minutes(half / 2))) for name, half in batch]

    def known(self, batch: list[tuple[str, int]]) -> None:
        for name, half in batch:
            self.counted.setdefault(name, after(NOW, minutes(half / 2)))

    @rule(batch=BATCHES)
    def handled(self, batch: list[tuple[str, int]]) -> None:
        self.runner.run(self.following.handle(*self.mentions(batch)))
        self.known(batch)

    @rule(batch=BATCHES)
    def killed_before_the_commit_and_started_again(self, batch: list[tuple[str, int]]) -> None:
        self.runner.run(self.following.decide(self.mentions(batch)))
        self.handled(batch)

    @rule(batch=BATCHES, cut=st.integers(1, 5))
    def killed_after_the_commit_and_cut_otherwise(
        self, batch: list[tuple[str, int]], cut: int
    ) -> None:
        """The stored position rules: only what lies behind it comes again."""
        self.handled(batch[:cut])
        if batch[cut:]:
            self.handled(batch[cut:])

    @invariant()
    def alerts_are_those_of_the_plain_list(self) -> None:
        if not hasattr(self, "following"):
            return
        alerts = self.runner.run(self.following.alerts())
        rates = sorted(one.at for one in alerts if one.kind is AlertKind.TRACKER_RATE)
        told, _ = every_window(RATE, [], list(self.counted.values()))
        assert rates == sorted(told)
        assert len(alerts) - len(rates) == len(self.counted)
        events = self.runner.run(self.following.events())
        assert sorted(events) == sorted(alert.id for alert in alerts)


TestAlerts = AlertMachine.TestCase
TestAlerts.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
