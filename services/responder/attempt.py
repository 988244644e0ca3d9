"""One attempt to post one reply: claim, look again, begin, write, write down.

Where a crash leaves it:

- before or after the claim: PLANNED, or CLAIMED until the lease ends, then PLANNED again;
- after SENDING was stored, before the write: UNKNOWN at ``send_by``; reading back finds nothing;
- during the write, or after it and before its outcome was stored: UNKNOWN; reading back tells;
- after the outcome was stored: settled, and its events are in the outbox.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from harken.channels.port import (
    Channel,
    ChannelUnavailable,
    Connection,
    NotNow,
    OutcomeUnknown,
    PublishRequest,
    Refused,
)
from harken.channels.registry import Channels
from harken.domain.ids import ReplyId, TenantId
from harken.domain.mention import ReplyCapability
from harken.domain.reply import Reply
from harken.domain.time import Instant, seconds
from harken.store.port import Store
from harken.telemetry.logs import Log
from services.responder.domain.delivery import may_begin
from services.responder.domain.delivery_events import (
    Began,
    Claimed,
    Declined,
    Event,
    Lost,
    Posted,
    Postponed,
    Withdrawn,
)
from services.responder.domain.delivery_terms import Terms
from services.responder.domain.guards import Guard, Situation, objection_to_sending
from services.responder.recording import Recording
from services.responder.replies import find_reply
from services.responder.situations import find_connection, find_mention, situation_of

REMOVED = "the connection was removed"
ERASED = "what this answers was erased"
LEAST_SHARE = 0.25
"""Of the deadline: with less of it left, writing does not begin."""

_OVERTAKEN = frozenset(
    {
        Guard.EDITED,
        Guard.RETRACTED,
        Guard.WROTE_AGAIN,
        Guard.ALREADY_ANSWERED,
        Guard.ANSWERED_ELSEWHERE,
    }
)
"""What happened after it was written; all else is what the network would not take."""

_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """The way to a network."""

    connection: Connection
    channel: Channel


@dataclass(frozen=True, slots=True)
class Begun:
    """Stored as SENDING; ``until`` is the end of its time, in monotonic seconds."""

    reply: Reply
    handle: str
    until: float


class Attempt:
    def __init__(
        self,
        store: Store,
        channels: Channels,
        recording: Recording,
        terms: Terms,
        monotonic: Callable[[], float],
    ) -> None:
        self._store = store
        self._channels = channels
        self._recording = recording
        self._terms = terms
        self._monotonic = monotonic

    async def deliver(self, tenant: TenantId, id_: ReplyId) -> float:
        """Returns for how many seconds the network asks us to leave the connection alone.

        Raises `Impossible` and ``RevisionConflict`` where somebody else has it by now.
        """
        claimed = await self._recording.advance(tenant, id_, Claimed())
        line = await find_line(self._store, self._channels, claimed)
        if line is None:
            await self._recording.advance(tenant, id_, Declined(claimed.fence, REMOVED))
            return 0.0
        try:
            capability = await self._capability(claimed, line)
        except (ChannelUnavailable, TimeoutError) as away:
            pause = getattr(away, "retry_after", 0.0)
            return await self._postpone(claimed, f"the network is away: {away}", pause)
        begun = await self._begin(claimed, line, capability)
        return 0.0 if begun is None else await self._write(begun, line)

    async def _capability(self, reply: Reply, line: Line) -> ReplyCapability:
        """The network's word of now; it may take half of the lease."""
        async with self._store.reading() as snapshot:
            found = await find_mention(snapshot.for_tenant(reply.tenant), reply.parent)
            now = snapshot.now
        if found is None:
            return ReplyCapability(why_not=ERASED)
        async with asyncio.timeout(self._terms.lease / 2_000_000):
            return await line.channel.capability(line.connection, found[1], now)

    async def _begin(self, claimed: Reply, line: Line, capability: ReplyCapability) -> Begun | None:
        """Judged and begun over one snapshot, and only if the claim still stands."""
        # Taken before the store's clock is read: our time is over before that of others is.
        until = self._monotonic() + self._terms.deadline / 1_000_000
        async with self._store.reading() as snapshot:
            rows, now = snapshot.for_tenant(claimed.tenant), snapshot.now
            kept = await find_reply(rows, claimed.id)
            known = await situation_of(rows, claimed)
        if kept is None or kept.reply.revision != claimed.revision:
            return None
        if known is None:
            await self._recording.move(kept, Withdrawn(ERASED), now)
            return None
        length = line.channel.length(line.connection, claimed.text, capability)
        against = self._against(claimed, known, capability, length, now)
        if against is not None:
            await self._recording.move(kept, against, now)
            return None
        begun = await self._recording.move(kept, Began(claimed.fence), now)
        return Begun(begun, known.parent.author.handle, until)

    def _against(
        self,
        claimed: Reply,
        known: Situation,
        capability: ReplyCapability,
        length: int,
        now: Instant,
    ) -> Event | None:
        objection = objection_to_sending(claimed, known, capability, length, now)
        if objection is not None and objection.guard in _OVERTAKEN:
            return Withdrawn(objection.detail)
        if objection is not None:
            return Declined(claimed.fence, objection.detail)
        if not may_begin(claimed, now, self._terms):
            return Declined(claimed.fence, "the network may have forgotten the key by now")
        return None

    async def _write(self, begun: Begun, line: Line) -> float:
        reply = begun.reply
        left = begun.until - self._monotonic()
        if left < LEAST_SHARE * self._terms.deadline / 1_000_000:
            return await self._postpone(reply, "our own store took too long", 0.0)
        request = PublishRequest(
            parent_source_id=reply.parent_source_id,
            parent_author_handle=begun.handle,
            visibility=reply.visibility,
            text=reply.text,
            language=reply.language,
            key=reply.key,
            deadline=left,
        )
        try:
            event = await self._publish(request, reply.fence, line)
        except NotNow as busy:
            return await self._postpone(reply, str(busy), busy.retry_after)
        await self._recording.persist(reply.tenant, reply.id, event)
        return 0.0

    async def _publish(self, request: PublishRequest, fence: int, line: Line) -> Event:
        """What is known afterwards. Raises `NotNow`."""
        try:
            async with asyncio.timeout(request.deadline):
                published = await line.channel.publish(line.connection, request)
        except NotNow:
            raise
        except Refused as refused:
            return Declined(fence, refused.why)
        except (OutcomeUnknown, TimeoutError) as unknown:
            return Lost(fence, str(unknown) or "no answer in time")
        except Exception as error:  # noqa: BLE001 - the port: whatever else it raises is unknown
            _log.error("publish failed", error, network=line.connection.network)
            return Lost(fence, f"{type(error).__name__} while it was sent")
        return Posted(published.network_id, published.url)

    async def _postpone(self, reply: Reply, why: str, pause: float) -> float:
        event = Postponed(reply.fence, seconds(pause), why)
        await self._recording.persist(reply.tenant, reply.id, event)
        return pause


async def find_line(store: Store, channels: Channels, reply: Reply) -> Line | None:
    """None where the connection was removed."""
    async with store.reading() as snapshot:
        rows = snapshot.for_tenant(reply.tenant)
        connection = await find_connection(rows, reply.connection, channels.vault)
    if connection is None or connection.network not in channels.networks:
        return None
    return Line(connection, channels.of(connection.network))
