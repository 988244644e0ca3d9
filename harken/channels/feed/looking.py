"""One look at a feed: where it is now, and what it holds if that has changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx

from harken.channels.exchange import Clients
from harken.channels.feed.cursor import Cursor, digest
from harken.channels.feed.document import Document, NotAFeed
from harken.channels.feed.fetching import MISSING_PAUSE, Got, get
from harken.channels.feed.read import read_document
from harken.channels.feed.settings import Feed
from harken.channels.port import ChannelUnavailable, ConnectionRefused
from harken.domain.time import Instant

LOOK_SECONDS = 45.0
"""For all addresses together: less than the lease of a source."""


@dataclass(frozen=True, slots=True)
class Looked:
    """``document`` is None where nothing has changed; ``body`` is the digest of its bytes."""

    got: Got
    body: str = ""
    document: Document | None = None


async def look(clients: Clients, feed: Feed, cursor: Cursor, now: Instant) -> Looked:
    """At where the feed has moved to, or again at the address that was given, should it not be
    there any more. A web page in its place is asked for its feed, at the first look.

    Raises `ChannelUnavailable`, `ConnectionRefused`.
    """
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            return await _look(clients, feed, cursor, now)
    except TimeoutError:
        raise ChannelUnavailable(f"{feed.address} takes too long") from None


async def _look(clients: Clients, feed: Feed, cursor: Cursor, now: Instant) -> Looked:
    home = httpx.URL(cursor.address) if cursor.address else feed.address
    try:
        got = await get(clients, home, cursor, now)
    except (ChannelUnavailable, ConnectionRefused):
        if home == feed.address:
            raise
        got = await get(clients, feed.address, cursor, now)
    try:
        return await _read(got, cursor)
    except NotAFeed as wrong:
        if cursor.known or not wrong.offers:
            raise _no_feed(got, cursor, wrong) from wrong
        offered = await get(clients, httpx.URL(wrong.offers[0]), Cursor(), now)
    try:
        return await _read(offered, Cursor())
    except NotAFeed as again:
        raise _no_feed(offered, cursor, again) from again


async def _read(got: Got, cursor: Cursor) -> Looked:
    """Raises `NotAFeed`."""
    answer = got.answer
    body = digest(answer.body)
    if got.unchanged or body == cursor.body:
        return Looked(got)
    document = await asyncio.to_thread(
        read_document, answer.body, answer.headers.get("content-type", ""), str(got.address)
    )
    return Looked(got, body, document)


def _no_feed(got: Got, cursor: Cursor, wrong: NotAFeed) -> Exception:
    """A feed that was one before may be one again."""
    said = f"{got.address} is no feed: {wrong.why}"
    if cursor.known:
        return ChannelUnavailable(said, MISSING_PAUSE)
    if wrong.offers:
        said += f"; it offers {', '.join(wrong.offers)}"
    return ConnectionRefused(said)
