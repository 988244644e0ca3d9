"""Storing what happened to a reply."""

from __future__ import annotations

import asyncio

from harken.domain.ids import ReplyId, TenantId
from harken.domain.reply import Reply
from harken.domain.time import Instant, elapsed
from harken.runtime.retry import Backoff
from harken.store.changes import RevisionConflict, StoreUnavailable
from harken.store.port import Store
from harken.telemetry import metrics
from harken.telemetry.errors import describe
from harken.telemetry.logs import Log
from services.responder.domain.delivery import advance
from services.responder.domain.delivery_events import Event
from services.responder.domain.delivery_terms import Impossible, PostedTwice, Terms
from services.responder.replies import Kept, find_reply, moved

_log = Log(__name__)


class NoSuchReply(LookupError):
    """It was erased."""


class Recording:
    def __init__(self, store: Store, terms: Terms, backoff: Backoff) -> None:
        self._store = store
        self._terms = terms
        self._backoff = backoff

    async def move(self, kept: Kept, event: Event, now: Instant) -> Reply:
        """Only if nobody else was faster. Raises `Impossible`, ``RevisionConflict``."""
        changed = advance(kept.reply, event, now, self._terms)
        change = moved(kept, changed)
        if not change.empty:
            await self._store.submit(change)
            _report(changed)
        return changed

    async def advance(self, tenant: TenantId, id_: ReplyId, event: Event) -> Reply:
        """As `move`, from what is stored now. Raises `NoSuchReply` too."""
        async with self._store.reading() as snapshot:
            kept, now = await find_reply(snapshot.for_tenant(tenant), id_), snapshot.now
        if kept is None:
            raise NoSuchReply(id_)
        return await self.move(kept, event, now)

    async def persist(self, tenant: TenantId, id_: ReplyId, event: Event) -> None:
        """Stores what is known and must not be forgotten, however long the store is away.

        If the process ends before that, reading the thread back finds it out again.
        """
        attempt = 0
        while True:
            try:
                await self.advance(tenant, id_, event)
            except RevisionConflict:
                continue
            except StoreUnavailable as away:
                attempt += 1
                pause = self._backoff.pause(attempt, away.retry_after)
                _log.warning("outcome waits", reply=id_, attempt=attempt, error=describe(away))
                await asyncio.sleep(pause)
                continue
            except PostedTwice as twice:
                _log.error("a reply is on the network twice", twice, tenant=tenant, reply=id_)
            except (Impossible, NoSuchReply) as late:
                _log.warning("outcome came too late", reply=id_, why=str(late))
            return


def _report(reply: Reply) -> None:
    """One line and one count for each step."""
    metrics.REPLY_STEPS.labels(reply.network, reply.state.value).inc()
    if reply.sent_at is not None:
        took = max(elapsed(reply.created_at, reply.sent_at), 0) / 1_000_000
        metrics.REPLY_SECONDS.labels(reply.network).observe(took)
    _log.info(
        "reply",
        tenant=reply.tenant,
        reply=reply.id,
        case=reply.case,
        network=reply.network,
        connection=reply.connection,
        revision=reply.revision,
        attempt=reply.attempts,
        outcome=reply.state.value,
    )
