"""Reads the body of an intake request: one mention, an array, or one per line."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from pydantic import ValidationError

from harken.http.problem import Problem
from services.ingest.submission import SubmittedMention

MOST_MENTIONS = 10_000
JSON = "application/json"
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")


def split(body: bytes, content_type: str) -> tuple[Sequence[bytes], bool]:
    """The raw mentions, and whether it is a single one. Raises a problem: 400, 413, 415."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in NDJSON:
        raw: Sequence[bytes] = [line for line in body.splitlines() if line.strip()]
        single = False
    elif kind == JSON or not kind:
        raw, single = _json(body)
    else:
        raise Problem(
            415,
            "unsupported-media-type",
            "Unsupported body",
            f"Send {JSON} or {NDJSON[0]}.",
        )
    if len(raw) > MOST_MENTIONS:
        raise Problem(
            413,
            "body-too-large",
            "Too many at once",
            f"Send at most {MOST_MENTIONS} mentions in one request.",
        )
    return raw, single


def read(raw: bytes) -> SubmittedMention | dict[str, object]:
    """The mention, or why it is none, as the body of a problem."""
    try:
        return SubmittedMention.model_validate_json(raw)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        errors = [
            {"field": ".".join(str(part) for part in one["loc"]), "why": one["msg"]}
            for one in found[:20]
        ]
        return rejection("The mention is not as documented.", errors)


def rejection(detail: str, errors: Sequence[object] = ()) -> dict[str, object]:
    problem: dict[str, object] = {
        "type": "/problems/invalid",
        "title": "Invalid request",
        "status": 422,
        "detail": detail,
    }
    return problem | ({"errors": list(errors)} if errors else {})


def _json(body: bytes) -> tuple[Sequence[bytes], bool]:
    try:
        body.decode("utf-8")
        start = body.lstrip()[:1]
        if start == b"[":
            items = msgspec.json.decode(body, type=list[msgspec.Raw])
            return [bytes(item) for item in items], False
        msgspec.json.decode(body, type=msgspec.Raw)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise Problem(400, "malformed-json", "Not JSON", "The body is no JSON in UTF-8.") from error
    return [body], True
