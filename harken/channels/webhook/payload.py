"""The inbound payload, version 1: one mention, or ``{"mentions": […]}``.

A mention is an object. Required: ``id``, ``created_at`` and, unless ``deleted``, ``author`` (with
``id``) and ``text`` (which may be empty where there is ``media``). All else is optional:

``kind`` (post, comment, direct_message, review, article), ``visibility`` (public, private),
``author.handle``, ``author.name``, ``author.followers``, ``author.verified``, ``thread_root``,
``parent``, ``url``, ``language`` (ISO 639-1), ``media`` (``kind``, ``url``, ``description``),
``reach``, ``direct``, ``historical``, ``own`` (our own post coming back), ``edited_at``,
``revision`` (whole number from 1; without it, ``edited_at`` orders the edits), ``deleted`` (the
author took it back) and ``reply`` (``public``, ``private``, ``until``, ``max_length``,
``why_not``): what may be answered, where it is less than the connection can.

Times are RFC 3339 with a zone. Names that are not known are ignored: v1 only grows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from harken.channels.revisions import LAST
from harken.channels.untrusted import Identifier, refuse_surrogates
from harken.domain.mention import Kind, Visibility

MAX_ENTRIES = 10_000

Short = Annotated[str, msgspec.Meta(max_length=2_000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Language = Annotated[str, msgspec.Meta(pattern=r"\A(?:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)?\Z")]


class AuthorEntry(msgspec.Struct):
    id: Identifier
    handle: Short = ""
    name: Short = ""
    followers: Count | None = None
    verified: bool = False


class MediaEntry(msgspec.Struct):
    url: Short
    kind: Short = "unknown"
    description: Short = ""


class ReplyEntry(msgspec.Struct):
    public: bool = True
    private: bool = True
    until: str | None = None
    max_length: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    why_not: Short = ""


class MentionEntry(msgspec.Struct):
    id: Identifier
    created_at: str
    author: AuthorEntry | None = None
    text: str = ""
    kind: Kind = Kind.POST
    visibility: Visibility = Visibility.PUBLIC
    thread_root: Identifier | None = None
    parent: Identifier | None = None
    url: Short = ""
    language: Language = ""
    media: Sequence[MediaEntry] = ()
    reach: Count | None = None
    direct: bool | None = None
    historical: bool = False
    own: bool = False
    edited_at: str | None = None
    revision: Annotated[int, msgspec.Meta(ge=1, le=LAST - 1)] | None = None
    deleted: bool = False
    reply: ReplyEntry = msgspec.field(default_factory=ReplyEntry)


def entries(body: object) -> Sequence[object]:
    """Raises ``ValueError``."""
    if not isinstance(body, Mapping):
        raise ValueError('expected a mention, or {"mentions": […]}')
    if "mentions" not in body:
        return [body]
    mentions = body["mentions"]
    if not isinstance(mentions, list) or len(mentions) > MAX_ENTRIES:
        raise ValueError(f"'mentions' must be a list of at most {MAX_ENTRIES:,}")
    return mentions


def read_entry(entry: object) -> MentionEntry:
    """Raises ``ValueError``, which names the field."""
    refuse_surrogates(entry)
    read = msgspec.convert(entry, MentionEntry)
    if read.deleted:
        return read
    if read.author is None:
        raise ValueError("'author' is missing")
    if not read.text.strip() and not read.media:
        raise ValueError("'text' is empty, and there is no media")
    return read
