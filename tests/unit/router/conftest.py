from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from harken.store.sqlite import SqliteStore
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from tests.unit.router.service import RouterApi, router_api


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[SqliteStore]:
    async with store_in(tmp_path, clock) as store:
        yield store


@pytest.fixture
async def router(tmp_path: Path) -> AsyncIterator[RouterApi]:
    async with router_api(tmp_path) as router:
        yield router
