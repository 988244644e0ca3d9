"""The application: the published API, our own routes beside it, limits and faults around it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from harken.clock import Clock, SystemClock
from harken.testing.mastodon.admin import admin_routes
from harken.testing.mastodon.entities import Entities
from harken.testing.mastodon.faults import Faults, Faulty
from harken.testing.mastodon.instance import Instance, Settings
from harken.testing.mastodon.limits import RateLimits
from harken.testing.mastodon.model import Rejected
from harken.testing.mastodon.pages import page_routes
from harken.testing.mastodon.reading import account_routes, timeline_routes
from harken.testing.mastodon.routes import Caller, status_routes


def create_app(settings: Settings, clock: Clock | None = None) -> ASGIApp:
    instance = Instance(settings, clock or SystemClock())
    entities, caller, faults = Entities(instance), Caller(instance), Faults()
    app = FastAPI(title="A local Mastodon-compatible server", openapi_url=None)
    app.include_router(status_routes(instance, entities, caller))
    app.include_router(account_routes(instance, entities, caller))
    app.include_router(timeline_routes(instance, entities, caller))
    app.include_router(admin_routes(instance, entities, faults))
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

    return Faulty(app, faults)


async def _rejected(_: Request, rejected: Exception) -> Response:
    assert isinstance(rejected, Rejected)
    return JSONResponse({"error": rejected.error}, rejected.status)


async def _not_served(_: Request, missing: Exception) -> Response:
    assert isinstance(missing, HTTPException)
    return JSONResponse({"error": missing.detail}, missing.status_code)
