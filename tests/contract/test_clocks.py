from __future__ import annotations

import asyncio

import pytest

from harken.clock import Clock, SystemClock
from harken.domain.time import NO_TIME, Duration, Instant, milliseconds, seconds
from harken.testing.conformance.clock import ClockConformance
from harken.testing.fakes.clock import FakeClock

SECOND = 1_000_000_000


class TestSystemClock(ClockConformance):
    @pytest.fixture
    def clock(self) -> Clock:
        return SystemClock()

    def test_after_a_step_back_time_goes_on_a_tenth_slower_until_it_is_caught_up(self) -> None:
        wall, passed = 1_000 * SECOND, 0
        clock = SystemClock(lambda: wall, lambda: passed)
        before = clock.now()
        wall -= 9 * SECOND
        assert clock.now() == before
        told = []
        for _ in range(100):
            wall, passed = wall + SECOND, passed + SECOND
            told.append(clock.now())
        assert told[0] == before + milliseconds(900)
        assert told == sorted(set(told))
        assert told[-1] == wall // 1_000

    def test_it_begins_after_what_was_stored(self) -> None:
        clock = SystemClock(lambda: 1_000 * SECOND, lambda: 0)
        assert clock.not_before(Instant(999_000_000)) == NO_TIME
        assert clock.now() == 1_000_000_000
        stored = Instant(1_060_000_000)
        assert clock.not_before(stored) == seconds(60)
        assert clock.now() > stored


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
