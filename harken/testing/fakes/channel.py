"""A network in memory: people write, we answer, and things go wrong when they are told to."""

# ruff: noqa: ARG002 - a network ignores some of what the port gives

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

from harken.channels.port import (
    ChannelUnavailable,
    Connection,
    InboundRequest,
    NotVerified,
    OutcomeUnknown,
    OwnReply,
    Page,
    Parsed,
    Published,
    PublishRequest,
    Refused,
    Source,
    Unreadable,
)
from harken.channels.streaming import NoStream
from harken.clock import Clock
from harken.domain.ids import AuthorId, SourceId, mention_id
from harken.domain.mention import Author, Change, Kind, Mention, ReplyCapability, Visibility
from harken.domain.time import NO_TIME, Duration, Instant

MAX_LENGTH = 280


@dataclass(frozen=True, slots=True)
class Said:
    """What a person wrote to us."""

    id: str
    text: str
    visibility: Visibility = Visibility.PUBLIC
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A reply of ours as the network has it."""

    id: str
    request: PublishRequest
    created_at: Instant


@dataclass(slots=True)
class FakeChannel:
    """``say`` writes to us. ``failures`` are raised by the next publishes, one each: an
    `OutcomeUnknown` after the post was made if ``posted_unknown``, else before.

    Keys are the network's own: the same key gives the same post again. ``keys_known`` is how long
    it says that it knows them. Streams break off whenever ``cuts`` grows.
    """

    clock: Clock
    failures: list[Exception] = field(default_factory=list)
    posted_unknown: bool = True
    unreadable_back: bool = False
    said: list[Said] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    closed: bool = False
    keys_known: Duration = NO_TIME
    streams: bool = True
    cuts: int = 0
    happened: list[tuple[Said, int, Change]] = field(default_factory=list)

    @property
    def network(self) -> str:
        return "fake"

    def say(self, text: str, visibility: Visibility = Visibility.PUBLIC, parent: str = "") -> str:
        """The source id of what was said."""
        said = Said(f"said-{len(self.said) + 1}", text, visibility, parent)
        self.said.append(said)
        self.happened.append((said, 1, Change.CONTENT))
        return said.id

    def edit(self, said: str, text: str) -> None:
        found = next(each for each in self.said if each.id == said)
        self.happened.append((replace(found, text=text), len(self.happened) + 1, Change.CONTENT))

    def delete(self, said: str) -> None:
        found = next(each for each in self.said if each.id == said)
        gone = replace(found, text="")
        self.happened.append((gone, len(self.happened) + 1, Change.RETRACTION))

    def verify(self, connection: Connection, request: InboundRequest) -> None:
        if request.headers.get("token") != connection.secrets.get("token"):
            raise NotVerified("the token does not match")

    def parse(self, connection: Connection, payload: bytes, received_at: Instant) -> Parsed:
        """``{"id", "text"}``."""
        try:
            body = json.loads(payload)
            said = Said(str(body["id"]), str(body["text"]))
            said.text.encode()
        except (LookupError, TypeError, ValueError, RecursionError) as wrong:
            return Parsed(unreadable=(Unreadable(payload, str(wrong)),))
        return Parsed((self._mention(connection, SourceId(connection.id), said, received_at),))

    async def fetch(self, connection: Connection, source: Source, cursor: str) -> Page:
        heard = self.said[int(cursor or 0) :]
        now = self.clock.now()
        mentions = tuple(self._mention(connection, source.id, each, now) for each in heard)
        return Page(Parsed(mentions), str(len(self.said)))

    async def follow(
        self, connection: Connection, source: Source, cursor: str
    ) -> AsyncGenerator[Page, None]:
        """Its cursor counts what happened: people's posts, edits and deletions, in their order."""
        if not self.streams:
            raise NoStream("no streams today")
        heard, cuts = int(cursor or 0), self.cuts
        while True:
            happened = self.happened[heard:]
            heard += len(happened)
            now = self.clock.now()
            mentions = [self._revision(connection, source.id, each, now) for each in happened]
            yield Page(Parsed(tuple(mentions)), str(heard))
            while heard == len(self.happened):
                if cuts != self.cuts:
                    raise ChannelUnavailable("the stream was cut", retry_after=0.0)
                await asyncio.sleep(0)

    async def capability(
        self, connection: Connection, mention: Mention, now: Instant
    ) -> ReplyCapability:
        return _capability(mention.visibility)

    def length(self, connection: Connection, text: str, capability: ReplyCapability) -> int:
        return len(text)

    async def publish(self, connection: Connection, request: PublishRequest) -> Published:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None and not (
            isinstance(failure, OutcomeUnknown) and self.posted_unknown
        ):
            raise failure
        for post in self.posts:
            if post.request.key == request.key:
                return Published(post.id)
        if not any(said.id == request.parent_source_id for said in self.said):
            raise Refused("what is answered is not there")
        if len(request.text) > MAX_LENGTH:
            raise Refused("the text is too long")
        post = Post(f"post-{len(self.posts) + 1}", request, self.clock.now())
        self.posts.append(post)
        if failure is not None:
            raise failure
        return Published(post.id)

    async def find_own_replies(
        self, connection: Connection, parent_source_id: str
    ) -> Sequence[OwnReply]:
        if self.unreadable_back:
            raise ChannelUnavailable("the thread cannot be read now")
        return tuple(
            OwnReply(post.id, post.request.text, post.created_at)
            for post in self.posts
            if post.request.parent_source_id == parent_source_id
        )

    async def keys_kept(self, connection: Connection) -> Duration:
        return self.keys_known

    async def close(self) -> None:
        self.closed = True

    def _revision(
        self,
        connection: Connection,
        source: SourceId,
        happened: tuple[Said, int, Change],
        now: Instant,
    ) -> Mention:
        said, revision, change = happened
        mention = self._mention(connection, source, said, now)
        return replace(mention, revision=revision, change=change)

    def _mention(
        self,
        connection: Connection,
        source: SourceId,
        said: Said,
        received_at: Instant,
    ) -> Mention:
        return Mention(
            tenant=connection.tenant,
            id=mention_id(connection.tenant, self.network, connection.id, said.id),
            revision=1,
            network=self.network,
            connection=connection.id,
            source=source,
            scope=connection.id,
            source_id=said.id,
            kind=Kind.POST,
            visibility=said.visibility,
            author=Author(AuthorId("person-1"), "mara"),
            text=said.text,
            created_at=received_at,
            received_at=received_at,
            capability=_capability(said.visibility),
            thread_root=said.parent or said.id,
            parent=said.parent,
        )


def _capability(visibility: Visibility) -> ReplyCapability:
    return ReplyCapability(
        public=visibility is Visibility.PUBLIC, private=True, max_length=MAX_LENGTH
    )
