"""The application: the published API, our own routes beside it, limits and faults around it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from harken.clock import Clock, SystemClock
from harken.testing.mastodon.admin import admin_routes, stream_routes
from harken.testing.mastodon.entities import Entities
from harken.testing.mastodon.events import ServerSentEvents
from harken.testing.mastodon.faults import Faults, Faulty
from harken.testing.mastodon.instance import Instance, Settings
from harken.testing.mastodon.limits import RateLimits
from harken.testing.mastodon.model import Rejected
from harken.testing.mastodon.pages import page_routes
from harken.testing.mastodon.reading import account_routes, timeline_routes
from harken.testing.mastodon.routes import Caller, status_routes
from harken.testing.mastodon.sockets import WebSockets
from harken.testing.mastodon.streaming import PATH, Streams


class LocalMastodon:
    """The application, and what a test in the same process may reach into."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.instance = Instance(settings, clock or SystemClock())
        entities, self.faults = Entities(self.instance), Faults()
        self.streams = Streams(self.instance, entities)
        self._api = Faulty(self._served(_requests(self, entities)), self.faults)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._api(scope, receive, send)

    def _served(self, requests: ASGIApp) -> ASGIApp:
        events, sockets = ServerSentEvents(self.streams), WebSockets(self.streams)

        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "websocket":
                await sockets(scope, receive, send)
            elif scope["type"] == "http" and scope["path"].startswith(f"{PATH}/"):
                await events(scope, receive, send)
            else:
                await requests(scope, receive, send)

        return served


def create_app(settings: Settings, clock: Clock | None = None) -> ASGIApp:
    return LocalMastodon(settings, clock)


def _requests(local: LocalMastodon, entities: Entities) -> ASGIApp:
    instance, settings = local.instance, local.instance.settings
    caller = Caller(instance)
    app = FastAPI(title="A local Mastodon-compatible server", openapi_url=None)
    app.include_router(status_routes(instance, entities, caller))
    app.include_router(account_routes(instance, entities, caller))
    app.include_router(timeline_routes(instance, entities, caller))
    app.include_router(admin_routes(instance, entities, local.faults))
    app.include_router(stream_routes(local.streams))
    app.include_router(page_routes(instance, entities))
    app.add_exception_handler(Rejected, _rejected)
    app.add_exception_handler(HTTPException, _not_served)
    limits = RateLimits(settings.rate_limit, settings.rate_seconds)

    @app.middleware("http")
    async def limited(
        request: Request, following: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if not request.url.path.startswith("/api/"):
            return await following(request)
        spent = limits.spend(request.headers.get("authorization", ""), instance.now())
        if not spent.allowed:
            return JSONResponse({"error": "Too many requests"}, 429, spent.headers)
        response = await following(request)
        response.headers.update(spent.headers)
        return response

    return app


async def _rejected(_: Request, rejected: Exception) -> Response:
    assert isinstance(rejected, Rejected)
    return JSONResponse({"error": rejected.error}, rejected.status)


async def _not_served(_: Request, missing: Exception) -> Response:
    assert isinstance(missing, HTTPException)
    return JSONResponse({"error": missing.detail}, missing.status_code)
