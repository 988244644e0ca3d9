from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from harken.store.port import Store
from harken.testing.conformance.store import StoreConformance
from harken.testing.conformance.store_machine import store_machine
from harken.testing.conformance.store_retention import StoreRetentionConformance
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in


class TestSqliteStore(StoreConformance):
    @pytest.fixture
    async def store(self, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Store]:
        async with store_in(tmp_path, clock) as store:
            yield store


class TestSqliteRetention(StoreRetentionConformance):
    @pytest.fixture
    async def store(self, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Store]:
        async with store_in(tmp_path, clock) as store:
            yield store


@asynccontextmanager
async def throwaway_store(clock: FakeClock) -> AsyncIterator[Store]:
    with TemporaryDirectory() as folder:
        async with store_in(Path(folder), clock) as store:
            yield store


TestSqliteStoreAgainstDicts = store_machine(throwaway_store, in_order=True).TestCase
TestSqliteStoreAgainstDicts.settings = settings(
    max_examples=30, stateful_step_count=30, deadline=None
)
