"""Routes of our own under ``/harken``, for seeding, counting and breaking things.

``POST /harken/accounts`` ``{"username", "domain", "display_name", "followers_count"}`` makes an
account (or finds it) and tells its token; with ``domain`` it is one of another server.
``GET /harken/statuses`` tells every status that exists, with its plain text and idempotency key.
``POST /harken/faults`` arms a fault (see `harken.testing.mastodon.faults.Fault`), ``GET`` lists
those armed, ``DELETE`` clears them.
``POST /harken/streams`` and ``/harken/streams/cut``: see `harken.testing.mastodon.streaming`.
"""

from __future__ import annotations

from dataclasses import asdict

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from harken.testing.mastodon.entities import Entities, moment
from harken.testing.mastodon.faults import Fault, Faults
from harken.testing.mastodon.instance import Instance, number
from harken.testing.mastodon.model import Rejected
from harken.testing.mastodon.parameters import parameters
from harken.testing.mastodon.streaming import Behaviour, Streams


def admin_routes(instance: Instance, entities: Entities, faults: Faults) -> APIRouter:
    router = APIRouter(prefix="/harken")
    world = instance.world

    @router.post("/accounts")
    async def register(request: Request) -> JSONResponse:
        given = await parameters(request)
        username = given.get("username", "")
        if not (username.isascii() and username.replace("_", "a").isalnum()):
            raise Rejected(422, "Validation failed: Username must be letters, digits and _")
        account = instance.register(
            username,
            given.get("domain", ""),
            given.get("display_name", ""),
            number(given.get("followers_count", "")),
        )
        return JSONResponse({**entities.account(account), "access_token": account.token})

    @router.get("/statuses")
    async def statuses() -> JSONResponse:
        return JSONResponse(
            [
                {
                    "id": str(each.id),
                    "account": world.accounts[each.account].acct,
                    "in_reply_to_id": str(each.in_reply_to) if each.in_reply_to else None,
                    "text": each.text,
                    "visibility": each.visibility,
                    "created_at": moment(each.created_at),
                    "idempotency_key": each.key or None,
                    "url": entities.status_url(each),
                }
                for each in world.statuses.values()
            ]
        )

    @router.post("/faults")
    async def arm(request: Request) -> JSONResponse:
        try:
            fault = msgspec.json.decode(await request.body(), type=Fault)
            faults.arm(fault)
        except ValueError as wrong:
            raise Rejected(422, str(wrong)) from wrong
        return JSONResponse(asdict(fault))

    @router.get("/faults")
    async def armed() -> JSONResponse:
        return JSONResponse([asdict(fault) for fault in faults.armed])

    @router.delete("/faults")
    async def clear() -> JSONResponse:
        faults.armed.clear()
        return JSONResponse([])

    return router


def stream_routes(streams: Streams) -> APIRouter:
    router = APIRouter(prefix="/harken/streams")

    @router.post("")
    async def behave(request: Request) -> JSONResponse:
        try:
            streams.behaviour = msgspec.json.decode(await request.body(), type=Behaviour)
        except ValueError as wrong:
            raise Rejected(422, str(wrong)) from wrong
        return JSONResponse(asdict(streams.behaviour))

    @router.post("/cut")
    async def cut(request: Request) -> JSONResponse:
        given = await parameters(request)
        return JSONResponse(
            {"cut": streams.cut(within_an_event=given.get("within_an_event") == "true")}
        )

    return router
