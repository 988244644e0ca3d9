"""Reading a thread back: is the reply there, whose outcome nobody knows?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from harken.channels.comparison import same_text
from harken.channels.port import ChannelUnavailable, OwnReply
from harken.channels.registry import Channels
from harken.domain.ids import ReplyId, TenantId
from harken.domain.reply import Reply
from harken.domain.time import seconds
from harken.store.port import Rows, Store
from services.responder.attempt import REMOVED, Line, find_line
from services.responder.domain.delivery import maybe_posted
from services.responder.domain.delivery_events import Event, NotFound, Posted, Unreadable
from services.responder.domain.recognition import OwnPost, recognise
from services.responder.recording import Recording
from services.responder.replies import answers_to, bound_ids, find_reply
from services.responder.situations import seen_before

LOOK_SECONDS = 30.0
AWAY_SECONDS = 60.0


class ReadBack:
    def __init__(self, store: Store, channels: Channels, recording: Recording) -> None:
        self._store = store
        self._channels = channels
        self._recording = recording

    async def look(self, tenant: TenantId, id_: ReplyId) -> float:
        """Returns for how many seconds the network asks us to leave the connection alone.

        What was seen counts only if nothing happened to the reply since before the look: else
        raises `Impossible` or ``RevisionConflict``.
        """
        async with self._store.reading() as snapshot:
            before = await find_reply(snapshot.for_tenant(tenant), id_)
        if before is None:
            return 0.0
        event, pause = await self._seen(before.reply)
        async with self._store.reading() as snapshot:
            now = snapshot.now
        await self._recording.move(before, event, now)
        return pause

    async def _seen(self, reply: Reply) -> tuple[Event, float]:
        line = await find_line(self._store, self._channels, reply)
        if line is None:
            return Unreadable(seconds(AWAY_SECONDS), REMOVED), 0.0
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                posts = await self._own_posts(reply, line)
        except ChannelUnavailable as away:
            return Unreadable(seconds(away.retry_after), str(away)), away.retry_after
        except TimeoutError:
            return Unreadable(seconds(AWAY_SECONDS), "the network takes too long"), 0.0
        async with self._store.reading() as snapshot:
            found = await _recognised(snapshot.for_tenant(reply.tenant), reply, posts)
        if found is not None:
            return Posted(found.network_id, found.url, found.created_at), 0.0
        return NotFound(await line.channel.keys_kept(line.connection)), 0.0

    async def _own_posts(self, reply: Reply, line: Line) -> Sequence[OwnReply]:
        return await line.channel.find_own_replies(line.connection, reply.parent_source_id)


async def _recognised(rows: Rows, reply: Reply, posts: Sequence[OwnReply]) -> OwnPost | None:
    ids = [post.network_id for post in posts]
    bound = await bound_ids(rows, reply.connection, ids, but=reply.id)
    tried_at = reply.first_attempt_at or reply.created_at
    older = await seen_before(rows, reply.connection, reply.parent_source_id, tried_at)
    answers = await answers_to(rows, reply.connection, [reply.parent])
    others = (kept.reply for kept in answers if kept.reply.id != reply.id)
    own = [
        OwnPost(
            post.network_id,
            post.created_at,
            same_text=same_text(reply.text, post.text),
            url=post.url,
            bound=post.network_id in bound | older,
        )
        for post in posts
    ]
    return recognise(reply, own, alone=not any(map(maybe_posted, others)))
