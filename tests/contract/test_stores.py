from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from harken.store.port import Store
from harken.testing.conformance.store import StoreConformance
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in


class TestSqliteStore(StoreConformance):
    @pytest.fixture
    async def store(self, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Store]:
        async with store_in(tmp_path, clock) as store:
            yield store
