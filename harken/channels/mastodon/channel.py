"""The `Channel` for Mastodon and the servers that speak its API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from urllib.parse import quote

from harken.channels.exchange import Clients
from harken.channels.mastodon.again import Place
from harken.channels.mastodon.api import MastodonApi, Missing
from harken.channels.mastodon.hear import overhear
from harken.channels.mastodon.limits import Limits, counted, reply_capability
from harken.channels.mastodon.listen import Query
from harken.channels.mastodon.live import Pace
from harken.channels.mastodon.mention import Hearing, retraction, to_mention
from harken.channels.mastodon.payload import read_status
from harken.channels.mastodon.publish import publish
from harken.channels.mastodon.readback import own_replies
from harken.channels.mastodon.settings import NETWORK, Account, read_account, read_source
from harken.channels.mastodon.sources import Sources
from harken.channels.mastodon.threads import Threads
from harken.channels.port import (
    ChannelUnavailable,
    Connection,
    ConnectionRefused,
    InboundRequest,
    NotVerified,
    OwnReply,
    Page,
    Parsed,
    Published,
    PublishRequest,
    Refused,
    Source,
    Unreadable,
)
from harken.channels.settings import Misconfigured
from harken.clock import Clock
from harken.domain.ids import SourceId
from harken.domain.mention import Mention, ReplyCapability
from harken.domain.time import NO_TIME, Duration, Instant


class MastodonChannel:
    """Sources: ``notifications`` (those who name us) and ``hashtag`` (those who use a tag).

    Nothing that it remembers must survive: limits, our account's id, roots of threads.
    """

    def __init__(self, clock: Clock, clients: Clients, pace: Pace | None = None) -> None:
        self._clients = clients
        self._clock = clock
        self._api = MastodonApi(clients, clock)
        self._threads = Threads(self._api)
        self._sources = Sources(self._api, self._threads, pace or Pace())

    @property
    def network(self) -> str:
        return NETWORK

    def verify(self, connection: Connection, request: InboundRequest) -> None:
        raise NotVerified("Mastodon calls no webhook for mentions: it is polled")

    def parse(self, connection: Connection, payload: bytes, received_at: Instant) -> Parsed:
        """Notifications, statuses or events of the streaming API, as JSON."""
        try:
            account = read_account(connection)
        except Misconfigured as wrong:
            return Parsed(unreadable=(Unreadable(payload, str(wrong)),))
        limits = self._api.known_limits(account)
        hearing = _hearing(connection, account, "", limits, received_at)
        return overhear(payload, hearing, account, self._threads)

    async def fetch(self, connection: Connection, source: Source, cursor: str) -> Page:
        return await self._sources.fetch(await self._place(connection, source), source.id, cursor)

    async def follow(
        self, connection: Connection, source: Source, cursor: str
    ) -> AsyncGenerator[Page, None]:
        """See `harken.channels.streaming.Streaming`."""
        place = await self._place(connection, source)
        pages = self._sources.follow(place, source.id, cursor, _tag(source))
        async with aclosing(pages):
            async for page in pages:
                yield page

    async def _place(self, connection: Connection, source: Source) -> Place:
        account = _account(connection)
        query = _query(source)
        own_id = await self._api.own_id(account)
        limits = await self._api.limits(account)
        hearing = replace(
            _hearing(connection, account, own_id, limits, self._clock.now()),
            source=source.id,
            since=max(connection.created_at, source.created_at),
        )
        return Place(account, query, hearing)

    async def reread(self, connection: Connection, mention: Mention) -> Mention:
        """The mention as the instance shows it now; a retraction where it is gone.

        Raises `ChannelUnavailable`, `ConnectionRefused`.
        """
        account = _account(connection)
        own_id = await self._api.own_id(account)
        limits = await self._api.limits(account)
        hearing = replace(
            _hearing(connection, account, own_id, limits, self._clock.now()), source=mention.source
        )
        try:
            path = f"/api/v1/statuses/{quote(mention.source_id, safe='')}"
            status = read_status((await self._api.read(account, path)).json())
            now = to_mention(status, hearing, root=mention.thread_root, direct=mention.direct)
        except Missing:
            gone = retraction(hearing, mention.source_id)
            return replace(gone, author=mention.author, created_at=mention.created_at)
        except ValueError as wrong:
            raise ChannelUnavailable(f"the post is unreadable: {wrong}") from wrong
        return replace(now, historical=mention.historical)

    async def capability(
        self, connection: Connection, mention: Mention, now: Instant
    ) -> ReplyCapability:
        try:
            account = read_account(connection)
        except Misconfigured as wrong:
            return ReplyCapability(why_not=str(wrong))
        if mention.echo:
            return ReplyCapability(why_not="This is our own post.")
        user, _, host = mention.author.handle.partition("@")
        acct = user if host == account.host else mention.author.handle
        return reply_capability(await self._api.limits(account), acct, mention.visibility)

    def length(self, connection: Connection, text: str, capability: ReplyCapability) -> int:
        return counted(text, capability.counting, capability.url_length)

    async def publish(self, connection: Connection, request: PublishRequest) -> Published:
        try:
            account = read_account(connection)
        except Misconfigured as wrong:
            raise Refused(str(wrong)) from wrong
        posted = await publish(self._api, account, request)
        self._threads.follow(account, posted.parent, posted.published.network_id)
        return posted.published

    async def find_own_replies(
        self, connection: Connection, parent_source_id: str
    ) -> Sequence[OwnReply]:
        try:
            return await own_replies(self._api, _account(connection), parent_source_id)
        except ConnectionRefused as refused:
            raise ChannelUnavailable(str(refused), retry_after=60.0) from refused

    async def keys_kept(self, connection: Connection) -> Duration:
        try:
            return (await self._api.limits(read_account(connection))).keys_kept
        except Misconfigured:
            return NO_TIME

    async def close(self) -> None:
        await self._clients.close()


def _account(connection: Connection) -> Account:
    try:
        return read_account(connection)
    except Misconfigured as wrong:
        raise ConnectionRefused(str(wrong)) from wrong


def _query(source: Source) -> Query:
    if tag := _tag(source):
        return f"/api/v1/timelines/tag/{quote(tag, safe='')}", ()
    return "/api/v1/notifications", (("types[]", "mention"),)


def _tag(source: Source) -> str:
    """Raises `ConnectionRefused`."""
    try:
        return read_source(source)
    except Misconfigured as wrong:
        raise ConnectionRefused(str(wrong)) from wrong


def _hearing(
    connection: Connection, account: Account, own_id: str, limits: Limits, received_at: Instant
) -> Hearing:
    return Hearing(
        connection=connection,
        # A payload that came by itself has no source of ours: the connection stands in.
        source=SourceId(connection.id),
        host=account.host,
        own_id=own_id,
        limits=limits,
        since=connection.created_at,
        received_at=received_at,
    )
