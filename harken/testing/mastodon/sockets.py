"""Streams over WebSockets: at `PATH`, what is followed in the address, and by messages
``{"type": "subscribe", "stream": "hashtag", "tag": "kettle"}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

import wsproto
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol

from harken.testing.mastodon.streaming import PATH, Happened, Open, Streams, until_one_ends

HALF = b'\x81\x7e\x01\x00{"stream": ["hashtag", "kettle"], "event": "upda'
"""Of a message of 256 bytes, the beginning."""


class Sockets(WSProtocol):
    """The server's side, with two messages more than ASGI has: ``harken.ping``, and
    ``harken.bytes``, which are written as they are.
    """

    async def send(self, message: Any) -> None:
        if message["type"] == "harken.ping":
            self.transport.write(self.conn.send(wsproto.events.Ping()))
        elif message["type"] == "harken.bytes":
            self.transport.write(message["bytes"])
        else:
            await super().send(message)


class WebSockets:
    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._software = streams.software

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        query = {name: values[0] for name, values in _query(scope).items()}
        if not self._streams.offers("websocket") or scope["path"].rstrip("/") != PATH:
            await _refuse(send, 404, "Not found")
            return
        viewer = self._streams.viewer(self._token(scope, query))
        if viewer is None:
            await _refuse(send, 401, "The access token is invalid")
            return
        stream = Open(viewer)
        nothing_yet = self._software.subscribes and "stream" not in query
        if not (nothing_yet or stream.follow(query.get("stream", ""), query.get("tag", ""))):
            await _refuse(send, 400, "Unknown stream type")
            return
        offered = scope["subprotocols"] if self._software.echoes else []
        await send({"type": "websocket.accept", "subprotocol": next(iter(offered), None)})
        await self._tell(stream, receive, send)

    def _token(self, scope: Scope, query: Mapping[str, str]) -> str:
        named = query.get("access_token") or next(iter(scope["subprotocols"]), "")
        if named or not self._software.in_header:
            return named
        headers: dict[str, str] = {
            name.decode().lower(): value.decode() for name, value in scope["headers"]
        }
        return headers.get("authorization", "").partition(" ")[2]

    async def _tell(self, stream: Open, receive: Receive, send: Send) -> None:
        """Without a word to say that it ends when it is cut."""
        async with self._streams.opening(stream):
            await until_one_ends(
                self._listen(stream, receive, send), stream.cut.wait(), self._write(stream, send)
            )
        if stream.within_an_event:
            await send({"type": "harken.bytes", "bytes": HALF})
        if self._streams.ending:
            await send({"type": "websocket.close", "code": 1001})

    async def _listen(self, stream: Open, receive: Receive, send: Send) -> None:
        """Returns when the other side has gone."""
        while (message := await receive())["type"] != "websocket.disconnect":
            if not self._software.subscribes:
                continue
            asked = _asked(message.get("text") or "")
            what, tag = asked.get("stream", ""), asked.get("tag", "")
            if asked.get("type") == "unsubscribe":
                stream.leave(what, tag)
            elif asked.get("type") == "subscribe" and not stream.follow(what, tag):
                refusal = json.dumps({"error": "Unknown stream type", "status": 400})
                await send({"type": "websocket.send", "text": refusal})

    async def _write(self, stream: Open, send: Send) -> None:
        alive = {"type": "harken.ping"}
        if not self._software.pings:
            alive = {"type": "websocket.send", "text": ""}
        while True:
            events = await self._streams.next(stream)
            for message in map(_written, events) if events else [alive]:
                await send(message)


def _written(told: Happened) -> dict[str, str]:
    return {"type": "websocket.send", "text": json.dumps(told._asdict())}


def _asked(text: str) -> dict[str, str]:
    try:
        asked = json.loads(text)
    except ValueError:
        return {}
    texts = asked.items() if isinstance(asked, dict) else ()
    return {name: value for name, value in texts if isinstance(value, str)}


def _query(scope: Scope) -> dict[str, list[str]]:
    return parse_qs(scope["query_string"].decode())


async def _refuse(send: Send, status: int, error: str) -> None:
    headers = [(b"content-type", b"application/json")]
    body = json.dumps({"error": error}).encode()
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
