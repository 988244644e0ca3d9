"""The `Channel` of the generic webhook network: anything that speaks Standard Webhooks."""

from __future__ import annotations

from collections.abc import Sequence

from harken.channels.exchange import Clients
from harken.channels.port import (
    ChannelUnavailable,
    Connection,
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
from harken.channels.untrusted import as_bytes, read_json
from harken.channels.webhook import publish as outbound
from harken.channels.webhook.mention import peer_capability, to_mention
from harken.channels.webhook.payload import entries, read_entry
from harken.channels.webhook.settings import NETWORK, Peer, read_peer
from harken.channels.webhook.signature import verify
from harken.clock import Clock
from harken.domain.mention import Mention, ReplyCapability
from harken.domain.time import NO_TIME, Duration, Instant


class WebhookChannel:
    """Mentions are delivered to us; replies are posted, signed, to the peer's address."""

    def __init__(self, clock: Clock, clients: Clients) -> None:
        self._clock = clock
        self._clients = clients

    @property
    def network(self) -> str:
        return NETWORK

    def verify(self, connection: Connection, request: InboundRequest) -> None:
        try:
            peer = read_peer(connection)
        except Misconfigured as wrong:
            raise NotVerified(str(wrong)) from wrong
        verify(peer.secrets, request.headers, request.body, request.received_at)

    def parse(self, connection: Connection, payload: bytes, received_at: Instant) -> Parsed:
        try:
            peer = read_peer(connection)
            found = entries(read_json(payload))
        except (Misconfigured, ValueError) as wrong:
            return Parsed(unreadable=(Unreadable(payload, str(wrong)),))
        mentions: list[Mention] = []
        unreadable: list[Unreadable] = []
        for entry in found:
            try:
                mentions.append(to_mention(read_entry(entry), connection, peer, received_at))
            except ValueError as wrong:
                unreadable.append(Unreadable(as_bytes(entry), str(wrong)))
        return Parsed(tuple(mentions), tuple(unreadable))

    async def fetch(self, connection: Connection, source: Source, cursor: str) -> Page:
        """Nothing: this network delivers by itself."""
        return Page(Parsed(), cursor)

    async def capability(
        self, connection: Connection, mention: Mention, now: Instant
    ) -> ReplyCapability:
        """What the mention came with (only its payload could tell), less what has changed since."""
        try:
            peer = read_peer(connection)
        except Misconfigured as wrong:
            return ReplyCapability(why_not=str(wrong))
        able = peer_capability(peer, mention.visibility)
        told = mention.capability != ReplyCapability()
        return mention.capability if told and able.private else able

    def length(self, connection: Connection, text: str, capability: ReplyCapability) -> int:
        """Code points."""
        return len(text)

    async def publish(self, connection: Connection, request: PublishRequest) -> Published:
        try:
            peer = read_peer(connection)
        except Misconfigured as wrong:
            raise Refused(str(wrong)) from wrong
        if peer.reply_url is None:
            raise Refused("this connection has no reply_url: it only listens")
        return await outbound.publish(self._clients, self._clock, peer, peer.reply_url, request)

    async def find_own_replies(
        self, connection: Connection, parent_source_id: str
    ) -> Sequence[OwnReply]:
        """Nothing where the connection has no ``replies_url``: a reply whose outcome is unknown
        then counts as not found, and a person decides. The peer's own use of the key (see
        ``webhook-id``) keeps a second attempt from becoming a second post.
        """
        peer = _peer(connection)
        if peer.replies_url is None:
            return ()
        return await outbound.find_own_replies(
            self._clients, self._clock, peer, peer.replies_url, parent_source_id
        )

    async def keys_kept(self, connection: Connection) -> Duration:
        """Peers ought to take each ``webhook-id`` once, but nothing says for how long."""
        return NO_TIME

    async def close(self) -> None:
        await self._clients.close()


def _peer(connection: Connection) -> Peer:
    try:
        return read_peer(connection)
    except Misconfigured as wrong:
        raise ChannelUnavailable(str(wrong), retry_after=60.0) from wrong
