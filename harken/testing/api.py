"""A service's operations behind the real edges, on a real store, without a socket.

@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with api_in(tmp_path, lambda store: [Service("notes", [note_routes(store)])]) as api:
        yield api

async def test_notes_are_kept(api: Api) -> None:
    agent = bearer(await api.key(Role.AGENT))
    answer = await api.client.post("/v1/notes", json={"text": "…"}, headers=agent)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
from fastapi import FastAPI

from harken.domain.ids import AgentId, TenantId
from harken.domain.roles import Role
from harken.http.api_keys import ApiKeys, create_api_key, create_tenant
from harken.http.app import Routed, build_app
from harken.http.feed import Feed
from harken.http.keys_api import keys_routes
from harken.http.sse import Timing, event_routes
from harken.http.state import Edges, EdgeSettings
from harken.store.sqlite import SqliteStore
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in

TENANT = TenantId("riverbend")
OTHER = TenantId("lowmill")


def bearer(token: str, **more: str) -> dict[str, str]:
    """Headers; underscores in further names become hyphens."""
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"Authorization": f"Bearer {token}", **named}


@dataclass(slots=True)
class Api:
    """``admin`` and ``other_admin`` are tokens of the admins of `TENANT` and `OTHER`.

    ``seconds`` is the monotonic time by which remembered keys age. ``feed`` runs only where a
    test runs it.
    """

    app: FastAPI
    client: httpx.AsyncClient
    store: SqliteStore
    clock: FakeClock
    feed: Feed
    keys: ApiKeys
    admin: str
    other_admin: str
    seconds: list[float] = field(default_factory=lambda: [0.0])

    async def key(
        self, *roles: Role, tenant: TenantId = TENANT, agent: AgentId | None = None
    ) -> str:
        """A fresh token."""
        return await create_api_key(self.store, tenant, "a key", roles, agent)


@asynccontextmanager
async def api_in(
    folder: Path,
    services: Callable[[SqliteStore], Sequence[Routed]],
    settings: EdgeSettings | None = None,
    timing: Timing | None = None,
    problems: Mapping[str, str] | None = None,
) -> AsyncIterator[Api]:
    """Whatever an operation raises is answered as in production; ids count up from ``id-1``."""
    clock, ids, seconds = FakeClock(), count(1), [0.0]
    async with store_in(folder, clock) as store:
        keys, feed = ApiKeys(store, lambda: seconds[0]), Feed(store)
        edges = Edges(
            store, keys, lambda: f"id-{next(ids)}", settings or EdgeSettings(), problems or {}
        )
        own = [keys_routes(store), event_routes(feed, timing)]
        app = build_app(services(store), edges, own=own)
        admin = await create_tenant(store, TENANT, "Riverbend Kettles")
        other = await create_tenant(store, OTHER, "Lowmill Teas")
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Api(app, client, store, clock, feed, keys, admin, other, seconds)
