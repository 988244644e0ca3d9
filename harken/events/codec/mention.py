"""Mentions: domain to protobuf and back."""

from __future__ import annotations

from harken.domain.ids import AuthorId, ConnectionId, MentionId, SourceId, TenantId
from harken.domain.mention import (
    Author,
    Change,
    Counting,
    Kind,
    Media,
    Mention,
    ReplyCapability,
    Visibility,
)
from harken.events.codec.wire import Words, instant, optional_instant, optional_stamp, stamp
from harken.events.v1 import mention_pb2 as pb

KINDS = Words(Kind, pb.Kind, "KIND", Kind.POST)
VISIBILITIES = Words(Visibility, pb.Visibility, "VISIBILITY", Visibility.PRIVATE)
"""What may be private is treated as private."""
CHANGES = Words(Change, pb.Change, "CHANGE", Change.CONTENT)
COUNTINGS = Words(Counting, pb.Counting, "COUNTING", Counting.UTF16_UNITS)
"""The strictest of the countings that need no rules of a network."""


def _encode_capability(capability: ReplyCapability) -> pb.ReplyCapability:
    return pb.ReplyCapability(
        public=capability.public,
        private=capability.private,
        until=optional_stamp(capability.until),
        max_length=capability.max_length,
        counting=COUNTINGS.name(capability.counting),
        url_length=capability.url_length,
        by_person_only=capability.by_person_only,
        why_not=capability.why_not,
    )


def _decode_capability(message: pb.ReplyCapability) -> ReplyCapability:
    return ReplyCapability(
        public=message.public,
        private=message.private,
        until=optional_instant(message, "until"),
        max_length=message.max_length,
        counting=COUNTINGS.member(message.counting),
        url_length=message.url_length,
        by_person_only=message.by_person_only,
        why_not=message.why_not,
    )


def encode_mention(mention: Mention) -> pb.Mention:
    author = mention.author
    return pb.Mention(
        tenant=mention.tenant,
        id=mention.id,
        revision=mention.revision,
        network=mention.network,
        connection=mention.connection,
        source=mention.source,
        scope=mention.scope,
        source_id=mention.source_id,
        kind=KINDS.name(mention.kind),
        visibility=VISIBILITIES.name(mention.visibility),
        author=pb.Author(
            id=author.id,
            handle=author.handle,
            name=author.name,
            followers=author.followers,
            verified=author.verified,
        ),
        text=mention.text,
        created_at=stamp(mention.created_at),
        received_at=stamp(mention.received_at),
        capability=_encode_capability(mention.capability),
        thread_root=mention.thread_root,
        parent=mention.parent,
        language=mention.language,
        language_certainty=mention.language_certainty,
        media=[
            pb.Media(kind=item.kind, url=item.url, description=item.description)
            for item in mention.media
        ],
        url=mention.url,
        reach=mention.reach,
        trackers=mention.trackers,
        direct=mention.direct,
        historical=mention.historical,
        echo=mention.echo,
        change=CHANGES.name(mention.change),
        copy_of=mention.copy_of,
    )


def decode_mention(message: pb.Mention) -> Mention:
    author = message.author
    return Mention(
        tenant=TenantId(message.tenant),
        id=MentionId(message.id),
        revision=message.revision,
        network=message.network,
        connection=ConnectionId(message.connection),
        source=SourceId(message.source),
        scope=message.scope,
        source_id=message.source_id,
        kind=KINDS.member(message.kind),
        visibility=VISIBILITIES.member(message.visibility),
        author=Author(
            id=AuthorId(author.id),
            handle=author.handle,
            name=author.name,
            followers=author.followers,
            verified=author.verified,
        ),
        text=message.text,
        created_at=instant(message.created_at),
        received_at=instant(message.received_at),
        capability=_decode_capability(message.capability),
        thread_root=message.thread_root,
        parent=message.parent,
        language=message.language,
        language_certainty=message.language_certainty,
        media=tuple(
            Media(kind=item.kind, url=item.url, description=item.description)
            for item in message.media
        ),
        url=message.url,
        reach=message.reach,
        trackers=tuple(message.trackers),
        direct=message.direct,
        historical=message.historical,
        echo=message.echo,
        change=CHANGES.member(message.change),
        copy_of=MentionId(message.copy_of),
    )
