from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from harken.channels.exchange import Clients
from harken.channels.mastodon.channel import MastodonChannel
from harken.channels.mastodon.live import Pace
from harken.channels.port import Connection, Source
from harken.clock import SystemClock
from harken.domain.ids import ConnectionId, SourceId, TenantId
from harken.testing.conformance.streaming import StreamingConformance, StreamingRig
from harken.testing.fakes.channel import FakeChannel
from harken.testing.fakes.clock import FakeClock
from harken.testing.mastodon.app import LocalMastodon
from harken.testing.mastodon.instance import Draft, Settings, number
from harken.testing.mastodon.sockets import Sockets
from harken.testing.mastodon.software import Name
from harken.testing.mastodon.streaming import Behaviour, Way
from harken.testing.serving import serving

TENANT = TenantId("northkettle")


class MastodonRig:
    """A hashtag of a local instance."""

    def __init__(self, address: str, local: LocalMastodon) -> None:
        self.connection = Connection(
            TENANT,
            ConnectionId("c1"),
            "mastodon",
            "Ours",
            {"instance": address},
            {"access_token": "northkettle-token"},
        )
        self.source = Source(
            TENANT, SourceId("s1"), self.connection.id, "hashtag", {"tag": "kettle"}
        )
        pace = Pace(again=3_600.0, settled=3_600.0, beat=0.05)
        self.channel = MastodonChannel(SystemClock(), Clients(private_addresses=True), pace)
        self._local = local

    async def say(self, text: str) -> str:
        instance = self._local.instance
        return str(instance.post(instance.register("mara"), Draft(f"{text} #kettle")).id)

    async def edit(self, said: str, text: str) -> None:
        instance = self._local.instance
        instance.edit(instance.register("mara"), number(said), Draft(f"{text} #kettle"))

    async def delete(self, said: str) -> None:
        instance = self._local.instance
        instance.delete(instance.register("mara"), number(said))

    async def cut(self) -> None:
        self._local.streams.cut(within_an_event=True)

    async def refuse(self) -> None:
        self._local.streams.behaviour = Behaviour(offered=())


@asynccontextmanager
async def instance(
    software: Name, offered: tuple[Way, ...] = ("events", "websocket")
) -> AsyncIterator[MastodonRig]:
    made: list[LocalMastodon] = []

    def make(address: str) -> LocalMastodon:
        made.append(LocalMastodon(Settings(address=address, rate_limit=0, software=software)))
        return made[0]

    async with serving(make, Sockets) as address:
        made[0].streams.behaviour.offered = offered
        rig = MastodonRig(address, made[0])
        yield rig
        await rig.channel.close()


class TestMastodonByEvents(StreamingConformance):
    @pytest.fixture
    async def rig(self) -> AsyncIterator[StreamingRig]:
        async with instance("mastodon", ("events",)) as rig:
            yield rig


class TestMastodonByWebSocket(StreamingConformance):
    @pytest.fixture
    async def rig(self) -> AsyncIterator[StreamingRig]:
        async with instance("mastodon", ("websocket",)) as rig:
            yield rig


class TestGoToSocial(StreamingConformance):
    @pytest.fixture
    async def rig(self) -> AsyncIterator[StreamingRig]:
        async with instance("gotosocial") as rig:
            yield rig


class TestPleroma(StreamingConformance):
    @pytest.fixture
    async def rig(self) -> AsyncIterator[StreamingRig]:
        async with instance("pleroma") as rig:
            yield rig


class FakeRig:
    def __init__(self) -> None:
        self.channel = FakeChannel(FakeClock())
        self.connection = Connection(TENANT, ConnectionId("c3"), "fake", "A fake")
        self.source = Source(TENANT, SourceId("s3"), self.connection.id, "everything")

    async def say(self, text: str) -> str:
        return self.channel.say(text)

    async def edit(self, said: str, text: str) -> None:
        self.channel.edit(said, text)

    async def delete(self, said: str) -> None:
        self.channel.delete(said)

    async def cut(self) -> None:
        self.channel.cuts += 1

    async def refuse(self) -> None:
        self.channel.streams = False


class TestFake(StreamingConformance):
    @pytest.fixture
    def rig(self) -> StreamingRig:
        return FakeRig()
