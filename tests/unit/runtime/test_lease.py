"""A lease is renewed before it ends, asked for with patience, and given up for others to go on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from harken.runtime.lease import ASK_AGAIN, Lease
from harken.store.port import Store
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in

SECONDS = 30.0


class Asked:
    """A store that counts how often a lease was asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.times = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def claim(self, *lease: Any) -> int | None:
        self.times += 1
        return await self._store.claim(*lease)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Asked]:
    async with store_in(tmp_path, FakeClock()) as opened:
        yield Asked(opened)


def lease(store: Any, holder: str = "ours") -> Lease:
    return Lease(store, "work", holder, SECONDS)


async def test_it_is_renewed_when_a_third_of_it_is_over(store: Asked) -> None:
    ours = lease(store)
    held = [await ours.hold(now) for now in (0.0, SECONDS / 3, SECONDS / 3 + 1)]
    assert held[0] is not None
    assert held == [held[0]] * 3
    assert store.times == 2


async def test_what_another_holds_is_not_asked_for_all_the_time(store: Asked) -> None:
    await lease(store, "another").hold(0.0)
    ours = lease(store)
    assert [await ours.hold(now) for now in (0.0, ASK_AGAIN / 2, ASK_AGAIN)] == [None] * 3
    assert store.times == 3


async def test_after_a_doubt_it_is_asked_for(store: Asked) -> None:
    ours = lease(store)
    first = await ours.hold(0.0)
    ours.doubt()
    assert await ours.hold(0.0) == first
    assert store.times == 2


async def test_what_was_given_up_another_gets_at_once(store: Asked) -> None:
    ours, theirs = lease(store), lease(store, "another")
    held = await ours.hold(0.0)
    assert held is not None
    await ours.give_up()
    taken = await theirs.hold(0.0)
    assert taken is not None
    assert taken.epoch == held.epoch + 1
