"""From an entry of a payload to a mention."""

from __future__ import annotations

from harken.channels.port import Connection
from harken.channels.revisions import LAST, edited
from harken.channels.untrusted import bounded_text, clean, past_instant
from harken.channels.webhook.payload import AuthorEntry, MentionEntry, ReplyEntry
from harken.channels.webhook.settings import NETWORK, Peer
from harken.domain.addressing import addressed, reach_of
from harken.domain.ids import AuthorId, SourceId, mention_id
from harken.domain.mention import (
    Author,
    Change,
    Media,
    Mention,
    ReplyCapability,
    Visibility,
)
from harken.domain.time import Instant, parse_rfc3339

TOLD_CERTAINTY = 0.9
"""Of a language that the peer tells."""


def to_mention(
    entry: MentionEntry, connection: Connection, peer: Peer, received_at: Instant
) -> Mention:
    """Raises ``ValueError`` for an impossible time or an overlong text."""
    created_at = past_instant(entry.created_at, received_at)
    language = entry.language.split("-")[0].lower()
    return Mention(
        tenant=connection.tenant,
        id=mention_id(connection.tenant, NETWORK, peer.scope, entry.id),
        revision=_revision(entry),
        network=NETWORK,
        connection=connection.id,
        # Deliveries come to the connection's address: it has this one source.
        source=SourceId(connection.id),
        scope=peer.scope,
        source_id=entry.id,
        kind=entry.kind,
        visibility=entry.visibility,
        author=_author(entry.author),
        text="" if entry.deleted else bounded_text(entry.text),
        created_at=created_at,
        received_at=received_at,
        capability=_capability(entry, peer),
        thread_root=entry.thread_root or entry.parent or entry.id,
        parent=entry.parent or "",
        language=language,
        language_certainty=TOLD_CERTAINTY if language else 0.0,
        media=tuple(Media(each.kind, each.url, clean(each.description)) for each in entry.media),
        url=entry.url,
        reach=_reach(entry),
        direct=_direct(entry, peer) if entry.direct is None else entry.direct,
        historical=entry.historical or created_at < connection.created_at,
        echo=entry.own,
        change=Change.RETRACTION if entry.deleted else Change.CONTENT,
    )


def peer_capability(peer: Peer, visibility: Visibility) -> ReplyCapability:
    if peer.reply_url is None:
        return ReplyCapability(why_not="This connection has no reply_url: it only listens.")
    return ReplyCapability(
        public=visibility is Visibility.PUBLIC, private=True, max_length=peer.max_length
    )


def _direct(entry: MentionEntry, peer: Peer) -> bool:
    return addressed(entry.kind, entry.visibility, entry.text, peer.handles, at_ours=True)


def _reach(entry: MentionEntry) -> int:
    if entry.reach is not None:
        return entry.reach
    followers = None if entry.author is None else entry.author.followers
    return reach_of(entry.visibility, -1 if followers is None else followers)


def _revision(entry: MentionEntry) -> int:
    if entry.revision is not None:
        return entry.revision
    return LAST if entry.deleted else edited(entry.edited_at)


def _author(author: AuthorEntry | None) -> Author:
    if author is None:
        return Author(AuthorId(""), "")
    return Author(
        id=AuthorId(author.id),
        handle=clean(author.handle) or author.id,
        name=clean(author.name),
        followers=-1 if author.followers is None else author.followers,
        verified=author.verified,
    )


def _capability(entry: MentionEntry, peer: Peer) -> ReplyCapability:
    """What the connection can do, less what the entry forbids."""
    if entry.deleted:
        return ReplyCapability(why_not="The post was taken back.")
    if entry.own:
        return ReplyCapability(why_not="This is our own post.")
    can = peer_capability(peer, entry.visibility)
    told: ReplyEntry = entry.reply
    limits = [limit for limit in (can.max_length, told.max_length) if limit]
    return ReplyCapability(
        public=can.public and told.public,
        private=can.private and told.private,
        until=None if told.until is None else _until(told.until),
        max_length=min(limits, default=0),
        why_not=can.why_not or clean(told.why_not),
    )


def _until(text: str) -> Instant:
    try:
        return parse_rfc3339(text)
    except (ValueError, OverflowError):
        raise ValueError("'reply.until' is not an RFC 3339 time with a zone") from None
