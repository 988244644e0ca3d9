"""Routers for service authors: strict JSON bodies, and no operation without an access rule.

    router = api_router("Cases")                 # operations that need a credential
    hooks = public_router("Webhooks")            # operations that check the caller on their own

`build_app` takes routers made here only, listed in ``Service.routers``, not included in each
other. A body that is one pydantic model is read by pydantic's own JSON parser: strict UTF-8 and
JSON, strict types, bounded depth. Documented problems are added by ``harken.http.openapi``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from harken.http.access import BEARER, authenticate
from harken.http.body import body_adapter, read_model

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PublicRoute(APIRoute):
    """An operation that anyone may call, or that checks its callers on its own.

    The endpoint's name is the operation's id, and its docstring's first line the summary, unless
    the route names others.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if not options.get("summary") and endpoint.__doc__:
            first, _, _ = inspect.cleandoc(endpoint.__doc__).partition("\n")
            options["summary"] = first.removesuffix(".")
        options["operation_id"] = options.get("operation_id") or endpoint.__name__
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        adapter = body_adapter(self.body_field)
        if adapter is None:
            return handle

        async def handle_model(request: Request) -> Response:
            return await handle(await read_model(request, adapter))

        return handle_model


class ApiRoute(PublicRoute):
    """An operation for callers with a credential; made without an access rule, ``TypeError``."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if not _asks_who(self.dependant):
            raise TypeError(f"{path} has no access rule: declare Caller or allowed(...)")

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def handle_known(request: Request) -> Response:
            # First of all: nobody unknown makes us read a body.
            await authenticate(request)
            return await handle(request)

        return handle_known


def api_router(tag: str) -> APIRouter:
    """For operations that need a credential. Paths are written out whole: ``/v1/…``."""
    return APIRouter(tags=[tag], route_class=ApiRoute)


def public_router(tag: str) -> APIRouter:
    """For operations whose callers carry no credential of ours: webhooks, health."""
    return APIRouter(tags=[tag], route_class=PublicRoute)


def _asks_who(dependant: Dependant) -> bool:
    return dependant.call is BEARER or any(map(_asks_who, dependant.dependencies))
