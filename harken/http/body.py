"""JSON bodies, read straight into their model by pydantic's own parser.

So types are strict as JSON has them (a time is a string, a member of an enum too), and the parser
refuses what is no UTF-8 or no JSON, lone surrogates, and nesting deeper than 200.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from harken.http.problem import Problem

JSON = "application/json"


def malformed(detail: str) -> Problem:
    return Problem(400, "malformed", "Unreadable request", detail)


def unsupported(detail: str) -> Problem:
    return Problem(415, "unsupported-media-type", "Unsupported kind of body", detail)


def media_type(request: Request) -> str:
    """Lower case, without parameters; "" where none is said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def check_encoding(request: Request) -> None:
    """Raises 415 for compressed bodies: their size would say nothing."""
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise unsupported("Send the body as it is, without Content-Encoding.")


def body_adapter(field: Any) -> TypeAdapter[Any] | None:
    """What reads the body that a route declares; None for no body, forms and raw bytes."""
    if field is None or field.field_info.media_type != JSON:
        return None
    kind: Any = Annotated[field.field_info.annotation, field.field_info]
    return TypeAdapter(kind)


async def read_model(request: Request, adapter: TypeAdapter[Any]) -> Request:
    """The same request, whose ``json()`` gives the model. Raises the problems 400 and 415, and
    ``RequestValidationError``. An absent body is left for the route to judge."""
    raw = await request.body()
    if not raw:
        return request
    check_encoding(request)
    kind = media_type(request)
    if kind != JSON and not (kind.startswith("application/") and kind.endswith("+json")):
        raise unsupported(f"Send JSON, with `Content-Type: {JSON}`.")
    try:
        model = adapter.validate_json(raw)
    except ValidationError as error:
        raise _refusal(error) from error
    return _Read(request, model)


class _Read(Request):
    def __init__(self, request: Request, model: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._body = request._body  # noqa: SLF001 - starlette's own cache of what was read
        self._model = model

    async def json(self) -> Any:
        return self._model


def _refusal(error: ValidationError) -> Exception:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return malformed(found[0]["msg"])
    return RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found])
