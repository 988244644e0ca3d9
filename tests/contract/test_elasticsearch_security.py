"""A real Elasticsearch behind TLS: who may comes in, who may not is told why."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509

from deploy.local import place
from harken.runtime.distributed import elasticsearch_settings, open_index
from harken.runtime.settings import Settings
from harken.runtime.starting import CannotStart
from harken.testing.certificates import self_signed
from harken.testing.conformance.search_index_samples import FIELDS, doc, found
from harken.testing.elasticsearch import remove_indices
from harken.testing.runtime import quick_settings
from tests.engines import need_elasticsearch

pytestmark = pytest.mark.engines


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return self_signed(tmp_path / "node.pem", x509.IPAddress(IPv4Address("127.0.0.1")))


@pytest.fixture
async def address(certificate: Path) -> AsyncIterator[str]:
    """TLS ends before the server, as behind a load balancer."""
    need_elasticsearch()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    async with await asyncio.start_server(relay, "127.0.0.1", 0, ssl=tls) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    behind, before = await asyncio.open_connection("127.0.0.1", place.ELASTICSEARCH_PORT)
    await asyncio.gather(copy(reader, before), copy(behind, writer))


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(65_536):
        writer.write(said)
        await writer.drain()
    writer.close()


@pytest.fixture
async def own(address: str, certificate: Path) -> AsyncIterator[dict[str, Any]]:
    """Settings that lead to it."""
    given = {
        "elasticsearch_urls": address,
        "elasticsearch_prefix": f"test-{uuid4().hex[:10]}",
        "elasticsearch_user": place.ELASTICSEARCH_USER,
        "elasticsearch_password": place.ELASTICSEARCH_PASSWORD,
        "elasticsearch_ca": certificate,
        "elasticsearch_replicas": 0,
        "start_patience": 0.0,
    }
    yield given
    await remove_indices(elasticsearch_settings(quick_settings(**given)))


async def test_a_password_opens_it(own: dict[str, Any]) -> None:
    async with open_index(quick_settings(**own), FIELDS) as index:
        await index.upsert([doc("a")])
        assert await found(index) == {"a"}


async def test_a_wrong_password_ends_the_start_at_once(own: dict[str, Any]) -> None:
    wrong = {"elasticsearch_password": "guessed", "start_patience": 1e9}
    said = r"refuses the credentials .*see HARKEN_ELASTICSEARCH_\*"
    await refused(quick_settings(**own | wrong), said)


async def test_a_certificate_that_nobody_signed_whom_we_trust_is_told(
    own: dict[str, Any], tmp_path: Path
) -> None:
    other = self_signed(tmp_path / "other.pem", x509.DNSName("other.example"))
    said = r"certificate verify failed.*see HARKEN_ELASTICSEARCH_\*"
    for wrong in ({"elasticsearch_ca": other}, {"elasticsearch_ca": None}):
        await refused(quick_settings(**own | wrong), said)


async def refused(settings: Settings, said: str) -> None:
    with pytest.raises(CannotStart, match=said):
        async with open_index(settings, FIELDS):
            pass
