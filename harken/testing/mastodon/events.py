"""Streams by server-sent events: requests under `PATH`."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from harken.testing.mastodon.streaming import PATH, Happened, Open, Streams, until_one_ends


class ServerSentEvents:
    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        what = scope["path"].removeprefix(f"{PATH}/")
        query = parse_qs(scope["query_string"].decode())
        if what == "health":
            await _answer(send, 200, b"OK", "text/plain")
            return
        if not self._streams.offers("events") or what not in {"user", "hashtag"}:
            await _answer(send, 404, b'{"error":"Not found"}')
            return
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        token = headers.get("authorization", "").partition(" ")[2]
        viewer = self._streams.viewer(token or query.get("access_token", [""])[0])
        if viewer is None:
            await _answer(send, 401, b'{"error":"The access token is invalid"}')
            return
        stream = Open(viewer)
        if not stream.follow(what, query.get("tag", [""])[0]):
            await _answer(send, 400, b'{"error":"Missing tag name parameter"}')
            return
        await self._tell(stream, receive, send)

    async def _tell(self, stream: Open, receive: Receive, send: Send) -> None:
        """Ends without a proper end when it is cut: the server has to break the connection off."""
        await send(_start(200, b"text/event-stream"))
        await send({"type": "http.response.body", "body": b":)\n", "more_body": True})
        async with self._streams.opening(stream):
            await until_one_ends(_gone(receive), stream.cut.wait(), self._write(stream, send))
        if stream.within_an_event:
            half = b'event: update\ndata: {"id": "1", "conte'
            await send({"type": "http.response.body", "body": half, "more_body": True})
        if self._streams.ending:
            await send({"type": "http.response.body", "body": b""})

    async def _write(self, stream: Open, send: Send) -> None:
        while True:
            events = await self._streams.next(stream)
            for body in map(_written, events) if events else [b":thump\n"]:
                await send({"type": "http.response.body", "body": body, "more_body": True})


def _written(told: Happened) -> bytes:
    return f"event: {told.event}\ndata: {told.payload}\n\n".encode()


def _start(status: int, kind: bytes) -> dict[str, object]:
    headers = [(b"content-type", kind), (b"cache-control", b"no-store")]
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _answer(send: Send, status: int, body: bytes, kind: str = "application/json") -> None:
    await send(_start(status, kind.encode()))
    await send({"type": "http.response.body", "body": body})


async def _gone(receive: Receive) -> None:
    """Returns when the other side has gone."""
    while (await receive())["type"] != "http.disconnect":
        continue
