"""What every `Clock` keeps to."""

from __future__ import annotations

import asyncio

import pytest

from harken.clock import Clock
from harken.domain.time import Duration, elapsed, milliseconds


class ClockConformance:
    """Subclass it and give a ``clock`` fixture."""

    @pytest.fixture
    def clock(self) -> Clock:
        raise NotImplementedError

    async def let_pass(self, clock: Clock, duration: Duration) -> None:
        """Makes the clock's time pass where it doesn't by itself."""

    def test_now_never_goes_back(self, clock: Clock) -> None:
        instants = [clock.now() for _ in range(10_000)]
        assert instants == sorted(instants)

    async def test_sleep_waits_at_least_the_duration(self, clock: Clock) -> None:
        start = clock.now()
        sleeper = asyncio.create_task(clock.sleep(milliseconds(20)))
        await asyncio.sleep(0)
        await self.let_pass(clock, milliseconds(20))
        await asyncio.wait_for(sleeper, 10)
        assert elapsed(start, clock.now()) >= milliseconds(20)

    @pytest.mark.parametrize("duration", [0, -1, -1_000_000])
    async def test_sleeping_for_no_time_returns(self, clock: Clock, duration: int) -> None:
        await asyncio.wait_for(clock.sleep(Duration(duration)), 10)
