"""A source that is read as the poller reads it, over real HTTP, at a time that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from harken.channels.exchange import Clients
from harken.channels.feed.channel import FeedChannel
from harken.channels.port import Connection, Page, Source
from harken.domain.ids import ConnectionId, SourceId, TenantId
from harken.domain.mention import Mention
from harken.domain.time import parse_rfc3339
from harken.testing.fakes.clock import FakeClock
from harken.testing.feeds.app import create_app
from harken.testing.feeds.server import FeedServer
from harken.testing.serving import serving

NOW = parse_rfc3339("2026-03-10T12:00:00Z")
SINCE = parse_rfc3339("2026-03-01T00:00:00Z")
TENANT = TenantId("northkettle")
CONNECTION = Connection(TENANT, ConnectionId("c1"), "feed", "Our feeds")
PAUSE = 300.0


@dataclass(slots=True)
class Reader:
    """Keeps the cursor of one feed."""

    channel: FeedChannel
    source: Source
    clock: FakeClock
    cursor: str = ""
    heard: list[Mention] = field(default_factory=list)

    async def look(self) -> Page:
        page = await self.channel.fetch(CONNECTION, self.source, self.cursor)
        self.cursor = page.cursor
        self.heard += page.parsed.mentions
        return page

    async def texts(self) -> list[str]:
        return [mention.text for mention in (await self.look()).parsed.mentions]


@dataclass(slots=True)
class World:
    server: FeedServer
    address: str
    channel: FeedChannel
    clock: FakeClock

    def reader(self, path: str, **settings: str) -> Reader:
        told = {"url": f"{self.address}{path}", **settings}
        source = Source(TENANT, SourceId(path), CONNECTION.id, "feed", told, SINCE)
        return Reader(self.channel, source, self.clock)


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    server, clock = FeedServer(), FakeClock(NOW)
    channel = FeedChannel(clock, Clients(private_addresses=True), PAUSE)
    async with serving(lambda _: create_app(server)) as address:
        yield World(server, address, channel, clock)
        await channel.close()
