from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import ASGIApp

from harken.channels.webhook.signature import verify
from harken.clock import SystemClock
from harken.testing.serving import serving
from harken.testing.webhook_network.app import create_app
from harken.testing.webhook_network.network import DEFAULT_SECRET, WebhookNetwork


class Receiver:
    """What stands for Harken: it verifies what is delivered."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def app(self) -> ASGIApp:
        app = FastAPI(openapi_url=None)

        @app.post("/v1/webhooks/c1")
        async def take(request: Request) -> None:
            body = await request.body()
            verify((DEFAULT_SECRET,), request.headers, body, SystemClock().now())
            self.bodies.append(body)

        return app


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver()
    async with serving(lambda _: receiver.app()) as address:
        yield receiver, f"{address}/v1/webhooks/c1"


def peer(deliver_to: str = "") -> httpx.AsyncClient:
    app = create_app(WebhookNetwork(SystemClock()), deliver_to)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1")


async def test_a_mention_is_signed_and_delivered(receiver: tuple[Receiver, str]) -> None:
    taken, address = receiver
    async with peer(address) as http:
        told = (
            await http.post("/harken/mentions", json={"text": "It leaks.", "kind": "review"})
        ).json()
    assert told["delivered"] == 200
    assert told["mention"]["kind"] == "review"
    assert b"It leaks." in taken.bodies[0]


async def test_without_an_address_a_mention_is_only_made() -> None:
    async with peer() as http:
        told = (await http.post("/harken/mentions", json={"text": "It leaks."})).json()
        assert told["delivered"] is None
        assert (await http.post("/harken/mentions", content=b"[")).status_code == 422


async def test_an_unsigned_reply_is_not_taken() -> None:
    async with peer() as http:
        assert (await http.post("/replies", json={"data": {}})).status_code == 401
        assert (await http.get("/replies", params={"parent": "said-1"})).status_code == 401
        assert (await http.get("/harken/replies")).json() == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"kind": "flood"}'])
async def test_an_unknown_fault_is_refused(body: bytes) -> None:
    async with peer() as http:
        assert (await http.post("/harken/faults", content=body)).status_code == 422
