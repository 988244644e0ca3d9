"""Reads the body of an intake request: one mention, an array, or one per line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from fastapi import Request
from pydantic import ValidationError

from harken.http.body import JSON, check_encoding, malformed, media_type, unsupported
from harken.http.explained import type_uri
from harken.http.problem import Problem
from services.ingest.submission import SubmittedMention

MOST_MENTIONS = 10_000
MOST_ERRORS = 20
NDJSON = "application/x-ndjson"
_LINES = (NDJSON, "application/ndjson", "application/jsonl")

Found = dict[str, Any]


async def split(request: Request) -> tuple[Sequence[bytes], bool]:
    """The raw mentions, and whether it is a single one. Raises a problem: 400, 413, 415."""
    check_encoding(request)
    body = await request.body()
    kind = media_type(request)
    if kind in _LINES:
        raw: Sequence[bytes] = [line for line in body.splitlines() if line.strip()]
        single = False
    elif kind in (JSON, ""):
        raw, single = _json(body)
    else:
        raise unsupported(f"Send `{JSON}` or `{NDJSON}`.")
    if len(raw) > MOST_MENTIONS:
        detail = f"Send at most {MOST_MENTIONS} mentions in one request."
        raise Problem(413, "too-large", "Too large", detail)
    return raw, single


def read(raw: bytes) -> SubmittedMention | Found:
    """The mention, or why it is none, as the body of a problem."""
    try:
        return SubmittedMention.model_validate_json(raw)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return rejection("The mention is not as documented.", [_field(one) for one in found])


def rejection(detail: str, errors: Sequence[Mapping[str, Any]] = ()) -> Found:
    found: Found = {
        "type": type_uri("invalid"),
        "title": "Invalid request",
        "status": 422,
        "detail": detail,
    }
    return found | ({"errors": list(errors[:MOST_ERRORS])} if errors else {})


def _field(error: Mapping[str, Any]) -> dict[str, str]:
    place = ".".join(str(part) for part in error["loc"])
    return {"in": "body", "field": place, "code": error["type"], "detail": error["msg"]}


def _json(body: bytes) -> tuple[Sequence[bytes], bool]:
    try:
        body.decode("utf-8")
        if body.lstrip()[:1] == b"[":
            items = msgspec.json.decode(body, type=list[msgspec.Raw])
            return [bytes(item) for item in items], False
        msgspec.json.decode(body, type=msgspec.Raw)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise malformed("The body is no JSON in UTF-8.") from error
    return [body], True
