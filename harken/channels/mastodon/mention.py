"""From a status to a mention."""

from __future__ import annotations

from dataclasses import dataclass

from harken.channels.html import html_to_text
from harken.channels.mastodon.limits import Limits, reply_capability
from harken.channels.mastodon.payload import AttachmentEntity, StatusEntity
from harken.channels.mastodon.settings import NETWORK
from harken.channels.port import Connection
from harken.channels.revisions import LAST, edited
from harken.channels.untrusted import bounded_text, clean, past_instant
from harken.domain.addressing import reach_of
from harken.domain.ids import AuthorId, SourceId, mention_id
from harken.domain.mention import (
    Author,
    Change,
    Kind,
    Media,
    Mention,
    ReplyCapability,
    Visibility,
)
from harken.domain.time import Instant

DECLARED_CERTAINTY = 0.5
"""Of a status's language: its author's app set it, by choice or by default; nobody detected it."""

_FOR_ALL = frozenset({"public", "unlisted", "local"})


@dataclass(frozen=True, slots=True)
class Hearing:
    """Where statuses are heard. ``own_id`` is our account's id there, "" where not known.

    What was written before ``since`` is history.
    """

    connection: Connection
    source: SourceId
    host: str
    own_id: str
    limits: Limits
    since: Instant
    received_at: Instant


def visibility_of(status: StatusEntity) -> Visibility:
    """Followers-only and direct posts are private, as is every kind that we do not know."""
    return Visibility.PUBLIC if status.visibility in _FOR_ALL else Visibility.PRIVATE


def to_mention(status: StatusEntity, hearing: Hearing, *, root: str, direct: bool) -> Mention:
    """Raises ``ValueError`` for an impossible time or an overlong text."""
    connection, source_id = hearing.connection, str(status.id)
    visibility = visibility_of(status)
    created_at = past_instant(status.created_at, hearing.received_at)
    parent = "" if status.in_reply_to_id is None else str(status.in_reply_to_id)
    author = _author(status, hearing.host)
    echo = author.id == hearing.own_id
    language = (status.language or "").split("-")[0].lower()
    return Mention(
        tenant=connection.tenant,
        id=mention_id(connection.tenant, NETWORK, hearing.host, source_id),
        revision=edited(status.edited_at),
        network=NETWORK,
        connection=connection.id,
        source=hearing.source,
        scope=hearing.host,
        source_id=source_id,
        kind=_kind(status, parent),
        visibility=visibility,
        author=author,
        text=_text(status),
        created_at=created_at,
        received_at=hearing.received_at,
        capability=ReplyCapability(why_not="This is our own post.")
        if echo
        else reply_capability(hearing.limits, status.account.acct, visibility),
        thread_root=root or source_id,
        parent=parent,
        language=language,
        language_certainty=DECLARED_CERTAINTY if language else 0.0,
        media=tuple(_media(each) for each in status.media_attachments or ()),
        url=status.url or status.uri or "",
        reach=reach_of(visibility, author.followers, status.reblogs_count or 0),
        direct=direct,
        historical=created_at < hearing.since,
        echo=echo,
    )


def retraction(hearing: Hearing, source_id: str) -> Mention:
    """The network says only that the post is gone: everything else is empty."""
    connection = hearing.connection
    return Mention(
        tenant=connection.tenant,
        id=mention_id(connection.tenant, NETWORK, hearing.host, source_id),
        revision=LAST,
        network=NETWORK,
        connection=connection.id,
        source=hearing.source,
        scope=hearing.host,
        source_id=source_id,
        kind=Kind.POST,
        visibility=Visibility.PRIVATE,
        author=Author(AuthorId(""), ""),
        text="",
        created_at=hearing.received_at,
        received_at=hearing.received_at,
        capability=ReplyCapability(why_not="The post was taken back."),
        change=Change.RETRACTION,
    )


def _author(status: StatusEntity, host: str) -> Author:
    account = status.account
    handle = account.acct if "@" in account.acct else f"{account.acct}@{host}"
    return Author(
        id=AuthorId(str(account.id)),
        handle=clean(handle)[:500],
        name=clean(account.display_name or "")[:500],
        followers=-1 if account.followers_count is None else max(account.followers_count, -1),
    )


def _kind(status: StatusEntity, parent: str) -> Kind:
    if status.visibility == "direct":
        return Kind.DIRECT_MESSAGE
    return Kind.COMMENT if parent else Kind.POST


def _text(status: StatusEntity) -> str:
    """A content warning is part of what was said."""
    warning, said = clean(status.spoiler_text or ""), html_to_text(status.content or "")
    return bounded_text("\n\n".join(part for part in (warning, said) if part))


def _media(attachment: AttachmentEntity) -> Media:
    return Media(
        kind=attachment.type or "unknown",
        url=attachment.url or attachment.remote_url or "",
        description=clean(attachment.description or ""),
    )
