"""A mention: one post, comment, direct message, review or article about a brand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harken.domain.ids import NO_MENTION, AuthorId, ConnectionId, MentionId, SourceId, TenantId
from harken.domain.time import Instant


class Kind(StrEnum):
    POST = "post"
    COMMENT = "comment"
    DIRECT_MESSAGE = "direct_message"
    REVIEW = "review"
    ARTICLE = "article"


class Visibility(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


class Lane(StrEnum):
    """How soon a mention reaches the model; chosen by ingest."""

    URGENT = "urgent"
    LIVE = "live"
    BULK = "bulk"


class Change(StrEnum):
    """What this revision of a mention says: the content, or that its author took it back."""

    CONTENT = "content"
    RETRACTION = "retraction"


class Counting(StrEnum):
    """How a network counts the length of a reply."""

    CODE_POINTS = "code_points"
    UTF16_UNITS = "utf16_units"
    MASTODON = "mastodon"
    """Grapheme clusters; every URL counts as a fixed number; of ``@user@host`` only ``@user``."""


@dataclass(frozen=True, slots=True)
class Author:
    """A person on a network. ``id`` is the network's own; ``followers`` is -1 where unknown."""

    id: AuthorId
    handle: str
    name: str = ""
    followers: int = -1
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    kind: str
    url: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ReplyCapability:
    """May we answer here, how, until when and how long; and why not where not.

    ``max_length`` is in the network's own ``counting``; 0 means no limit is known.
    ``by_person_only`` marks places where only a person in the network's own app can answer
    (the case becomes a "reply there, then confirm" task). ``why_not`` is for people to read.
    """

    public: bool = False
    private: bool = False
    until: Instant | None = None
    max_length: int = 0
    counting: Counting = Counting.CODE_POINTS
    url_length: int = 0
    by_person_only: bool = False
    why_not: str = ""

    def possible(self, now: Instant) -> bool:
        return (self.public or self.private) and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Mention:
    """One revision of a mention.

    ``id`` is derived from tenant, network, ``scope`` and ``source_id`` (see ``ids.mention_id``).
    ``revision`` is 1 for the first content and grows with each edit; the greater one wins.
    ``source_id``, ``thread_root`` and ``parent`` are the network's own ids ("" for none).
    ``direct`` is false for what speaks about us and not to us. ``historical`` mentions never
    page, never answer and start no clock. An ``echo`` is a post of our own coming back.
    ``reach`` is how many people may see it, -1 where unknown. ``copy_of`` is the first of several
    near-identical mentions, `NO_MENTION` for none and for the first itself.
    """

    tenant: TenantId
    id: MentionId
    revision: int
    network: str
    connection: ConnectionId
    source: SourceId
    scope: str
    source_id: str
    kind: Kind
    visibility: Visibility
    author: Author
    text: str
    created_at: Instant
    received_at: Instant
    capability: ReplyCapability
    thread_root: str = ""
    parent: str = ""
    language: str = ""
    language_certainty: float = 0.0
    media: tuple[Media, ...] = ()
    url: str = ""
    reach: int = -1
    trackers: tuple[str, ...] = ()
    direct: bool = True
    historical: bool = False
    echo: bool = False
    change: Change = Change.CONTENT
    copy_of: MentionId = NO_MENTION
