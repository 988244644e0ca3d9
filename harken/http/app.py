"""The HTTP app: the services' operations behind the kit's edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from harken.http.answers import HANDLERS
from harken.http.body import JSON
from harken.http.envelope import Envelope
from harken.http.idempotency import REPLAYED
from harken.http.openapi import document
from harken.http.problems_api import problem_routes
from harken.http.routing import PublicRoute
from harken.http.state import Edges

OPENAPI_PATH = "/openapi.json"

_ASKED = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID",
          "traceparent", "tracestate")  # fmt: skip
_TOLD = ("Allow", "ETag", "Location", "Retry-After", "WWW-Authenticate", REPLAYED)


class Routed(Protocol):
    """What is needed of a service here: `harken.runtime.service.Service` has it."""

    @property
    def routers(self) -> Sequence[APIRouter]: ...


def build_app(
    services: Sequence[Routed],
    edges: Edges,
    *,
    own: Sequence[APIRouter] = (),
    mounts: Mapping[str, Any] | None = None,
) -> FastAPI:
    """``own`` are the kit's routers: keys, events, health. ``mounts`` are ASGI apps by path, such
    as a folder of static files; they come last, and set their own Content-Security-Policy.

    Raises ``TypeError`` for a router that was not made by ``harken.http.routing``, ``ValueError``
    where two operations have the same id or the same method and path.
    """
    app = FastAPI(
        title="Harken",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers=HANDLERS,
        middleware=list(_middleware(edges)),
    )
    app.state.edges = edges
    routers = [*own, *(router for service in services for router in service.routers)]
    routes = _checked([*routers, problem_routes(edges.problems)])
    # Not by include_router: one flat list is matched once per request.
    app.router.routes.extend(routes)
    app.add_route(OPENAPI_PATH, _openapi, include_in_schema=False)
    app.router.routes.extend(Mount(path, mounted) for path, mounted in (mounts or {}).items())
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    return app


def _middleware(edges: Edges) -> Iterable[Middleware]:
    if edges.settings.cors_origins:
        yield Middleware(
            CORSMiddleware,
            allow_origins=list(edges.settings.cors_origins),
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=list(_ASKED),
            expose_headers=list(_TOLD),
            max_age=600,
        )
    yield Middleware(Envelope, settings=edges.settings)


def _checked(routers: Sequence[APIRouter]) -> list[PublicRoute]:
    routes: list[PublicRoute] = []
    seen: set[str] = set()
    for route in (route for router in routers for route in router.routes):
        if not isinstance(route, PublicRoute):
            raise TypeError(f"{route!r} is no route of a router made by harken.http.routing")
        names = {route.unique_id, *(f"{method} {route.path}" for method in route.methods or ())}
        if names & seen:
            raise ValueError(f"there are two of: {', '.join(sorted(names & seen))}")
        seen |= names
        routes.append(route)
    return routes


async def _openapi(request: Request) -> Response:
    return Response(msgspec.json.encode(document(request.app)), media_type=JSON)
