"""A store with a case to answer, a network in memory, and the delivery between them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from harken.channels.port import Channel, Connection, Published, PublishRequest
from harken.channels.registry import Channels
from harken.domain.case import Case
from harken.domain.facts import Delivery as DeliveryFact
from harken.domain.ids import CaseId, ConnectionId, ReplyId, SourceId, TenantId
from harken.domain.mention import Mention
from harken.domain.reply import Reply
from harken.domain.time import Duration, Instant, hours, minutes, seconds
from harken.events.codec import decode_delivery, decode_reply, encode_mention, tag
from harken.events.topics import MENTIONS_TAGGED, REPLIES
from harken.events.v1 import reply_pb2
from harken.log.port import Record
from harken.runtime.pulse import Pulse
from harken.runtime.retry import Backoff
from harken.runtime.stage import Received
from harken.store.body import encode
from harken.store.changes import ChangeSet, Put
from harken.store.port import Snapshot, Store
from harken.store.schema.infrastructure import OUTBOX
from harken.store.schema.ingest import CONNECTIONS
from harken.store.schema.router import CASES, MENTIONS
from harken.testing import builders
from harken.testing.fakes.channel import FakeChannel
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from harken.testing.rows import row_of
from harken.testing.secrecy import open_vault
from services.responder.delivery import Delivery
from services.responder.domain.delivery_terms import Terms
from services.responder.domain.intent import Writer, plan
from services.responder.replies import Kept, find_reply, planned
from services.responder.wiring import delivery

TERMS = Terms(
    lease=seconds(30),
    deadline=seconds(15),
    lag=seconds(10),
    between=seconds(20),
    unreadable=hours(1),
    margin=minutes(2),
    tries=3,
)
CONNECTION = Connection(
    builders.TENANT, ConnectionId("conn-1"), "fake", "Ours", secrets={"token": "t"}
)
SORRY = "We are sorry. Which kettle is it?"


class GatedChannel(FakeChannel):
    """While ``gate`` is not set, publishing waits for it."""

    gate: asyncio.Event | None = None
    reached: asyncio.Event
    waiting: int = 0

    async def publish(self, connection: Connection, request: PublishRequest) -> Published:
        if self.gate is not None:
            self.waiting += 1
            self.reached.set()
            await self.gate.wait()
        return await super().publish(connection, request)


class FailingStore:
    """``failures``: what the next submits raise, one each; None lets one through."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.failures: list[Exception | None] = []
        self.submitted: Callable[[], None] = lambda: None

    def reading(self) -> AbstractAsyncContextManager[Snapshot]:
        return self._store.reading()

    async def submit(self, change: ChangeSet) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        await self._store.submit(change)
        self.submitted()

    async def claim(self, lease: str, holder: str, seconds: float) -> int | None:
        return await self._store.claim(lease, holder, seconds)

    async def release(self, lease: str, holder: str) -> None:
        await self._store.release(lease, holder)

    async def wait(self, seconds: float) -> None:
        await self._store.wait(seconds)

    async def close(self) -> None:
        await self._store.close()


@dataclass(slots=True)
class Desk:
    store: Store
    clock: FakeClock
    channel: GatedChannel
    delivery: Delivery
    case: Case
    mention: Mention
    pulse: Pulse = field(init=False)

    def __post_init__(self) -> None:
        self.pulse = Pulse(asyncio.Event(), lambda: self.clock.now() / 1_000_000)

    async def hear(self, mention: Mention, case: Case | None = None) -> None:
        """What ingest, sentiment and router do with it."""
        put = mention_row(mention, (case or self.case).id, self.clock.now())
        await self.store.submit(ChangeSet(writes=[put]))

    async def put_case(self, case: Case) -> None:
        await self.store.submit(ChangeSet(writes=[case_row(case)]))

    async def plan(self, text: str = SORRY, **changes: Any) -> Reply:
        now = self.clock.now()
        reply = plan(
            ReplyId(f"reply-{now}"), self.case.id, self.mention, text, self.mention.visibility,
            Writer("key-1", builders.reply().author), (), now,
        )  # fmt: skip
        reply = replace(reply, **changes)
        await self.store.submit(planned(Kept(reply)))
        return reply

    async def reply(self, reply: Reply) -> Reply:
        async with self.store.reading() as snapshot:
            kept = await find_reply(snapshot.for_tenant(reply.tenant), reply.id)
        assert kept is not None
        return kept.reply

    async def work(self) -> None:
        """One round, to its end."""
        await self.delivery.round(self.pulse)
        await self.delivery.idle()

    async def pass_time(self, span: Duration) -> None:
        """With a round each five seconds, or more where it is long."""
        step = max(seconds(5), Duration(span // 50))
        for _ in range(-(-span // step)):
            self.clock.advance(step)
            await self.work()

    async def told(self) -> list[Reply | DeliveryFact]:
        """The outbox."""
        async with self.store.reading() as snapshot:
            query = select(OUTBOX.c.topic, OUTBOX.c.value).order_by(OUTBOX.c.id)
            rows = await snapshot.across_tenants().all(query)
        return [
            decode_reply(reply_pb2.Reply.FromString(row.value))
            if row.topic == REPLIES.name
            else decode_delivery(reply_pb2.Delivery.FromString(row.value))
            for row in rows
        ]


def mention_row(mention: Mention, case: CaseId, now: Instant) -> Put:
    """As the router keeps it."""
    row = row_of(
        MENTIONS,
        tenant=mention.tenant,
        id=mention.id,
        revision=mention.revision,
        connection=mention.connection,
        case_id=case,
        source_id=mention.source_id,
        tagged=tag(encode_mention(mention), None, now).SerializeToString(),
    )
    return Put(MENTIONS, row)


def case_row(case: Case) -> Put:
    row = row_of(CASES, tenant=case.tenant, id=case.id, revision=case.revision, body=encode(case))
    return Put(CASES, row)


def received(mention: Mention, offset: int = 0) -> Received:
    """As the responder's stage gets it."""
    message = tag(encode_mention(mention), None, mention.received_at)
    record = Record(
        topic=MENTIONS_TAGGED.name,
        partition=0,
        offset=offset,
        key=b"",
        value=message.SerializeToString(),
        headers=(),
        published_at=mention.received_at,
    )
    return Received(record, message)


def a_mention(
    channel: FakeChannel,
    clock: FakeClock,
    text: str = "It leaks.",
    tenant: TenantId = builders.TENANT,
) -> Mention:
    """Said on the network too, so that it can be answered."""
    source_id = channel.say(text)
    now = clock.now()
    return builders.mention(
        text,
        tenant=tenant,
        network="fake",
        source_id=source_id,
        connection=CONNECTION.id,
        source=SourceId("source-1"),
        created_at=now,
        received_at=now,
    )


def a_delivery(
    store: Store,
    channel: Channel,
    terms: Terms = TERMS,
    monotonic: Callable[[], float] = time.monotonic,
) -> Delivery:
    backoff = Backoff(0.01, 0.02, lambda: 0.5)
    return delivery(store, Channels([channel], open_vault()), terms, backoff, monotonic)


@asynccontextmanager
async def desk_in(folder: Path) -> AsyncIterator[Desk]:
    clock = FakeClock()
    async with store_in(folder, clock) as store:
        yield await open_desk(store, clock, GatedChannel(clock), builders.TENANT)


async def open_desk(
    store: Store, clock: FakeClock, channel: GatedChannel, tenant: TenantId
) -> Desk:
    """With one mention, said a second ago, in a case of the agent's."""
    channel.reached = asyncio.Event()
    mention = a_mention(channel, clock, tenant=tenant)
    case = replace(builders.case(mention), assignee=builders.reply().author)
    desk = Desk(store, clock, channel, a_delivery(store, channel), case, mention)
    connection = replace(CONNECTION, tenant=tenant)
    row = row_of(
        CONNECTIONS,
        tenant=tenant,
        id=connection.id,
        network="fake",
        body=encode(connection),
    )
    await store.submit(ChangeSet(writes=[Put(CONNECTIONS, row)]))
    await desk.put_case(case)
    await desk.hear(mention)
    clock.advance(seconds(1))
    return desk
