"""A request's parameters, whether sent as JSON, as a form or as multipart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from starlette.requests import Request

from harken.testing.mastodon.model import Rejected


async def parameters(request: Request) -> Mapping[str, str]:
    """Names with their texts; what is null is absent. Raises `Rejected` for what cannot be read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    try:
        if kind == "application/json":
            return _json(body)
        if kind == "multipart/form-data":
            return _multipart(request.headers["content-type"], body)
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except (ValueError, RecursionError) as wrong:
        raise Rejected(400, "The request could not be read") from wrong


def _json(body: bytes) -> Mapping[str, str]:
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("expected an object")
    json.dumps(found, ensure_ascii=False).encode()
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in found.items()
        if value is not None
    }


def _multipart(content_type: str, body: bytes) -> Mapping[str, str]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    found: dict[str, str] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            found[name] = payload.decode()
    return found
