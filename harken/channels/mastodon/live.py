"""The streaming API: where an instance streams, and its events, read ahead within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

import httpx

from harken.channels.backlog import Backlog
from harken.channels.exchange import Clients, Listening, NeverSent, NoAnswer
from harken.channels.mastodon.settings import Account
from harken.channels.port import ChannelUnavailable
from harken.channels.settings import Misconfigured, address
from harken.channels.sse import EventParser, ServerEvent
from harken.channels.streaming import NoStream

BEGIN_SECONDS = 20.0
MOST_WAITING = 4 * 1024 * 1024
"""Characters of events that were read and not taken yet; beyond, the instance has to wait."""

_SAME_PLACE = {"wss": "https", "ws": "http"}

Events = Backlog[ServerEvent]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. ``silent``: without a sign of life it counts as cut (Mastodon gives one each 15 s).
    ``again``: between two looks at what was heard lately. ``beat``: between two pages, at most.
    ``refused``: until a refused stream is asked for again.
    """

    silent: float = 50.0
    again: float = 120.0
    beat: float = 5.0
    refused: float = 600.0


def read_streaming(body: object) -> str:
    """From ``/api/v2/instance`` or ``/api/v1/instance``; "" where it does not tell."""
    match body:
        case {"configuration": {"urls": {"streaming": str(told)}}}:
            return told
        case {"urls": {"streaming_api": str(told)}}:
            return told
        case _:
            return ""


def streaming_url(account: Account, told: str, tag: str) -> httpx.URL:
    """``told`` is usually ``wss://…``: events are served at the same place over https.

    Raises `NoStream` where our token must not go there.
    """
    base = account.base
    if told:
        scheme, _, rest = told.partition("://")
        told = f"{_SAME_PLACE.get(scheme, scheme)}://{rest}"
        try:
            base = address(told, name="streaming", allow_http=account.base.scheme == "http")
        except Misconfigured as wrong:
            raise NoStream(f"{account.host} names no place to stream from: {wrong}") from wrong
    if tag:
        return base.copy_with(path="/api/v1/streaming/hashtag", params={"tag": tag})
    return base.copy_with(path="/api/v1/streaming/user", query=None)


@asynccontextmanager
async def live_events(
    clients: Clients, url: httpx.URL, headers: dict[str, str], pace: Pace
) -> AsyncIterator[Events]:
    """They are read from the moment on at which the instance has agreed to tell them.

    Raises `NoStream`, `ChannelUnavailable`; taking raises `ChannelUnavailable` once it was cut.
    """
    try:
        async with clients.listening(
            url, deadline=BEGIN_SECONDS, silent=pace.silent, headers=headers
        ) as listening:
            _check(url, listening, pace)
            events = Events(MOST_WAITING)
            reading = asyncio.create_task(_read(listening, events), name=f"stream {url.host}")
            try:
                yield events
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
    except (NeverSent, NoAnswer) as failed:
        raise ChannelUnavailable(str(failed), retry_after=0.0) from failed


def _check(url: httpx.URL, listening: Listening, pace: Pace) -> None:
    status, kind = listening.status, listening.headers.get("content-type", "")
    if status == 429 or status >= 500:
        raise ChannelUnavailable(f"{url.host} answered {status} to a stream", retry_after=0.0)
    if status != 200 or not kind.startswith("text/event-stream"):
        why = f"{url.host} offers no stream of events here (it answered {status})"
        raise NoStream(why, pace.refused)


async def _read(listening: Listening, events: Events) -> None:
    why = "the stream ended"
    parser = EventParser()
    try:
        async with aclosing(listening.chunks) as chunks:
            async for chunk in chunks:
                for event in parser.feed(chunk):
                    await events.put(event, len(event.data))
    except (NoAnswer, ValueError) as cut:
        why = str(cut)
    await events.end(ChannelUnavailable(why, retry_after=0.0))
