from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Select

from harken.domain.ids import TenantId
from harken.store.port import Store
from harken.testing.conformance import store_tenants
from harken.testing.conformance.store_tenants import TENANTS, TenantViewConformance, fill, queries
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in


class TestSqliteStore(TenantViewConformance):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[Store]:
        async with store_in(tmp_path, FakeClock()) as store:
            await fill(store, TENANTS)
            yield store


Stores = tuple[asyncio.Runner, Store, dict[TenantId, Store]]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """One with all tenants' rows, and one for each tenant."""

    async def open_stores(stack: AsyncExitStack) -> tuple[Store, dict[TenantId, Store]]:
        opened = []
        for tenants in (TENANTS, *((tenant,) for tenant in TENANTS)):
            folder = tmp_path_factory.mktemp("store")
            store = await stack.enter_async_context(store_in(folder, FakeClock()))
            await fill(store, tenants)
            opened.append(store)
        return opened[0], dict(zip(TENANTS, opened[1:], strict=True))

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        everybodys, own = runner.run(open_stores(stack))
        yield runner, everybodys, own
        runner.run(stack.aclose())


@given(query=queries(), tenant=st.sampled_from(TENANTS))
@settings(max_examples=300, deadline=None)
def test_other_tenants_rows_change_no_answer(
    stores: Stores, query: Select[Any], tenant: TenantId
) -> None:
    runner, everybodys, own = stores
    runner.run(store_tenants.assert_view_is_the_tenants_own(query, tenant, everybodys, own[tenant]))
