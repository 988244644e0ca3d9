"""A feed that grows, is edited, rolls over, breaks off and fails, against a simple model of what
its reader must have taken in: each version of each entry that was shown whole, once, in order.
"""

from __future__ import annotations

import asyncio
from hashlib import blake2b

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from harken.channels.exchange import Clients
from harken.channels.feed.channel import FeedChannel
from harken.channels.port import ChannelUnavailable, ConnectionRefused, Page, Source
from harken.domain.ids import MentionId, SourceId
from harken.domain.revision import digest
from harken.domain.time import seconds
from harken.testing.fakes.clock import FakeClock
from services.ingest.domain.novelty import Seen, sort_out
from tests.unit.feeds.making import item, rss
from tests.unit.feeds.reader import CONNECTION, NOW, PAUSE, SINCE, TENANT

SHOWN = 5


class Feed(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock(NOW)
        transport = httpx.MockTransport(self._answer)
        clients = Clients(transport=transport, private_addresses=True)
        self.channel = FeedChannel(self.clock, clients, PAUSE)
        settings = {"url": "https://news.example/feed"}
        self.source = Source(TENANT, SourceId("s"), CONNECTION.id, "feed", settings, SINCE)
        self.cursor = ""
        self.made = 0
        self.entries: list[tuple[int, int]] = []
        self.status, self.part = 200, 1.0
        self.seen: dict[MentionId, Seen] = {}
        self.taken: dict[str, list[str]] = {}
        self.shown: dict[str, list[str]] = {}

    @rule()
    def write(self) -> None:
        self.entries.insert(0, (self.made, 0))
        self.made += 1
        del self.entries[SHOWN:]

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.entries) - 1))
        name, version = self.entries[place]
        self.entries[place] = (name, version + 1)

    @rule(status=st.sampled_from([404, 429, 500, 503]))
    def fail(self, status: int) -> None:
        self.status = status

    @rule(part=st.floats(0.1, 0.99))
    def cut(self, part: float) -> None:
        self.part = part

    @rule()
    def look(self) -> None:
        if (page := self._look()) is not None:
            self._take(page)
            self.cursor = page.cursor

    @rule()
    def look_and_die(self) -> None:
        """After what was brought is durable, and before the cursor is."""
        if (page := self._look()) is not None:
            self._take(page)

    @invariant()
    def everything_shown_was_taken_once_and_in_order(self) -> None:
        assert self.taken == self.shown

    def _look(self) -> Page | None:
        self.clock.advance(seconds(1))
        try:
            return asyncio.run(self.channel.fetch(CONNECTION, self.source, self.cursor))
        except (ChannelUnavailable, ConnectionRefused):
            return None

    def _take(self, page: Page) -> None:
        mentions = page.parsed.mentions
        for mention in sort_out(mentions, self.seen).new.values():
            before = self.seen.get(mention.id)
            assert before is None or mention.revision > before.revision
            self.seen[mention.id] = Seen(digest(mention), mention.revision)
            self.taken.setdefault(mention.source_id, []).append(mention.text)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        status, self.status = self.status, 200
        if status != 200:
            return httpx.Response(status)
        items = [item(f"e{name}", f"{name} {version}", minute=name % 60)
                 for name, version in self.entries]  # fmt: skip
        body = rss(items)
        etag = f'"{blake2b(body, digest_size=6).hexdigest()}"'
        part, self.part = self.part, 1.0
        if request.headers.get("if-none-match") == etag:
            self._show(len(self.entries))
            return httpx.Response(304)
        sent = body[: int(len(body) * part)]
        self._show(sent.count(b"</item>"))
        return httpx.Response(200, headers={"etag": etag}, content=sent)

    def _show(self, count: int) -> None:
        for name, version in self.entries[:count]:
            versions = self.shown.setdefault(f"e{name}", [])
            if versions[-1:] != [f"{name} {version}"]:
                versions.append(f"{name} {version}")


Feed.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestFeed = Feed.TestCase
