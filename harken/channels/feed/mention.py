"""From an entry to a mention."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harken.channels.feed.alerts import unwrapped
from harken.channels.feed.authors import author_of
from harken.channels.feed.document import Document, Entry
from harken.channels.feed.identity import Identified
from harken.channels.feed.markup import LONGEST_ADDRESS, is_address
from harken.channels.feed.settings import NETWORK, Feed
from harken.channels.feed.texts import text_of
from harken.channels.feed.threads import place_of
from harken.channels.port import Connection
from harken.channels.revisions import FIRST
from harken.domain.ids import SourceId, mention_id
from harken.domain.mention import Mention, ReplyCapability, Visibility
from harken.domain.time import Instant, days, minutes

DECLARED_CERTAINTY = 0.5
"""Of a feed's language: its software's setting more often than its author's choice."""
NO_REPLY = ReplyCapability(why_not="Feeds take no replies: answer on the page itself.")

_LANGUAGE = re.compile(r"\A([A-Za-z]{2,3})(?:[-_].*)?\Z")
_SKEW = minutes(10)


@dataclass(frozen=True, slots=True)
class Hearing:
    """Where entries are heard. What was written before ``since`` is history, and so is, at the
    ``first`` look, what has no date that can be believed.
    """

    connection: Connection
    source: SourceId
    feed: Feed
    address: str
    since: Instant
    received_at: Instant
    first: bool


@dataclass(frozen=True, slots=True)
class Timed:
    """``believed``: the feed told it. Else the time of receipt was taken; ``ahead`` where the feed
    told a time in the future.
    """

    at: Instant
    historical: bool
    believed: bool = True
    ahead: bool = False


def to_mention(
    identified: Identified, document: Document, hearing: Hearing, timed: Timed, *, edited: bool
) -> Mention:
    """Never raises. ``edited``: it was heard before, with other content."""
    entry, connection = identified.entry, hearing.connection
    link = unwrapped(entry.link)
    place = place_of(entry, link)
    language = _LANGUAGE.match(entry.language or document.language)
    return Mention(
        tenant=connection.tenant,
        id=mention_id(connection.tenant, NETWORK, hearing.feed.scope, identified.id),
        # Feeds number no edits, and not all of them date them: the time of receipt grows.
        revision=hearing.received_at if edited else FIRST,
        network=NETWORK,
        connection=connection.id,
        source=hearing.source,
        scope=hearing.feed.scope,
        source_id=identified.id,
        kind=hearing.feed.entries or place.kind,
        visibility=Visibility.PUBLIC,
        author=author_of(entry, document, link, hearing.address),
        text=text_of(entry.title, entry.body, link),
        created_at=timed.at,
        received_at=hearing.received_at,
        capability=NO_REPLY,
        thread_root=place.root[:LONGEST_ADDRESS] or identified.id,
        parent=place.parent[:LONGEST_ADDRESS],
        language=language[1].lower() if language else "",
        language_certainty=DECLARED_CERTAINTY if language else 0.0,
        media=entry.media,
        url=link if is_address(link) else "",
        direct=False,
        historical=timed.historical,
    )


def timing(entry: Entry, hearing: Hearing) -> Timed:
    received_at = hearing.received_at
    if entry.written is None:
        return Timed(received_at, hearing.first, believed=False)
    at = entry.written.at
    if at > received_at + _SKEW:
        return Timed(received_at, hearing.first, believed=False, ahead=True)
    # Where only its day is told, it may have been the end of it.
    latest = Instant(at + days(1) - 1) if entry.written.whole_day else at
    return Timed(min(at, received_at), latest < hearing.since)
