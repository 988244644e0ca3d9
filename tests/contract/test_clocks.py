from __future__ import annotations

import asyncio

import pytest

from harken.clock import Clock, SystemClock
from harken.domain.time import Duration, milliseconds
from harken.testing.conformance.clock import ClockConformance
from harken.testing.fakes.clock import FakeClock


class TestSystemClock(ClockConformance):
    @pytest.fixture
    def clock(self) -> Clock:
        return SystemClock()

    def test_a_step_back_of_the_system_repeats_the_last_instant(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock = SystemClock()
        times = iter([5_000_000, 3_000_000, 6_000_000])
        monkeypatch.setattr("harken.clock.time.time_ns", lambda: next(times))
        assert [clock.now(), clock.now(), clock.now()] == [5_000, 5_000, 6_000]


class TestFakeClock(ClockConformance):
    @pytest.fixture
    def clock(self) -> Clock:
        return FakeClock()

    async def let_pass(self, clock: Clock, duration: Duration) -> None:
        assert isinstance(clock, FakeClock)
        clock.advance(duration)

    async def test_sleepers_wake_when_their_time_has_come_and_not_before(self) -> None:
        clock = FakeClock()
        woken: list[str] = []

        async def sleeper(name: str, duration: Duration) -> None:
            await clock.sleep(duration)
            woken.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(sleeper("late", milliseconds(30)))
            group.create_task(sleeper("early", milliseconds(10)))
            await asyncio.sleep(0)
            assert clock.sleeping == 2
            clock.advance(milliseconds(9))
            await asyncio.sleep(0)
            assert woken == []
            clock.advance(milliseconds(1))
            await asyncio.sleep(0)
            assert woken == ["early"]
            clock.advance(milliseconds(60))
        assert woken == ["early", "late"]

    def test_it_cannot_be_set_back(self) -> None:
        with pytest.raises(ValueError, match="never goes back"):
            FakeClock().advance(Duration(-1))
