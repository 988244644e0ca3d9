"""How the index logs in, and whom it trusts."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from elasticsearch import TransportError

from harken.search.elasticsearch import ElasticsearchSettings
from harken.testing.certificates import self_signed

ANSWER = b'{"status":"green","timed_out":false}'
HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-elastic-product: Elasticsearch\r\n"
    b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(ANSWER)
)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of 127.0.0.1, signed by itself; the file holds its key too."""
    return self_signed(tmp_path / "node.pem", x509.IPAddress(IPv4Address("127.0.0.1")))


class Node:
    """A node behind TLS that keeps what it was told of who asks."""

    def __init__(self, certificate: Path) -> None:
        self.authorization: list[str] = []
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(certificate)

    async def start(self) -> str:
        self.server = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=self._tls)
        return f"https://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        named = [line for line in head.split("\r\n") if line.lower().startswith("authorization:")]
        self.authorization += [line.partition(": ")[2] for line in named] or [""]
        writer.write(HEAD + ANSWER)
        await writer.drain()
        writer.close()


@pytest.fixture
async def node(certificate: Path) -> AsyncIterator[Node]:
    node = Node(certificate)
    yield node
    node.server.close()
    await node.server.wait_closed()


async def health(own: ElasticsearchSettings) -> str:
    async with own.connect() as client:
        status: str = (await client.cluster.health())["status"]
    return status


async def test_an_api_key_goes_before_user_and_password(node: Node, certificate: Path) -> None:
    own = ElasticsearchSettings(await node.start(), ca=certificate)
    for given in (own, replace(own, user="u", password="p"), replace(own, user="u", api_key="k")):
        assert await health(given) == "green"
    assert node.authorization == ["", f"Basic {base64.b64encode(b'u:p').decode()}", "ApiKey k"]


async def test_a_node_whose_authority_is_unknown_is_told_nothing(
    node: Node, certificate: Path
) -> None:
    own = ElasticsearchSettings(await node.start(), user="u", password="p")
    with pytest.raises(TransportError, match="certificate"):
        await health(own)
    assert node.authorization == []


def test_secrets_are_not_shown() -> None:
    shown = repr(ElasticsearchSettings("http://a:1", password="hush", api_key="hush"))
    assert "hush" not in shown


@pytest.mark.parametrize("prefix", ["", "Harken", "harken-g1", "harken-g1-x", "a*", "-a", "a,b"])
def test_a_prefix_leads_names_and_reaches_no_other_ones(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        ElasticsearchSettings("http://a:1", prefix=prefix)
