"""One mention as a client of the API submits it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from harken.channels.port import Connection
from harken.channels.settings import HANDLE
from harken.domain.addressing import addressed, handles_of, reach_of
from harken.domain.ids import AuthorId, ConnectionId, SourceId, TenantId, mention_id
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
from harken.http.models import ApiModel, Time, bounded, examples
from services.ingest.domain.acceptable import LONGEST_TEXT

Word = Annotated[str, bounded(200)]
OptionalWord = Annotated[str, bounded(200, least=0)]
Address = Annotated[str, bounded(2_000, least=0)]

LARGEST_REVISION = 2**62
LISTENS_ONLY = "taken in without a connection: there is nowhere to answer"


class SubmittedAuthor(ApiModel):
    """Who wrote it."""

    id: Word
    """The network's own id of the person."""
    handle: OptionalWord = ""
    name: OptionalWord = ""
    followers: Annotated[int, Field(ge=-1, le=10**12)] = -1
    """-1 where unknown."""
    verified: bool = False


class SubmittedMedia(ApiModel):
    """A picture, film or sound that goes with it."""

    kind: Word
    url: Annotated[str, bounded(2_000)]
    description: Annotated[str, bounded(5_000, least=0)] = ""


class SubmittedMention(ApiModel):
    """One post, comment, direct message, review or article."""

    model_config = examples(
        {
            "network": "forum",
            "source_id": "48121",
            "author": {"id": "u-77", "handle": "hollis"},
            "text": "My kettle leaks since yesterday, what can I do?",
            "created_at": "2026-03-01T09:30:00Z",
            "language": "en",
        }
    )

    source_id: Word
    """The network's own id; with `scope` it makes the mention unique."""
    author: SubmittedAuthor
    text: Annotated[str, bounded(LONGEST_TEXT, least=0)]
    created_at: Time
    network: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_-]{0,39})?$")] = ""
    """Needed where there is no `connection`."""
    connection: Annotated[str, bounded(60, least=0)] = ""
    """Our account that can answer there; its id."""
    scope: OptionalWord = ""
    """What `source_id` is unique within (a forum, a feed); the connection by default."""
    revision: Annotated[int, Field(ge=1, le=LARGEST_REVISION)] = 1
    """Grows with every edit, where the network numbers them."""
    kind: Kind = Kind.POST
    visibility: Visibility = Visibility.PUBLIC
    thread_root: OptionalWord = ""
    parent: OptionalWord = ""
    language: Annotated[str, Field(pattern=r"^([a-z]{2,3})?$")] = ""
    media: Annotated[list[SubmittedMedia], Field(max_length=50, default_factory=list)]
    url: Address = ""
    reach: Annotated[int, Field(ge=-1, le=10**12)] = -1
    direct: bool | None = None
    """Speaks to us, not only about us. Left out: true for what is private or names the connection's
    `handle`; without that setting, for all that names a connection. An answer to a post of ours
    is always to us."""
    historical: bool = False
    """Never pages, never answers, starts no clock."""
    own: bool = False
    """A post of our own: with `parent` or `thread_root` it is an answer given elsewhere."""
    deleted: bool = False
    """Its author took it back."""


def to_mention(
    submitted: SubmittedMention,
    tenant: TenantId,
    connection: Connection | None,
    capability: ReplyCapability,
    received_at: Instant,
) -> Mention:
    """``connection`` is the one that it names; None where it names none."""
    network = submitted.network if connection is None else connection.network
    visibility, followers = submitted.visibility, submitted.author.followers
    scope = submitted.scope or (submitted.connection or "api")
    return Mention(
        tenant=tenant,
        id=mention_id(tenant, network, scope, submitted.source_id),
        revision=submitted.revision,
        network=network,
        connection=ConnectionId(submitted.connection),
        source=SourceId("api"),
        scope=scope,
        source_id=submitted.source_id,
        kind=submitted.kind,
        visibility=visibility,
        author=Author(
            AuthorId(submitted.author.id),
            submitted.author.handle or submitted.author.id,
            submitted.author.name,
            submitted.author.followers,
            submitted.author.verified,
        ),
        text="" if submitted.deleted else submitted.text,
        created_at=submitted.created_at,
        received_at=received_at,
        capability=capability,
        thread_root=submitted.thread_root,
        parent=submitted.parent,
        language=submitted.language,
        language_certainty=1.0 if submitted.language else 0.0,
        media=tuple(Media(one.kind, one.url, one.description) for one in submitted.media),
        url=submitted.url,
        reach=submitted.reach if submitted.reach >= 0 else reach_of(visibility, followers),
        direct=_direct(submitted, connection) if submitted.direct is None else submitted.direct,
        historical=submitted.historical,
        echo=submitted.own,
        change=Change.RETRACTION if submitted.deleted else Change.CONTENT,
    )


def _direct(submitted: SubmittedMention, connection: Connection | None) -> bool:
    return addressed(
        submitted.kind,
        submitted.visibility,
        submitted.text,
        handles_of("" if connection is None else connection.settings.get(HANDLE, "")),
        at_ours=connection is not None,
    )
