"""The `Channel` port: one network, behind one connection of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from harken.domain.ids import ConnectionId, SourceId, TenantId
from harken.domain.mention import Mention, ReplyCapability, Visibility
from harken.domain.time import Duration, Instant

_UNKNOWN = Instant(0)


@dataclass(frozen=True, slots=True)
class Connection:
    """Our account on a network. ``secrets`` never leave the process and are never shown.

    ``settings`` are the network's own (an instance's address, the account's id). What was written
    before ``created_at`` is history; 0 means that nothing is.
    """

    tenant: TenantId
    id: ConnectionId
    network: str
    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    created_at: Instant = _UNKNOWN


@dataclass(frozen=True, slots=True)
class Source:
    """What a connection listens to: ``kind`` is the channel's (notifications, hashtag).

    What was written before ``created_at`` (or before the connection's) is history. With
    ``only_trackers`` nothing is taken in but what one of the tenant's trackers matches.
    """

    tenant: TenantId
    id: SourceId
    connection: ConnectionId
    kind: str
    settings: Mapping[str, str] = field(default_factory=dict)
    created_at: Instant = _UNKNOWN
    only_trackers: bool = False


@dataclass(frozen=True, slots=True)
class InboundRequest:
    """A webhook call as it came. Header names are lower case."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    received_at: Instant


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One entry of a verified payload that could not be read: dead-lettered, never refused."""

    raw: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    mentions: tuple[Mention, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Mentions written between these times may be missing, and will not come any more."""

    since: Instant
    until: Instant
    why: str


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What the network lets us ask still, by its own word; ``resets_at`` where it tells."""

    remaining: int
    limit: int = 0
    resets_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a source. ``cursor`` is to be kept once the mentions were accepted.

    ``more`` says that another page waits now. ``retry_after`` (seconds) asks for patience.
    ``gap`` is what this page shows to have been missed. ``notice`` tells people what is odd about
    the source although it was read ("" for nothing). ``limits`` is what the answer told of them.
    """

    parsed: Parsed
    cursor: str
    more: bool = False
    retry_after: float = 0.0
    gap: Gap | None = None
    notice: str = ""
    limits: RateLimit | None = None


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """A frozen text to post. ``key`` is the network's idempotency key, equal on every attempt.

    ``deadline`` is in seconds for the whole exchange, enforced on the socket.
    """

    parent_source_id: str
    parent_author_handle: str
    visibility: Visibility
    text: str
    language: str
    key: str
    deadline: float


@dataclass(frozen=True, slots=True)
class Published:
    network_id: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class OwnReply:
    """A post of ours found under a parent when reading back. ``text`` is plain, as posted."""

    network_id: str
    text: str
    created_at: Instant
    url: str = ""


class NotVerified(Exception):
    """The signature or token of a webhook call is missing, wrong or too old."""


class ChannelUnavailable(Exception):
    """Reading failed in a way that may pass. ``retry_after`` is in seconds."""

    def __init__(self, why: str, retry_after: float = 5.0) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class ConnectionRefused(Exception):
    """Our credentials do not work any more: a person has to act."""


class SourceGone(ConnectionRefused):
    """What was listened to is gone for good: asking again is useless."""


class Refused(Exception):
    """Surely not posted, and the same text will not be. ``why`` is for people to read."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotNow(Exception):
    """Surely not posted (rate limit, no connection made): may be tried again later."""

    def __init__(self, why: str, retry_after: float) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class OutcomeUnknown(Exception):
    """The request was, or may have been, written and no definite answer came."""


class Channel(Protocol):
    """Everything that is particular to one network. Holds no state that must survive."""

    @property
    def network(self) -> str: ...

    def verify(self, connection: Connection, request: InboundRequest) -> None:
        """Raises `NotVerified`."""
        ...

    def parse(self, connection: Connection, payload: bytes, received_at: Instant) -> Parsed:
        """Reads what can be read; what cannot is returned as `Unreadable`, never raised."""
        ...

    async def fetch(self, connection: Connection, source: Source, cursor: str) -> Page:
        """The page after ``cursor`` ("" at first), oldest first.

        Raises `ChannelUnavailable`, `ConnectionRefused`.
        """
        ...

    async def capability(
        self, connection: Connection, mention: Mention, now: Instant
    ) -> ReplyCapability: ...

    def length(self, connection: Connection, text: str, capability: ReplyCapability) -> int:
        """The text's length in the network's own counting."""
        ...

    async def publish(self, connection: Connection, request: PublishRequest) -> Published:
        """Raises `Refused`, `NotNow`, `OutcomeUnknown`; anything else counts as unknown too."""
        ...

    async def find_own_replies(
        self, connection: Connection, parent_source_id: str
    ) -> Sequence[OwnReply]:
        """Our own posts directly under the parent. Raises `ChannelUnavailable`."""
        ...

    async def keys_kept(self, connection: Connection) -> Duration:
        """How long the network knows a key again after it saw it first, and makes no second post.

        `NO_TIME` wherever that is not certain.
        """
        ...

    async def close(self) -> None: ...
