"""Every error as ``application/problem+json``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from harken.http.explained import type_uri
from harken.http.idempotency import REPLAYED, Replayed, in_progress
from harken.http.problem import Problem, conflict, not_found, unavailable
from harken.log.port import LogUnavailable
from harken.search.port import IndexUnavailable
from harken.store.changes import AlreadyExists, ChangeRefused, RevisionConflict, StoreUnavailable
from harken.store.schema.infrastructure import IDEMPOTENCY

PROBLEM_JSON = "application/problem+json"
PROBLEM = "harken.problem"
"""Key in the ASGI scope under which the kind is left for the log line."""

_MOST_ERRORS = 50
_LONGEST_NAME = 200


def problem_response(
    problem: Problem, scope: Any, headers: Mapping[str, str] | None = None
) -> Response:
    scope[PROBLEM] = problem.kind
    body = {
        **problem.more,
        "type": type_uri(problem.kind),
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail or problem.title,
        "instance": quote(scope["path"], errors="replace")[:2_000],
    }
    more = dict(headers or {})
    if problem.retry_after is not None:
        more["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    if problem.status == HTTPStatus.UNAUTHORIZED:
        more["WWW-Authenticate"] = 'Bearer realm="harken"'
    return Response(msgspec.json.encode(body), problem.status, more, PROBLEM_JSON)


async def on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - registered for it
    return problem_response(error, request.scope)


async def on_replayed(_: Request, error: Exception) -> Response:
    assert isinstance(error, Replayed)  # noqa: S101
    return Response(
        error.response,
        error.status,
        {REPLAYED: "true"},
        "application/json" if error.response else None,
    )


async def on_refused_change(request: Request, error: Exception) -> Response:
    """What a service leaves unhandled: somebody else was faster."""
    if isinstance(error, AlreadyExists) and error.table == IDEMPOTENCY.name:
        return problem_response(in_progress(), request.scope)
    if isinstance(error, AlreadyExists):
        return problem_response(conflict("already-exists", "It exists already."), request.scope)
    problem = conflict("conflict", "Somebody else changed it: load it again, and decide again.")
    if not isinstance(error, RevisionConflict):
        problem.retry_after = 1.0
    return problem_response(problem, request.scope)


async def on_unavailable(request: Request, error: Exception) -> Response:
    assert isinstance(error, StoreUnavailable | LogUnavailable | IndexUnavailable)  # noqa: S101
    detail = "What this needs cannot be reached now; whether it was done is unknown: repeat it."
    return problem_response(unavailable(detail, error.retry_after), request.scope)


async def on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    found = error.errors()
    errors = [_field_error(one) for one in found[:_MOST_ERRORS]]
    detail = "; ".join(f"{one['field'] or one['in']}: {one['detail']}" for one in errors[:3])
    problem = Problem(422, "invalid", "Invalid request", detail, more={"errors": errors})
    return problem_response(problem, request.scope)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Those of the framework, and 404 and 405 of its router."""
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == HTTPStatus.NOT_FOUND:
        return problem_response(not_found("path"), request.scope)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return _not_this_method(request)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        unreadable = Problem(400, "malformed", "Unreadable request", "The body cannot be read.")
        return problem_response(unreadable, request.scope)
    title = HTTPStatus(error.status_code).phrase
    kind = title.lower().replace(" ", "-")
    return problem_response(
        Problem(error.status_code, kind, title, str(error.detail)), request.scope, error.headers
    )


HANDLERS: dict[int | type[Exception], Any] = {
    Problem: on_problem,
    Replayed: on_replayed,
    ChangeRefused: on_refused_change,
    StoreUnavailable: on_unavailable,
    LogUnavailable: on_unavailable,
    IndexUnavailable: on_unavailable,
    RequestValidationError: on_invalid,
    HTTPException: on_http_exception,
}


def _not_this_method(request: Request) -> Response:
    methods = allowed_methods(request.app.routes, request.url.path)
    headers = {"Allow": ", ".join(methods)}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=headers)
    problem = Problem(
        405, "method-not-allowed", "Method not allowed", f"This takes {', '.join(methods)}."
    )
    return problem_response(problem, request.scope, headers)


def allowed_methods(routes: Sequence[BaseRoute], path: str) -> list[str]:
    """Of all routes with this path: each of them knows its own methods only."""
    here = (one for one in routes if isinstance(one, Route) and one.path_regex.match(path))
    methods = {method for route in here for method in route.methods or ()}
    return sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set()))


def _field_error(one: Mapping[str, Any]) -> dict[str, str]:
    where, *path = (str(part) for part in one["loc"])
    return {
        "in": where,
        "field": ".".join(path)[:_LONGEST_NAME],
        "code": str(one["type"]),
        "detail": str(one["msg"]),
    }
