"""The OpenAPI 3.1 document: what FastAPI derives, and the problems that every operation shares.

Which problems an operation may answer follows from what it declares (a credential, a body,
parameters, an ``Idempotency-Key``), so authors need not list them. Others they name::

    @router.post("/v1/…", responses=problems(429))
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from harken.http.answers import PROBLEM_JSON
from harken.http.explained import type_uri
from harken.http.models import NULL

METHODS = ("get", "put", "post", "delete", "patch")
Operation = dict[str, Any]

_KINDS: dict[int, tuple[str, str]] = {
    400: ("malformed", "Unreadable request"),
    401: ("unauthenticated", "Credentials needed"),
    403: ("forbidden", "Not allowed"),
    404: ("not-found", "Not found"),
    409: ("conflict", "Conflict"),
    412: ("changed-meanwhile", "Changed meanwhile"),
    413: ("too-large", "Too large"),
    415: ("unsupported-media-type", "Unsupported kind of body"),
    422: ("invalid", "Invalid request"),
    428: ("precondition-required", "If-Match needed"),
    429: ("too-many", "Too many requests"),
    503: ("unavailable", "Try again later"),
}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "The scheme.", "schema": {"type": "string"}}},
    409: _RETRY,
    429: _RETRY,
    503: _RETRY,
}

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457. `type` is stable and explains itself; further fields may be there.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "errors": {
            "description": "Each field that does not fit.",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "field", "code", "detail"],
                "properties": {
                    "in": {"type": "string", "examples": ["body"]},
                    "field": {"type": "string", "examples": ["items.0.text"]},
                    "code": {"type": "string", "examples": ["string_too_long"]},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For ``responses=``: problems that an operation answers beside those that it shares."""
    return {status: _response(status) for status in statuses}


def document(app: FastAPI) -> dict[str, Any]:
    """Made once per app; then the same object each time."""
    if app.openapi_schema is None:
        made = get_openapi(
            title="Harken",
            version=version("harken"),
            summary="Hear what customers say in public, and answer where they wrote.",
            description="Times are RFC 3339, errors are RFC 9457 problems, lists have cursors.",
            routes=app.routes,
            separate_input_output_schemas=False,
        )
        _complete(made)
        app.openapi_schema = _with_nulls(made)
    return app.openapi_schema


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    """Path, method and operation of each."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def shared_problems(path: str, method: str, operation: Operation) -> set[int]:
    """The problems that follow from what an operation declares."""
    names = {one["name"].lower() for one in operation.get("parameters", ())}
    found = {503}
    if operation.get("security"):
        found |= {401, 403}
    if "{" in path:
        found.add(404)
    if names:
        found.add(422)
    if method != "get":
        found |= {409, 413}
    if "requestBody" in operation:
        found |= {400, 415, 422}
    if "if-match" in names:
        found |= {412, 428}
    return found


def _complete(made: dict[str, Any]) -> None:
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    components["responses"] = {f"Problem{status}": _response(status) for status in _KINDS}
    for path, method, operation in operations(made):
        responses = operation["responses"]
        if _is_frameworks(responses.get("422")):
            del responses["422"]
        for status in sorted(shared_problems(path, method, operation)):
            shared = {"$ref": f"#/components/responses/Problem{status}"}
            responses.setdefault(str(status), shared)


def _with_nulls(part: Any) -> Any:
    """See `harken.http.models.NULL`."""
    if isinstance(part, dict):
        return {name: _with_nulls(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [_with_nulls(inner) for inner in part]
    return None if part == NULL else part


def _is_frameworks(response: dict[str, Any] | None) -> bool:
    """FastAPI says of its own what we answer as a problem."""
    return response is not None and "application/json" in response.get("content", {})


def _response(status: int) -> dict[str, Any]:
    kind, title = _KINDS[status]
    example = {
        "type": type_uri(kind),
        "title": title,
        "status": status,
        "detail": "What is wrong with this very request.",
        "instance": "/v1/…",
    }
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    return {
        "description": f"{title} (`{kind}`, or a kind of the same status).",
        "headers": _HEADERS.get(status, {}),
        "content": {PROBLEM_JSON: content},
    }
