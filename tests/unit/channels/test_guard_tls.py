"""A guarded connection goes to an address, and still insists on the certificate of the name."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from harken.channels import guard
from harken.channels.exchange import Clients, NeverSent
from harken.channels.guard import Address, PublicOnly
from harken.channels.websocket import websocket
from harken.testing.certificates import self_signed

NAME = "kettle.example"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of ``NAME``, signed by itself; with its key."""
    return self_signed(tmp_path / "certificate.pem", x509.DNSName(NAME))


@pytest.fixture
async def port(certificate: Path) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        host = next(line for line in asked.split(b"\r\n") if line.lower().startswith(b"host:"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(host), host))
        await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def here(host: str, port: int) -> Sequence[Address]:
    return [ipaddress.ip_address("127.0.0.1")]


@pytest.fixture
async def client(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr(guard, "is_public", lambda _: True)
    trusting = ssl.create_default_context(cafile=str(certificate))
    guarded = PublicOnly(httpx.AsyncHTTPTransport(verify=trusting), here)
    async with httpx.AsyncClient(transport=guarded) as made:
        yield made


async def test_the_names_certificate_is_accepted(client: httpx.AsyncClient, port: int) -> None:
    answer = await client.get(f"https://{NAME}:{port}/")
    assert answer.text == f"Host: {NAME}:{port}"


@pytest.mark.parametrize("host", ["mill.example", "127.0.0.1"])
async def test_another_names_is_not(client: httpx.AsyncClient, port: int, host: str) -> None:
    with pytest.raises(httpx.ConnectError, match="certificate"):
        await client.get(f"https://{host}:{port}/")


async def test_a_websocket_insists_on_it_too(port: int) -> None:
    clients = Clients(private_addresses=True)
    url = httpx.URL(f"https://127.0.0.1:{port}/")
    with pytest.raises(NeverSent, match="certificate"):
        async with websocket(clients, url, deadline=10, silent=10, headers={}):
            pass
    await clients.close()
