from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import replace

import httpx
import pytest

from harken.channels.exchange import AddressRefused, Clients
from harken.channels.guard import MOST_TRIED, Address, NotPublic, PublicOnly, is_public
from harken.channels.mastodon.channel import MastodonChannel
from harken.channels.port import Channel, Connection, ConnectionRefused, Refused
from harken.channels.webhook.channel import WebhookChannel
from harken.testing.fakes.clock import FakeClock
from tests.unit.channels import instance, test_webhook_publish
from tests.unit.channels.test_exchange import listening, saying

PUBLIC = ("8.8.8.8", "1.1.1.1", "2606:4700::6810:1", "64:ff9b::808:808", "2002:808:808::1")
INSIDE = (
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104 - which some systems take for this machine
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fe80::1",
    "fec0::1",
    "fd00::1",
    "ff02::1",
)


class Names:
    """Answers each look-up with the next of its answers, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[Address]:
        self.asked.append((host, port))
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [ipaddress.ip_address(each) for each in found]


class Network:
    """Where requests would go to. Hosts in ``dead`` take no connection."""

    def __init__(self, *dead: str) -> None:
        self.dead = dead
        self.requests: list[httpx.Request] = []

    @property
    def hosts(self) -> list[str]:
        return [request.url.host for request in self.requests]

    def transport(self) -> httpx.MockTransport:
        def answer(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            if request.url.host in self.dead:
                raise httpx.ConnectError("dead", request=request)
            return httpx.Response(200, content=request.content)

        return httpx.MockTransport(answer)


async def get(names: Names, network: Network, url: str = "https://kettle.example/x?y=1") -> None:
    guarded = PublicOnly(network.transport(), names)
    async with httpx.AsyncClient(transport=guarded) as client:
        await client.post(url, content=b"said")


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", INSIDE)
def test_no_other_is_however_it_is_written(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


async def test_the_address_that_was_looked_at_is_the_one_spoken_to() -> None:
    names, network = Names(["1.1.1.1"], ["10.0.0.1"]), Network()
    await get(names, network)
    (request,) = network.requests
    assert str(request.url) == "https://1.1.1.1/x?y=1"
    assert request.headers["host"] == "kettle.example"
    assert request.extensions["sni_hostname"] == "kettle.example"
    assert request.content == b"said"
    assert names.asked == [("kettle.example", 443)]


async def test_a_name_that_later_leads_inside_is_refused_then() -> None:
    names, network = Names(["1.1.1.1"], ["10.0.0.1"]), Network()
    await get(names, network)
    with pytest.raises(NotPublic, match="no public address"):
        await get(names, network)
    assert network.hosts == ["1.1.1.1"]


async def test_of_several_addresses_the_public_ones_are_tried_in_turn() -> None:
    network = Network("1.1.1.1", "2606:4700::1")
    await get(Names(["127.0.0.1", "1.1.1.1", "2606:4700::1", "8.8.8.8"]), network)
    assert network.hosts == ["1.1.1.1", "2606:4700::1", "8.8.8.8"]
    assert network.requests[-1].content == b"said"


async def test_it_gives_up_after_a_few() -> None:
    addresses = [f"1.1.1.{n}" for n in range(1, 9)]
    network = Network(*addresses)
    with pytest.raises(httpx.ConnectError):
        await get(Names(addresses), network)
    assert len(network.requests) == MOST_TRIED


async def test_what_was_written_to_one_address_is_not_written_to_another() -> None:
    written: list[str] = []

    def cut(request: httpx.Request) -> httpx.Response:
        written.append(request.url.host)
        raise httpx.ReadError("cut", request=request)

    guarded = PublicOnly(httpx.MockTransport(cut), Names(["1.1.1.1", "8.8.8.8"]))
    async with httpx.AsyncClient(transport=guarded) as client:
        with pytest.raises(httpx.ReadError):
            await client.post("https://kettle.example/")
    assert written == ["1.1.1.1"]


async def test_an_unknown_name_and_a_slow_name_server_are_no_connection() -> None:
    async def unknown(host: str, port: int) -> Sequence[Address]:
        raise OSError("unknown")

    async def silent(host: str, port: int) -> Sequence[Address]:
        await asyncio.sleep(3600)
        return ()

    for lookup, kind in ((unknown, httpx.ConnectError), (silent, httpx.ConnectTimeout)):
        client = httpx.AsyncClient(transport=PublicOnly(Network().transport(), lookup), timeout=0.1)
        with pytest.raises(kind):
            await client.get("https://kettle.example/")
        await client.aclose()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "[::1]"])
async def test_clients_reach_this_machine_only_where_they_may(host: str) -> None:
    """Through the system's own resolver, which reads more spellings than one would think."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    async with listening(saying(answer)) as url:
        target = httpx.URL(f"http://{host}:{url.port}/")
        refusing = Clients(private_addresses=False)
        with pytest.raises(AddressRefused, match="no public address") as refused:
            await refusing.exchange("GET", target, deadline=5)
        assert str(url.port) not in str(refused.value)
        await refusing.close()
        if host == "127.0.0.1":
            allowing = Clients(private_addresses=True)
            assert (await allowing.exchange("GET", target, deadline=5)).ok
            await allowing.close()


def inside(channel: Channel, connection: Connection) -> tuple[Channel, Connection]:
    names = ("instance",) if channel.network == "mastodon" else ("reply_url", "replies_url")
    settings = dict.fromkeys(names, "https://10.0.0.1/")
    return channel, replace(connection, settings=settings)


async def test_a_reply_that_leads_inside_is_refused_for_good() -> None:
    clients = Clients(private_addresses=False)
    for channel, connection in (
        inside(MastodonChannel(FakeClock(), clients), instance.CONNECTION),
        inside(WebhookChannel(FakeClock(), clients), test_webhook_publish.CONNECTION),
    ):
        with pytest.raises(Refused, match="no public address"):
            await channel.publish(connection, instance.REQUEST)
    await clients.close()


async def test_a_source_that_leads_inside_asks_for_a_person() -> None:
    clients = Clients(private_addresses=False)
    channel, connection = inside(MastodonChannel(FakeClock(), clients), instance.CONNECTION)
    with pytest.raises(ConnectionRefused, match="no public address"):
        await channel.fetch(connection, instance.SOURCE, "")
    await clients.close()
