from __future__ import annotations

import asyncio

import pytest

from harken.channels.backlog import Backlog

PATIENCE = 20.0


async def test_who_takes_slowly_slows_down_who_says_it() -> None:
    backlog: Backlog[int] = Backlog(most=10)
    said: list[int] = []

    async def say() -> None:
        for number in range(50):
            await backlog.put(number, size=4)
            said.append(number)

    saying = asyncio.create_task(say())
    taken: list[int] = []
    while len(taken) < 50:
        await asyncio.sleep(0)
        assert backlog.size <= 10
        taken += await backlog.take(1, PATIENCE)
        assert len(said) <= len(taken) + 3
    await saying
    assert taken == list(range(50))


async def test_one_item_fits_however_large_it_is() -> None:
    backlog: Backlog[str] = Backlog(most=1)
    await backlog.put("a", size=1_000)
    assert await backlog.take(5, PATIENCE) == ["a"]


async def test_what_was_said_before_the_end_is_taken_before_it_is_told() -> None:
    backlog: Backlog[str] = Backlog(most=100)
    await backlog.put("a", 1)
    await backlog.end(RuntimeError("cut"))
    assert await backlog.take(5, PATIENCE) == ["a"]
    with pytest.raises(RuntimeError, match="cut"):
        await backlog.take(5, PATIENCE)


async def test_without_news_nothing_is_taken() -> None:
    backlog: Backlog[str] = Backlog(most=100)
    assert await backlog.take(5, 0.0) == []
