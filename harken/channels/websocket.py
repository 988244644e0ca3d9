"""WebSockets (RFC 6455) as one who listens, over the HTTP clients that all else goes through.

So a connection keeps the same rules: which addresses may be spoken to, whose certificate is
believed, and that no redirect is followed. No extension is offered, hence nothing is compressed.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import StringIO

import httpcore
import httpx
from wsproto.connection import CLIENT, Connection
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.utilities import generate_accept_token

from harken.channels.exchange import Clients, NoAnswer

MAX_MESSAGE = 1024 * 1024
"""Characters of one message; whoever sends a longer one is not believed any further."""

_READ_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True)
class Socket:
    """``status`` 101: it is open. ``messages`` gives texts, and raises `NoAnswer` once it closes,
    breaks off, falls silent, or sends what no listener expects.
    """

    status: int
    messages: AsyncGenerator[str, None]


@asynccontextmanager
async def websocket(
    clients: Clients, url: httpx.URL, *, deadline: float, silent: float, headers: Mapping[str, str]
) -> AsyncIterator[Socket]:
    """``url`` is http or https. It is open within ``deadline`` seconds. The other side is asked
    for a sign of life after half of ``silent`` seconds without one, and counts as gone after all.

    Raises `NeverSent`, `NoAnswer`.
    """
    key = b64encode(os.urandom(16))
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": key.decode(),
        "Sec-WebSocket-Version": "13",
    }
    async with clients.beginning(
        url, deadline=deadline, silent=silent, headers={**headers, **upgrade}
    ) as begun:
        if begun.status_code == 101:
            accepted = begun.headers.get("sec-websocket-accept", "").encode()
            if accepted != generate_accept_token(key):
                raise NoAnswer(f"{url.host} answered another's WebSocket handshake")
        yield Socket(begun.status_code, _Listening(begun, silent).messages())


class _Listening:
    def __init__(self, begun: httpx.Response, silent: float) -> None:
        self._host = begun.url.host
        self._stream: httpcore.AsyncNetworkStream = begun.extensions["network_stream"]
        self._silent = silent
        self._socket = Connection(CLIENT)
        self._text = StringIO()

    async def messages(self) -> AsyncGenerator[str, None]:
        try:
            while True:
                self._socket.receive_data(await self._read())
                for event in self._socket.events():
                    if isinstance(event, TextMessage):
                        if (message := self._put_together(event)) is not None:
                            yield message
                    else:
                        await self._heed(event)
        except httpcore.ReadTimeout as gone:
            raise NoAnswer(f"{self._host} fell silent") from gone
        except (httpcore.NetworkError, httpcore.TimeoutException, OSError) as failed:
            what = str(failed) or type(failed).__name__
            raise NoAnswer(f"{self._host} broke off: {what}") from failed

    async def _read(self) -> bytes:
        try:
            read = await self._stream.read(_READ_AT_ONCE, self._silent / 2)
        except httpcore.ReadTimeout:
            await self._say(Ping())
            read = await self._stream.read(_READ_AT_ONCE, self._silent / 2)
        if not read:
            raise httpcore.ReadError("the connection ended")
        return read

    def _put_together(self, part: TextMessage) -> str | None:
        self._text.write(part.data)
        if self._text.tell() > MAX_MESSAGE:
            raise NoAnswer(f"{self._host} sent a message of more than {MAX_MESSAGE:,} characters")
        if not part.message_finished:
            return None
        whole, self._text = self._text.getvalue(), StringIO()
        return whole

    async def _heed(self, event: Event) -> None:
        match event:
            case BytesMessage():
                raise NoAnswer(f"{self._host} sent bytes where text was due")
            case Ping():
                await self._say(event.response())
            case CloseConnection():
                # What is no WebSocket's frame shows like this too, with the reason.
                await self._say(event.response())
                why = f"{int(event.code)} {event.reason or ''}".strip()
                raise NoAnswer(f"{self._host} ended the stream ({why})")

    async def _say(self, event: Event) -> None:
        await self._stream.write(self._socket.send(event), self._silent)
