from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from harken.channels import exchange
from harken.channels.exchange import Clients, NeverSent, NoAnswer

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[httpx.URL]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield httpx.URL(f"http://127.0.0.1:{port}/")
    finally:
        server.close()


def saying(answer: bytes) -> Serve:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return serve


@pytest.fixture
async def clients() -> AsyncIterator[Clients]:
    made = Clients("Harken/test", private_addresses=True)
    yield made
    await made.close()


async def test_a_whole_answer_is_given(clients: Clients) -> None:
    answer = b'HTTP/1.1 422 No\r\nX-A: b\r\nContent-Length: 9\r\n\r\n{"a": [1]'
    async with listening(saying(answer + b"}")) as url:
        got = await clients.exchange("GET", url, deadline=5)
    assert (got.status, got.headers["x-a"], got.ok) == (422, "b", False)
    with pytest.raises(ValueError, match="Expecting"):
        got.json()


async def test_to_a_port_that_cannot_be_nothing_is_sent(clients: Clients) -> None:
    with pytest.raises(NeverSent, match="no port 99999"):
        await clients.exchange("GET", httpx.URL("http://127.0.0.1:99999/"), deadline=5)


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "gzip;br"])
async def test_codings_that_grow_without_measure_are_refused(clients: Clients, coding: str) -> None:
    answer = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: 2\r\n\r\nab"
    async with listening(saying(answer.encode())) as url:
        with pytest.raises(NoAnswer, match="did not ask for"):
            await clients.exchange("GET", url, deadline=5)


async def test_a_beginning_suffices_where_it_is_asked_for(clients: Clients) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    async with listening(saying(answer + b"abcdefghi")) as url:
        for beginning, body, whole in ((4, b"abcd", False), (9, b"abcdefghi", True)):
            got = await clients.exchange("GET", url, deadline=5, beginning=beginning)
            assert (got.body, got.whole) == (body, whole)
    async with listening(saying(answer + b"abc")) as url:
        got = await clients.exchange("GET", url, deadline=5, beginning=9)
        assert (got.body, got.whole) == (b"abc", False)
        with pytest.raises(NoAnswer):
            await clients.exchange("GET", url, deadline=5)


async def test_where_nobody_listens_nothing_was_sent(clients: Clients) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = httpx.URL(f"http://127.0.0.1:{taken.getsockname()[1]}/")
        with pytest.raises(NeverSent):
            await clients.exchange("POST", url, deadline=5, content=b"x")


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", b"not http at all\r\n\r\n"],
    ids=["closed", "cut off", "garbled"],
)
async def test_half_an_answer_is_none(clients: Clients, answer: bytes) -> None:
    async with listening(saying(answer)) as url:
        with pytest.raises(NoAnswer):
            await clients.exchange("POST", url, deadline=5, content=b"x")


async def test_the_deadline_holds_for_the_whole_exchange(clients: Clients) -> None:
    """An answer that trickles in keeps no single read waiting, and still comes too late."""

    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with listening(trickle) as url:
        with pytest.raises(NoAnswer):
            await asyncio.wait_for(clients.exchange("POST", url, deadline=0.4), 20)


async def test_an_endless_answer_is_cut(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "MAX_BODY", 1_000)
    body = b"x" * 5_000
    async with listening(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + body)) as url:
        with pytest.raises(NoAnswer, match="too large"):
            await clients.exchange("GET", url, deadline=5)


async def test_redirects_are_answers_and_are_not_followed(clients: Clients) -> None:
    away = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    async with listening(saying(away)) as url:
        assert (await clients.exchange("POST", url, deadline=5)).status == 302
