"""The sources of an instance: read page by page, or followed as it streams.

A stream is only faster: what the cursor's trail rests on is always read from the timelines, once
the stream has begun, once it is settled, and again and again while it lasts. So whatever a stream
loses, whenever it breaks off, the timelines bring.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

from harken.channels.mastodon.again import Place, look_again
from harken.channels.mastodon.api import MastodonApi
from harken.channels.mastodon.cursor import Cursor, read_cursor, write_cursor
from harken.channels.mastodon.hear import hear
from harken.channels.mastodon.listen import after_trail, first_pages
from harken.channels.mastodon.live import Events, Live, Pace
from harken.channels.mastodon.threads import Threads
from harken.channels.mastodon.told import told
from harken.channels.mastodon.ways import Stream, by_events, by_websocket, streaming_base
from harken.channels.port import ChannelUnavailable, Page, Parsed
from harken.domain.ids import SourceId
from harken.domain.time import Instant, after, seconds

_TOGETHER = 100
"""Events that make one page at most."""


class Sources:
    """``_looked`` says when each source was last looked at again; nothing that must survive."""

    def __init__(self, api: MastodonApi, threads: Threads, pace: Pace) -> None:
        self._api = api
        self._threads = threads
        self._pace = pace
        self._streams = Live(api.clients, pace)
        self._looked: dict[SourceId, Instant] = {}

    async def fetch(self, place: Place, source: SourceId, cursor: str) -> Page:
        """One page; with the last one now and then what changed of those before."""
        known = read_cursor(cursor)
        if known.trail:
            heard = await after_trail(self._api, place.account, place.query, known.trail)
        else:
            heard = await first_pages(self._api, place.account, place.query, place.hearing.since)
        parsed = await hear(heard.items, place.hearing, place.account, self._threads)
        news, reached = known.moved(heard.ids).handing_over(parsed.mentions)
        parsed = replace(parsed, mentions=news)
        if not cursor:
            self._looked[source] = place.hearing.received_at
        elif not heard.more and self._due(source):
            parsed, reached = await self._with_changes(place, source, parsed, reached)
        return Page(
            parsed,
            write_cursor(reached),
            heard.more,
            heard.retry_after,
            gap=heard.gap,
            limits=heard.limits,
        )

    async def follow(
        self, place: Place, source: SourceId, cursor: str, tag: str
    ) -> AsyncGenerator[Page, None]:
        about = await self._api.about(place.account)
        stream = Stream(place.account, streaming_base(place.account, about.streaming), tag)
        likely = by_events if about.is_mastodon else by_websocket
        async with self._streams.events(stream, likely) as events:
            # Deletions are told once: those of the time in between show by looking again only.
            self._looked.pop(source, None)
            more = True
            while more:
                page = await self.fetch(self._now(place), source, cursor)
                cursor, more = page.cursor, page.more
                yield page
            async for page in self._live(place, source, events, cursor, tag):
                yield page

    async def _live(
        self, place: Place, source: SourceId, events: Events, cursor: str, tag: str
    ) -> AsyncGenerator[Page, None]:
        time = asyncio.get_running_loop().time
        # What fell between the instance's yes and its first word shows by looking once more.
        self._looked.pop(source, None)
        read_at = time() + min(self._pace.settled, self._pace.again)
        while True:
            if time() >= read_at:
                page, wait = await self._read(place, source, cursor)
                read_at = time() + wait
            else:
                until = min(self._pace.beat, read_at - time())
                batch = await events.take(_TOGETHER, until)
                parsed, reached = await told(
                    batch, self._now(place), self._threads, read_cursor(cursor), tagged=bool(tag)
                )
                page = Page(parsed, write_cursor(reached) if batch else cursor)
            cursor = page.cursor
            yield page

    async def _read(self, place: Place, source: SourceId, cursor: str) -> tuple[Page, float]:
        """The timeline beside the stream, and the seconds until it is to be read again."""
        try:
            page = await self.fetch(self._now(place), source, cursor)
        except ChannelUnavailable as away:
            notice = f"only the stream brings news: {away}"
            return Page(Parsed(), cursor, notice=notice), max(away.retry_after, self._pace.beat)
        wait = 0.0 if page.more else self._pace.again
        return replace(page, more=False), max(wait, page.retry_after)

    async def _with_changes(
        self, place: Place, source: SourceId, parsed: Parsed, cursor: Cursor
    ) -> tuple[Parsed, Cursor]:
        try:
            changes, cursor = await look_again(self._api, place, self._threads, cursor)
        except ChannelUnavailable:
            # What was read is not to wait for it: the next fetch tries again.
            return parsed, cursor
        self._looked[source] = place.hearing.received_at
        both = Parsed(parsed.mentions + changes.mentions, parsed.unreadable + changes.unreadable)
        return both, cursor

    def _due(self, source: SourceId) -> bool:
        looked = self._looked.get(source)
        return looked is None or self._api.clock.now() >= after(looked, seconds(self._pace.again))

    def _now(self, place: Place) -> Place:
        return replace(place, hearing=replace(place.hearing, received_at=self._api.clock.now()))
