"""The server over HTTP. ``PUT`` publishes a feed at any path; ``GET /harken/asked`` tells how often
each path was asked, and with which outcome.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send

from harken.testing.feeds.server import FeedServer, Reply

ASKED = "/harken/asked"


def create_app(server: FeedServer) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path, query = scope["path"], scope["query_string"].decode()
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        if scope["method"] == "PUT":
            server.publish(path, await _body(receive), headers.get("content-type", ""))
            await _send(Reply(204), send)
        elif path == ASKED:
            counts = Counter(f"{one.path} {one.status}" for one in server.asked)
            await _send(Reply(body=json.dumps(counts).encode()), send)
        else:
            await _send(server.answer(path + (f"?{query}" if query else ""), headers), send)

    return app


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _send(reply: Reply, send: Send) -> None:
    await asyncio.sleep(reply.seconds)
    headers = dict(reply.headers)
    if not reply.endless and reply.status not in {204, 304}:
        headers["content-length"] = str(len(reply.body) + reply.missing)
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
    while reply.endless:
        await send({"type": "http.response.body", "body": reply.body, "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": reply.body, "more_body": bool(reply.missing)})
