"""Getting a feed: conditional requests, redirects, and what each failure means."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from harken.channels.exchange import AddressRefused, Answer, Clients, NeverSent, NoAnswer
from harken.channels.feed.cursor import Cursor
from harken.channels.patience import patience
from harken.channels.port import ChannelUnavailable, ConnectionRefused, SourceGone
from harken.domain.time import Instant

LONGEST_BODY = 5 * 1024 * 1024
DEADLINE = 20.0
"""Seconds for each request, all in all."""
MOST_REDIRECTS = 5
MISSING_PAUSE = 600.0
"""Seconds after an answer that the feed is not there, or not for us."""

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml,"
    " application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_PERMANENT = frozenset({301, 308})
_TEMPORARY = frozenset({302, 303, 307})


@dataclass(frozen=True, slots=True)
class Got:
    """An answer of 200 or 304 from ``address``; ``home`` is where to ask from now on: the end of
    the permanent redirects that came first.
    """

    answer: Answer
    address: httpx.URL
    home: httpx.URL

    @property
    def unchanged(self) -> bool:
        return self.answer.status == 304

    @property
    def too_long(self) -> bool:
        return not self.answer.whole and len(self.answer.body) >= LONGEST_BODY


async def get(clients: Clients, url: httpx.URL, cursor: Cursor, now: Instant) -> Got:
    """Raises `ChannelUnavailable`, `ConnectionRefused`, `SourceGone`."""
    address, home, moving = url, url, True
    for _ in range(MOST_REDIRECTS + 1):
        answer = await _ask(clients, address, cursor)
        if answer.status in _PERMANENT | _TEMPORARY:
            address = _target(address, answer)
            moving = moving and answer.status in _PERMANENT
            home = address if moving else home
            continue
        if answer.status in {200, 304}:
            return Got(answer, address, home)
        raise _failure(address, answer, now)
    raise ChannelUnavailable(f"{url} redirects without end", MISSING_PAUSE)


async def _ask(clients: Clients, address: httpx.URL, cursor: Cursor) -> Answer:
    headers = {"Accept": _ACCEPT}
    if cursor.etag:
        headers["If-None-Match"] = cursor.etag
    if cursor.modified:
        headers["If-Modified-Since"] = cursor.modified
    try:
        return await clients.exchange(
            "GET", address, deadline=DEADLINE, headers=headers, beginning=LONGEST_BODY
        )
    except AddressRefused as refused:
        raise ConnectionRefused(str(refused)) from refused
    except (NeverSent, NoAnswer) as failed:
        raise ChannelUnavailable(str(failed)) from failed


def _target(address: httpx.URL, answer: Answer) -> httpx.URL:
    told = answer.headers.get("location", "")
    try:
        target = address.join(told).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        target = httpx.URL()
    if not told or target.scheme not in {"http", "https"} or not target.host:
        raise ChannelUnavailable(f"{address} redirects to nowhere", MISSING_PAUSE)
    return target


def _failure(address: httpx.URL, answer: Answer, now: Instant) -> Exception:
    status = answer.status
    said = f"{address} answered {status}"
    if status == 410:
        return SourceGone(f"{said}: the feed is gone for good")
    if status == 401:
        return ConnectionRefused(f"{said}: it is not for everybody to read")
    default = MISSING_PAUSE if status in {403, 404} else 60.0
    return ChannelUnavailable(said, patience(answer.headers, now, default))
