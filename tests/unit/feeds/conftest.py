from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.feeds.reader import World, world


@pytest.fixture
async def web() -> AsyncIterator[World]:
    async with world() as made:
        yield made
