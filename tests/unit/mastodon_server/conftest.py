from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from harken.testing.fakes.clock import FakeClock
from harken.testing.mastodon.app import create_app
from harken.testing.mastodon.instance import Settings


@dataclass
class Someone:
    """A caller with an account; paths are relative to the API."""

    http: httpx.AsyncClient
    token: str

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **more)

    async def post(self, text: str, **form: str) -> dict[str, Any]:
        key = form.pop("key", "")
        headers = {"Idempotency-Key": key} if key else {}
        form = {"status": text, **form}
        answer = await self.call("POST", "/api/v1/statuses", data=form, headers=headers)
        body: dict[str, Any] = answer.raise_for_status().json()
        return body

    async def read(self, path: str, **query: str) -> Any:
        return (await self.call("GET", path, params=query)).raise_for_status().json()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings() -> Settings:
    return Settings(address="http://127.0.0.1:3999", rate_limit=0)


@pytest.fixture
async def http(clock: FakeClock, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(settings, clock))
    async with httpx.AsyncClient(transport=transport, base_url=settings.address) as client:
        yield client


@pytest.fixture
def brand(http: httpx.AsyncClient) -> Someone:
    return Someone(http, "northkettle-token")


@pytest.fixture
def mara(http: httpx.AsyncClient) -> Someone:
    return Someone(http, "mara-token")


@pytest.fixture
def tomek(http: httpx.AsyncClient) -> Someone:
    return Someone(http, "tomek-token")
