"""Frames as they come from strangers, written by hand."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager

import httpx
import pytest
from wsproto.utilities import generate_accept_token

from harken.channels import websocket as websockets
from harken.channels.exchange import AddressRefused, Clients, NoAnswer
from harken.channels.websocket import Socket, websocket

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

TEXT, BYTES, CLOSE, PING, PONG = 1, 2, 8, 9, 10
LAST = 0x80


def frame(payload: bytes, kind: int = TEXT, *, last: bool = True) -> bytes:
    head = bytes([kind | (LAST if last else 0)])
    if len(payload) < 126:
        return head + bytes([len(payload)]) + payload
    if len(payload) < 65_536:
        return head + b"\x7e" + struct.pack("!H", len(payload)) + payload
    return head + b"\x7f" + struct.pack("!Q", len(payload)) + payload


async def unmasked(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """A short frame of the client's: its kind and what it says."""
    kind, length = await reader.readexactly(2)
    mask = await reader.readexactly(4)
    said = await reader.readexactly(length & 0x7F)
    return kind & 0x0F, bytes(byte ^ mask[n % 4] for n, byte in enumerate(said))


def telling(*frames: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join(frames))
        await reader.read()

    return serve


@asynccontextmanager
async def serving(serve: Serve, *, accept: bytes = b"") -> AsyncIterator[httpx.URL]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
            named = {k.lower(): v for k, _, v in (line.partition(b": ") for line in asked[1:])}
            assert named[b"upgrade"] == b"websocket"
            assert b"sec-websocket-extensions" not in named
            accepted = accept or generate_accept_token(named[b"sec-websocket-key"])
            writer.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accepted + b"\r\n\r\n"
            )
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield httpx.URL(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream")
    finally:
        server.close()


@pytest.fixture
async def clients() -> AsyncIterator[Clients]:
    made = Clients(private_addresses=True)
    yield made
    await made.close()


@asynccontextmanager
async def opened(clients: Clients, url: httpx.URL, silent: float = 20.0) -> AsyncIterator[Socket]:
    async with websocket(clients, url, deadline=5, silent=silent, headers={}) as socket:
        yield socket


async def heard(clients: Clients, url: httpx.URL, silent: float = 20.0) -> tuple[list[str], str]:
    """The messages, and why there are no more."""
    messages: list[str] = []
    async with opened(clients, url, silent) as socket, aclosing(socket.messages):
        try:
            while True:
                messages.append(await anext(socket.messages))
        except NoAnswer as end:
            return messages, str(end)


async def test_messages_are_put_together_of_their_parts(clients: Clients) -> None:
    parts = ("Кава".encode()[:3], "Кава".encode()[3:])
    told = telling(
        frame(b"whole"),
        frame(parts[0], last=False),
        frame(b"", PING),
        frame(parts[1], 0),
        frame(b"", TEXT),
        frame(struct.pack("!H", 1001) + b"bye", CLOSE),
    )
    async with serving(told) as url:
        messages, why = await heard(clients, url)
    assert messages == ["whole", "Кава", ""]
    assert "1001 bye" in why


async def test_a_ping_is_answered(clients: Clients) -> None:
    answers: list[tuple[int, bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(b"are you there", PING))
        answers.append(await unmasked(reader))
        writer.write(frame(b"good"))

    async with serving(serve) as url:
        messages, _ = await heard(clients, url)
    assert messages == ["good"]
    assert answers == [(PONG, b"are you there")]


async def test_one_that_falls_silent_is_asked_before_it_counts_as_gone(clients: Clients) -> None:
    asked: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await unmasked(reader))[0])
        writer.write(frame(b"", PONG) + frame(b"still here"))
        asked.append((await unmasked(reader))[0])
        await reader.read()

    async with serving(serve) as url:
        messages, why = await heard(clients, url, silent=0.4)
    assert messages == ["still here"]
    assert "fell silent" in why
    assert asked == [PING, PING]


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        ([frame(b"x" * 3_000)], "more than 1,000"),
        ([frame(b"x" * 600, last=False), frame(b"x" * 600, 0, last=False)], "more than 1,000"),
        ([b"\x81\x7f" + struct.pack("!Q", 2**62) + b"x" * 2_000], "more than 1,000"),
        ([b"\x81\x7f" + struct.pack("!Q", 2**63) + b"x"], "non-zero MSB"),
        ([frame(b"\x00\x01", BYTES)], "bytes where text"),
        ([frame(b"\xff\xfe")], "1007"),
        ([frame("\ud800".encode("utf-8", "surrogatepass"))], "1007"),
        ([bytes([TEXT | LAST, 0x80 | 1]) + b"mask" + b"x"], "masked"),
        ([bytes([TEXT | LAST | 0x40, 1]) + b"x"], "Reserved bit"),
        ([bytes([0x0B | LAST, 0])], "opcode"),
        ([frame(b"x", 0)], "CONTINUATION"),
        ([frame(b"x" * 126, PING)], "1002"),
        ([frame(b"x", CLOSE)], "1 byte payload"),
        ([b"HTTP/1.1 200 OK\r\n\r\n"], "1002"),
        ([], "broke off"),
        ([frame(b"half of it")[:5]], "broke off"),
    ],
    ids=[
        "a long message",
        "one that never ends",
        "one that says it is huge",
        "one beyond all numbers",
        "bytes",
        "no UTF-8",
        "half a character",
        "masked",
        "compressed unasked",
        "of no kind",
        "nothing to continue",
        "a long ping",
        "half a reason to close",
        "no frame at all",
        "nothing",
        "half a frame",
    ],
)
async def test_what_no_listener_expects_ends_it(
    clients: Clients, monkeypatch: pytest.MonkeyPatch, frames: list[bytes], reason: str
) -> None:
    monkeypatch.setattr(websockets, "MAX_MESSAGE", 1_000)

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(b"before") + b"".join(frames))
        await writer.drain()

    async with serving(serve) as url:
        messages, why = await heard(clients, url)
    assert messages == ["before"]
    assert reason in why


async def test_whoever_takes_messages_slowly_slows_the_other_side_down(clients: Clients) -> None:
    written = 0

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        while not writer.is_closing():
            writer.write(frame(b"x" * 60_000))
            await writer.drain()
            written += 1

    async with serving(serve) as url, opened(clients, url) as socket, aclosing(socket.messages):
        assert await anext(socket.messages)
        before = -1
        while before != written:
            before = written
            await asyncio.sleep(0.1)
        assert await anext(socket.messages)


async def test_another_handshakes_answer_opens_nothing(clients: Clients) -> None:
    async with serving(telling(frame(b"x")), accept=b"c29tZWJvZHkgZWxzZQ==") as url:
        with pytest.raises(NoAnswer, match="handshake"):
            await heard(clients, url)


async def test_a_redirect_is_an_answer_and_is_not_followed(clients: Clients) -> None:
    async def away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(away, "127.0.0.1", 0)
    url = httpx.URL(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    async with opened(clients, url) as socket:
        assert socket.status == 302
    server.close()


async def test_it_leads_to_no_private_address_where_they_are_refused() -> None:
    clients = Clients(private_addresses=False)
    async with serving(telling(frame(b"x"))) as url:
        for host in ("127.0.0.1", "localhost", "[::1]"):
            with pytest.raises(AddressRefused, match="no public address"):
                await heard(clients, httpx.URL(f"http://{host}:{url.port}/"))
    await clients.close()
