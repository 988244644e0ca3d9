"""The network as a server.

``POST /replies`` and ``GET /replies?parent=`` are what a connection speaks to. Beside them:
``POST /harken/mentions`` (a mention's fields as JSON; ``text`` suffices) signs and delivers one to
Harken, ``GET /harken/replies`` tells every reply taken, ``POST /harken/faults`` arms a fault (see
`harken.testing.mastodon.faults`; its ``path`` is ``/replies``).
"""

from __future__ import annotations

import json
from dataclasses import asdict

import httpx
import msgspec
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from harken.testing.mastodon.faults import Fault, Faults, Faulty
from harken.testing.webhook_network.network import WebhookNetwork

_SECONDS = 10.0


def create_app(network: WebhookNetwork, deliver_to: str = "") -> ASGIApp:
    app = FastAPI(title="A local webhook network", openapi_url=None)
    faults = Faults()

    @app.post("/replies")
    async def take(request: Request) -> JSONResponse:
        turned = network.take(request.headers, await request.body())
        return JSONResponse(turned.body, turned.status)

    @app.get("/replies")
    async def under(request: Request) -> JSONResponse:
        query = request.url.query
        parent = request.query_params.get("parent", "")
        turned = network.under(request.headers, query, parent)
        return JSONResponse(turned.body, turned.status)

    @app.post("/harken/mentions")
    async def say(request: Request) -> JSONResponse:
        try:
            fields = msgspec.json.decode(await request.body(), type=dict[str, object])
        except ValueError as wrong:
            return JSONResponse({"error": str(wrong)}, 422)
        mention = network.mention(str(fields.pop("text", "")), **fields)
        if not deliver_to:
            return JSONResponse({"mention": mention, "delivered": None})
        delivery = network.delivery(mention)
        async with httpx.AsyncClient(trust_env=False, timeout=_SECONDS) as client:
            answer = await client.post(deliver_to, content=delivery.body, headers=delivery.headers)
        return JSONResponse({"mention": mention, "delivered": answer.status_code})

    @app.get("/harken/replies")
    async def replies() -> JSONResponse:
        return JSONResponse([asdict(each) for each in network.replies])

    @app.post("/harken/faults")
    async def arm(request: Request) -> JSONResponse:
        try:
            given = json.loads(await request.body())
            fault = msgspec.convert({"path": "/replies", **given}, Fault)
            faults.arm(fault)
        except (TypeError, ValueError) as wrong:
            return JSONResponse({"error": str(wrong)}, 422)
        return JSONResponse(asdict(fault))

    return Faulty(app, faults)
