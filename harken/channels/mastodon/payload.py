"""The part of Mastodon's entities that we read, forgiving about what we do not need."""

from __future__ import annotations

from typing import Annotated

import msgspec

from harken.channels.untrusted import Identifier, refuse_surrogates

Id = Identifier | Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""A string by the published API; the number that some servers send is read as its digits."""


class AccountEntity(msgspec.Struct):
    id: Id
    acct: str
    display_name: str | None = None
    followers_count: int | None = None
    url: str | None = None


class MentionedEntity(msgspec.Struct):
    id: Id


class AttachmentEntity(msgspec.Struct):
    type: str | None = None
    url: str | None = None
    remote_url: str | None = None
    description: str | None = None


class StatusEntity(msgspec.Struct):
    id: Id
    created_at: str
    account: AccountEntity
    content: str | None = None
    visibility: str | None = None
    in_reply_to_id: Id | None = None
    in_reply_to_account_id: Id | None = None
    reblogs_count: int | None = None
    edited_at: str | None = None
    spoiler_text: str | None = None
    language: str | None = None
    url: str | None = None
    uri: str | None = None
    media_attachments: list[AttachmentEntity] | None = None
    mentions: list[MentionedEntity] | None = None
    reblog: object = None


class NotificationEntity(msgspec.Struct):
    id: Id
    type: str
    status: StatusEntity | None = None


class PostedEntity(msgspec.Struct):
    """What has to be readable after a post, so that we may say that it was published."""

    id: Id
    url: str | None = None
    uri: str | None = None


def read_status(entry: object) -> StatusEntity:
    """Raises ``ValueError`` (msgspec's tells the path of the wrong field)."""
    refuse_surrogates(entry)
    return msgspec.convert(entry, StatusEntity)


def read_notification(entry: object) -> NotificationEntity:
    """Raises ``ValueError``."""
    refuse_surrogates(entry)
    return msgspec.convert(entry, NotificationEntity)


def read_statuses(entries: object) -> list[StatusEntity]:
    """Those of a list that can be read. Raises ``ValueError`` where it is no list."""
    if not isinstance(entries, list):
        raise ValueError("expected a list of statuses")
    readable = []
    for entry in entries:
        try:
            readable.append(read_status(entry))
        except ValueError:
            continue
    return readable


def read_context(body: object) -> tuple[list[StatusEntity], list[StatusEntity]]:
    """Ancestors and descendants. Raises ``ValueError``."""
    if not isinstance(body, dict):
        raise ValueError("expected a context")
    return read_statuses(body.get("ancestors")), read_statuses(body.get("descendants"))


def read_posted(body: object) -> PostedEntity:
    """Raises ``ValueError``."""
    return msgspec.convert(body, PostedEntity)


def read_account_entity(body: object) -> AccountEntity:
    """Raises ``ValueError``."""
    return msgspec.convert(body, AccountEntity)
