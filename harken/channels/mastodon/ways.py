"""The two ways of the streaming API: server-sent events, and WebSockets.

Mastodon offers both, GoToSocial and Pleroma offer WebSockets only. Of these, GoToSocial knows no
hashtags in the messages that subscribe, and older Pleromas none of these messages, so what is
followed is said in the address, and each stream is a connection.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass

import httpx

from harken.channels.exchange import Clients, NoAnswer
from harken.channels.mastodon.settings import Account, authorization
from harken.channels.port import ChannelUnavailable
from harken.channels.settings import Misconfigured, address
from harken.channels.sse import EventParser, ServerEvent
from harken.channels.streaming import NoStream
from harken.channels.untrusted import read_json
from harken.channels.websocket import websocket

BEGIN_SECONDS = 20.0
UNREADABLE = ""
"""The name of what came and is no event."""

_PATH = "/api/v1/streaming"
_SAME_PLACE = {"wss": "https", "ws": "http"}
_PROTOCOL = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)

Told = AsyncGenerator[ServerEvent, None]


@dataclass(frozen=True, slots=True)
class Stream:
    """Of our account, or of the hashtag ``tag``; ``base`` is where the instance streams."""

    account: Account
    base: httpx.URL
    tag: str = ""


Way = Callable[[Clients, Stream, float], AbstractAsyncContextManager[Told]]
"""Opens a stream that counts as cut after that many seconds without a sign of life.

Raises `NoStream`, `ChannelUnavailable`, `NeverSent`, `NoAnswer`, and its events `NoAnswer` when it
was cut, or `NoStream`.
"""


def read_streaming(body: object) -> str:
    """From ``/api/v2/instance`` or ``/api/v1/instance``; "" where it does not tell."""
    match body:
        case {"configuration": {"urls": {"streaming": str(told)}}}:
            return told
        case {"urls": {"streaming_api": str(told)}}:
            return told
        case _:
            return ""


def streaming_base(account: Account, told: str) -> httpx.URL:
    """``told`` is usually ``wss://…``: events are served at the same place over https.

    Raises `NoStream` where our token must not go there.
    """
    if not told:
        return account.base
    scheme, _, rest = told.partition("://")
    told = f"{_SAME_PLACE.get(scheme, scheme)}://{rest}"
    try:
        return address(told, name="streaming", allow_http=account.base.scheme == "http")
    except Misconfigured as wrong:
        raise NoStream(f"{account.host} names no place to stream from: {wrong}") from wrong


@asynccontextmanager
async def by_events(clients: Clients, stream: Stream, silent: float) -> AsyncIterator[Told]:
    url = stream.base.copy_with(path=f"{_PATH}/user", query=None)
    if stream.tag:
        url = stream.base.copy_with(path=f"{_PATH}/hashtag", params={"tag": stream.tag})
    async with clients.listening(
        url, deadline=BEGIN_SECONDS, silent=silent, headers=authorization(stream.account)
    ) as listening:
        kind = listening.headers.get("content-type", "")
        offered = listening.status == 200 and kind.startswith("text/event-stream")
        _check(url, listening.status, "server-sent events", offered=offered)
        yield _events(listening.chunks)


@asynccontextmanager
async def by_websocket(clients: Clients, stream: Stream, silent: float) -> AsyncIterator[Told]:
    asked = {"stream": "hashtag", "tag": stream.tag} if stream.tag else {"stream": "user"}
    url = stream.base.copy_with(path=_PATH, params=asked)
    headers = authorization(stream.account)
    if _PROTOCOL.fullmatch(stream.account.token):
        # Where browsers put it, and the only header in which Pleroma looks for it.
        headers["Sec-WebSocket-Protocol"] = stream.account.token
    async with websocket(
        clients, url, deadline=BEGIN_SECONDS, silent=silent, headers=headers
    ) as socket:
        _check(url, socket.status, "WebSocket", offered=socket.status == 101)
        yield _messages(url.host, socket.messages)


def _check(url: httpx.URL, status: int, what: str, *, offered: bool) -> None:
    if status == 429 or status >= 500:
        raise ChannelUnavailable(f"{url.host} answered {status} to a stream", retry_after=0.0)
    if not offered:
        raise NoStream(f"{url.host} offers no {what} here (it answered {status})")


async def _events(chunks: AsyncGenerator[bytes, None]) -> Told:
    parser = EventParser()
    async with aclosing(chunks):
        async for chunk in chunks:
            try:
                for event in parser.feed(chunk):
                    yield event
            except ValueError as wrong:
                raise NoAnswer(str(wrong)) from wrong
    raise NoAnswer("the stream ended")


async def _messages(host: str, messages: AsyncGenerator[str, None]) -> Told:
    async with aclosing(messages):
        async for message in messages:
            event = read_message(host, message)
            if event is not None:
                yield event


def read_message(host: str, message: str) -> ServerEvent | None:
    """None for a mere sign of life (Pleroma sends empty messages). What is no event is handed on
    as `UNREADABLE`. Raises `NoStream` where the instance says that it will not tell us.
    """
    if not message.strip():
        return None
    try:
        body = read_json(message.encode())
    except ValueError:
        body = None
    match body:
        case {"event": str(name), "payload": str(payload)}:
            return ServerEvent(name, payload)
        case {"event": str(name), **rest}:
            # As the entity itself, or not at all where an event has none.
            return ServerEvent(name, json.dumps(rest["payload"]) if rest.get("payload") else "")
        case {"error": said}:
            raise NoStream(f"{host} will not stream this to us: {str(said)[:300]}")
        case _:
            return ServerEvent(UNREADABLE, message)
