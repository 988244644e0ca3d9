from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import httpx
import pytest

from harken.channels.exchange import Clients
from harken.channels.feed.channel import FeedChannel
from harken.channels.mastodon.channel import MastodonChannel
from harken.channels.port import (
    Channel,
    Connection,
    InboundRequest,
    NotNow,
    OutcomeUnknown,
    Source,
)
from harken.channels.webhook.channel import WebhookChannel
from harken.clock import SystemClock
from harken.domain.ids import ConnectionId, SourceId, TenantId
from harken.domain.mention import Mention, Visibility
from harken.testing.conformance.channel import (
    ChannelConformance,
    ChannelRig,
    Failure,
    ListeningOnlyConformance,
    ListeningRig,
    Standing,
)
from harken.testing.fakes.channel import FakeChannel
from harken.testing.fakes.clock import FakeClock
from harken.testing.feeds.app import create_app as feed_app
from harken.testing.feeds.server import FeedServer
from harken.testing.mastodon.app import create_app as mastodon_app
from harken.testing.mastodon.instance import Settings
from harken.testing.serving import serving
from harken.testing.webhook_network.app import create_app as webhook_app
from harken.testing.webhook_network.network import DEFAULT_SECRET, WebhookNetwork

TENANT = TenantId("northkettle")
NOWHERE = "http://127.0.0.1:9"

FAULTS: dict[Failure, dict[str, Any]] = {
    Failure.BUSY: {"kind": "error", "status": 429, "headers": {"retry-after": "7"}},
    Failure.BROKEN_BEFORE: {"kind": "error", "status": 503},
    Failure.BROKEN_AFTER: {"kind": "error", "status": 502, "when": "after"},
    Failure.CUT_AFTER: {"kind": "drop", "when": "after"},
    Failure.SILENT_AFTER: {"kind": "delay", "when": "after", "seconds": 60},
}


class Loopback:
    """The other side of a network that is a server on this machine."""

    def __init__(self, address: str, channel: Channel, connection: Connection) -> None:
        self.address = address
        self.channel = channel
        self.connection = connection
        self.http = httpx.AsyncClient(base_url=address, trust_env=False)

    async def fail_next(self, failure: Failure) -> None:
        (await self.http.post("/harken/faults", json=FAULTS[failure])).raise_for_status()

    async def close(self) -> None:
        await self.http.aclose()
        await self.channel.close()


class MastodonRig(Loopback):
    def __init__(self, address: str) -> None:
        connection = Connection(
            TENANT,
            ConnectionId("c1"),
            "mastodon",
            "Our Mastodon",
            {"instance": address},
            {"access_token": "northkettle-token"},
        )
        super().__init__(
            address, MastodonChannel(SystemClock(), Clients(private_addresses=True)), connection
        )
        self.source = Source(TENANT, SourceId("s1"), connection.id, "notifications")
        self.cursor = ""

    async def say(
        self, text: str, *, visibility: Visibility = Visibility.PUBLIC, parent: str = ""
    ) -> str:
        form = {
            "status": f"@northkettle {text}",
            "visibility": "public" if visibility is Visibility.PUBLIC else "direct",
            "in_reply_to_id": parent,
        }
        headers = {"Authorization": "Bearer mara-token"}
        answer = await self.http.post("/api/v1/statuses", data=form, headers=headers)
        return str(answer.raise_for_status().json()["id"])

    async def hear(self) -> Sequence[Mention]:
        mentions: list[Mention] = []
        more = True
        while more:
            page = await self.channel.fetch(self.connection, self.source, self.cursor)
            assert not page.parsed.unreadable
            mentions += page.parsed.mentions
            self.cursor, more = page.cursor, page.more
        return mentions

    async def standing(self) -> Sequence[Standing]:
        statuses = (await self.http.get("/harken/statuses")).json()
        return [
            Standing(
                each["id"],
                each["in_reply_to_id"],
                each["text"],
                Visibility.PRIVATE if each["visibility"] == "direct" else Visibility.PUBLIC,
            )
            for each in statuses
            if each["account"] == "northkettle"
        ]

    async def unreachable(self) -> Connection:
        return replace(self.connection, settings={"instance": NOWHERE})


class TestMastodon(ChannelConformance):
    @pytest.fixture
    async def rig(self) -> AsyncIterator[ChannelRig]:
        async with serving(
            lambda address: mastodon_app(Settings(address=address, rate_limit=0))
        ) as address:
            rig = MastodonRig(address)
            yield rig
            await rig.close()


class WebhookRig(Loopback):
    def __init__(self, address: str, network: WebhookNetwork) -> None:
        connection = Connection(
            TENANT,
            ConnectionId("c2"),
            "webhook",
            "Our forum",
            {
                "reply_url": f"{address}/replies",
                "replies_url": f"{address}/replies",
                "max_length": "300",
            },
            {"secret": DEFAULT_SECRET},
        )
        super().__init__(
            address, WebhookChannel(SystemClock(), Clients(private_addresses=True)), connection
        )
        self.clock = SystemClock()
        self.peer = network
        self.waiting: list[dict[str, Any]] = []

    async def say(
        self, text: str, *, visibility: Visibility = Visibility.PUBLIC, parent: str = ""
    ) -> str:
        more = {"parent": parent} if parent else {}
        mention = self.peer.mention(text, visibility=visibility.value, **more)
        self.waiting.append(mention)
        return str(mention["id"])

    async def hear(self) -> Sequence[Mention]:
        delivery = self.peer.delivery({"mentions": self.waiting})
        self.waiting = []
        now = self.clock.now()
        request = InboundRequest("POST", delivery.headers, {}, delivery.body, now)
        self.channel.verify(self.connection, request)
        parsed = self.channel.parse(self.connection, request.body, now)
        assert not parsed.unreadable
        return list(parsed.mentions)

    async def standing(self) -> Sequence[Standing]:
        return [
            Standing(each.id, each.parent, each.text, Visibility(each.visibility))
            for each in self.peer.replies
        ]

    async def unreachable(self) -> Connection:
        settings = {**self.connection.settings, "reply_url": f"{NOWHERE}/replies"}
        return replace(self.connection, settings=settings)


class TestWebhook(ChannelConformance):
    @pytest.fixture
    async def rig(self) -> AsyncIterator[ChannelRig]:
        network = WebhookNetwork(SystemClock(), max_length=300)
        async with serving(lambda _: webhook_app(network)) as address:
            rig = WebhookRig(address, network)
            yield rig
            await rig.close()


class FeedRig:
    """Each thing said is an entry more in one feed, the newest first."""

    def __init__(self, address: str, server: FeedServer) -> None:
        self.connection = Connection(TENANT, ConnectionId("c4"), "feed", "Our feeds")
        self.channel = FeedChannel(SystemClock(), Clients(private_addresses=True), pause=300.0)
        settings = {"url": f"{address}/feed"}
        self.source = Source(TENANT, SourceId("s4"), self.connection.id, "feed", settings)
        self.server = server
        self.entries: list[str] = []
        self.cursor = ""

    async def say(self, text: str) -> str:
        name = f"entry-{len(self.entries)}"
        self.entries.insert(
            0,
            f'<item><guid isPermaLink="false">{name}</guid><description>'
            f"{escape(escape(text))}</description></item>",
        )
        return name

    async def hear(self) -> Sequence[Mention]:
        body = f"<rss version='2.0'><channel>{''.join(self.entries)}</channel></rss>"
        self.server.publish("/feed", body.encode())
        page = await self.channel.fetch(self.connection, self.source, self.cursor)
        assert (page.more, page.gap, page.parsed.unreadable) == (False, None, ())
        self.cursor = page.cursor
        return list(page.parsed.mentions)


class TestFeed(ListeningOnlyConformance):
    addressed = False

    @pytest.fixture
    async def rig(self) -> AsyncIterator[ListeningRig]:
        server = FeedServer()
        async with serving(lambda _: feed_app(server)) as address:
            rig = FeedRig(address, server)
            yield rig
            await rig.channel.close()


class FakeRig:
    def __init__(self) -> None:
        self.channel = FakeChannel(FakeClock())
        self.connection = Connection(
            TENANT, ConnectionId("c3"), "fake", "A fake", secrets={"token": "t"}
        )
        self.source = Source(TENANT, SourceId("s3"), self.connection.id, "everything")
        self.cursor = ""

    async def say(
        self, text: str, *, visibility: Visibility = Visibility.PUBLIC, parent: str = ""
    ) -> str:
        return self.channel.say(text, visibility, parent)

    async def hear(self) -> Sequence[Mention]:
        page = await self.channel.fetch(self.connection, self.source, self.cursor)
        self.cursor = page.cursor
        return list(page.parsed.mentions)

    async def standing(self) -> Sequence[Standing]:
        return [
            Standing(
                each.id, each.request.parent_source_id, each.request.text, each.request.visibility
            )
            for each in self.channel.posts
        ]

    async def fail_next(self, failure: Failure) -> None:
        if failure is Failure.BUSY:
            self.channel.failures.append(NotNow("busy", 7.0))
            return
        self.channel.posted_unknown = failure is not Failure.BROKEN_BEFORE
        self.channel.failures.append(OutcomeUnknown(failure.name))

    async def unreachable(self) -> Connection:
        self.channel.failures.append(NotNow("nobody listens", 5.0))
        return self.connection


class TestFake(ChannelConformance):
    @pytest.fixture
    def rig(self) -> ChannelRig:
        return FakeRig()
