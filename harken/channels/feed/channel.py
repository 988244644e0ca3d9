"""The `Channel` for feeds: it listens, and has nowhere to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from harken.channels.exchange import Clients
from harken.channels.feed.cursor import Cursor, read_cursor, write_cursor
from harken.channels.feed.document import Document
from harken.channels.feed.fetching import Got
from harken.channels.feed.looking import Looked, look
from harken.channels.feed.mention import NO_REPLY, Hearing
from harken.channels.feed.news import News, news_of
from harken.channels.feed.pace import fresh_for
from harken.channels.feed.settings import NETWORK, read_source
from harken.channels.port import (
    Connection,
    InboundRequest,
    NotVerified,
    OwnReply,
    Page,
    Parsed,
    Published,
    PublishRequest,
    Refused,
    Source,
    Unreadable,
)
from harken.clock import Clock
from harken.domain.mention import Mention, ReplyCapability
from harken.domain.time import NO_TIME, Duration, Instant


class FeedChannel:
    """RSS, Atom and JSON Feed. ``pause`` is the least between two looks at one feed, in seconds."""

    def __init__(self, clock: Clock, clients: Clients, pause: float) -> None:
        self._clock = clock
        self._clients = clients
        self._pause = pause

    @property
    def network(self) -> str:
        return NETWORK

    def verify(self, connection: Connection, request: InboundRequest) -> None:
        raise NotVerified("feeds are fetched: nothing is delivered to us")

    def parse(self, connection: Connection, payload: bytes, received_at: Instant) -> Parsed:
        """Nothing: a feed's entries belong to the address that they were fetched from."""
        return Parsed(unreadable=(Unreadable(payload, "feeds are fetched, not delivered"),))

    async def fetch(self, connection: Connection, source: Source, cursor: str) -> Page:
        feed, before = read_source(source), read_cursor(cursor)
        looked = await look(self._clients, feed, before, self._clock.now())
        home = looked.got.home
        moved = replace(before, address="" if home == feed.address else str(home))
        if looked.document is None:
            kept = cursor if moved == before else write_cursor(moved)
            return Page(
                Parsed(), kept, retry_after=self._wait(looked.got, moved), notice=_notice(moved)
            )
        hearing = Hearing(
            connection,
            source.id,
            feed,
            str(looked.got.address),
            since=max(connection.created_at, source.created_at),
            received_at=self._clock.now(),
            first=not cursor,
        )
        news = await asyncio.to_thread(news_of, looked.document, hearing, before)
        after = _after(moved, news, looked, looked.document)
        return Page(
            Parsed(news.mentions, looked.document.unreadable),
            write_cursor(after),
            retry_after=self._wait(looked.got, after),
            gap=news.gap,
            notice=_notice(after),
        )

    def _wait(self, got: Got, cursor: Cursor) -> float:
        return max(self._pause, fresh_for(got.answer.headers), cursor.pause)

    async def capability(
        self, connection: Connection, mention: Mention, now: Instant
    ) -> ReplyCapability:
        return NO_REPLY

    def length(self, connection: Connection, text: str, capability: ReplyCapability) -> int:
        """Code points."""
        return len(text)

    async def publish(self, connection: Connection, request: PublishRequest) -> Published:
        raise Refused(NO_REPLY.why_not)

    async def find_own_replies(
        self, connection: Connection, parent_source_id: str
    ) -> Sequence[OwnReply]:
        return ()

    async def keys_kept(self, connection: Connection) -> Duration:
        return NO_TIME

    async def close(self) -> None:
        await self._clients.close()


def _after(moved: Cursor, news: News, looked: Looked, document: Document) -> Cursor:
    """Validators are kept of whole documents only: else the rest would never be asked for."""
    answer, headers = looked.got.answer, looked.got.answer.headers
    kept = (document.whole and answer.whole) or looked.got.too_long
    oddities = (
        (looked.got.too_long, "only its first 5 MB are read"),
        (not kept, "its end is missing: what came whole was read, the rest is asked for again"),
        (document.finished, "it says that nothing more will come"),
        (news.ahead > 0, "entries are dated in the future: the time of receipt counts"),
    )
    return replace(
        moved,
        etag=_validator(headers.get("etag", "")) if kept else "",
        modified=_validator(headers.get("last-modified", "")) if kept else "",
        body=looked.body if kept else "",
        pause=document.pause,
        known=news.known,
        undated=news.undated,
        reused=news.reused,
        size=news.size,
        newest=news.newest,
        notice="; ".join(said for applies, said in oddities if applies),
    )


def _validator(told: str) -> str:
    """Empty where it could not be sent back."""
    return told if told.isascii() and told.isprintable() and len(told) <= 500 else ""


def _notice(cursor: Cursor) -> str:
    moved = f"it has moved to {cursor.address}" if cursor.address else ""
    return "; ".join(said for said in (moved, cursor.notice) if said)
