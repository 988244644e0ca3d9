"""The router on any store, and what the indexer makes of all that it tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from harken.clock import Clock
from harken.domain.facts import Delivery
from harken.domain.mention import Mention
from harken.domain.reply import Reply
from harken.domain.time import Instant
from harken.domain.tone import Tone
from harken.events.topics import REPLIES, WORK
from harken.events.v1 import reply_pb2, work_pb2
from harken.log.port import Record
from harken.runtime.stage import Received
from harken.search.port import Document, Query, SearchIndex
from harken.store.changes import ChangeSet
from harken.store.port import Store
from harken.store.schema.infrastructure import OUTBOX
from harken.testing.builders import OTHER_TENANT, TENANT, delivery
from harken.testing.fakes.search_index import FakeSearchIndex
from services.responder.replies import Kept, moved, planned
from services.search.documents import FIELDS, KINDS
from services.search.stage import Indexer
from services.search.stored import stored_documents
from tests.unit.router.service import Intake, decider, rows, settle

_MESSAGES: dict[str, Any] = {WORK.name: work_pb2.Work, REPLIES.name: reply_pb2.Reply}


class Desk:
    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.intake = Intake(store, clock)
        self._decider = decider(store, clock)
        self._told = 0

    async def take(self, *mentions: tuple[Mention, Tone | None]) -> None:
        await self.intake.take(*mentions)
        await self.settle()

    async def settle(self) -> None:
        await settle(self._decider)

    async def answer(self, one: Reply, *steps: Reply) -> Delivery:
        await self.store.submit(planned(Kept(one)))
        for step in steps:
            await self.store.submit(moved(Kept(one), step))
            one = step
        outcome = delivery(one)
        await self.intake.deliver(outcome)
        await self.settle()
        return outcome

    async def change(self, *writes: Any) -> None:
        await self.store.submit(ChangeSet(writes=list(writes)))

    async def index(self, index: SearchIndex) -> None:
        """What was told since the last time, as the indexer carries it in."""
        indexer = Indexer(self.store, index, 100)
        new = select(OUTBOX).where(OUTBOX.c.topic.in_(list(_MESSAGES)), OUTBOX.c.id > self._told)
        events = await rows(self.store, new.order_by(OUTBOX.c.id))
        for at in range(0, len(events), indexer.batch):
            batch = events[at : at + indexer.batch]
            await indexer.handle([_received(event) for event in batch])
            self._told = batch[-1].id


def _received(event: Any) -> Received:
    record = Record(event.topic, 0, event.id, b"", event.value, (), Instant(0))
    return Received(record, _MESSAGES[event.topic].FromString(bytes(event.value)))


async def stored(store: Store, page: int = 500) -> list[Document]:
    """Every document that the store's rows give, sorted as by `found`."""
    index = FakeSearchIndex(FIELDS)
    assert await index.rebuild(stored_documents(store, page)) == []
    return await found(index)


async def found(index: SearchIndex) -> list[Document]:
    """Everything that is found, of both tenants, however often."""
    documents: list[Document] = []
    for tenant in (TENANT, OTHER_TENANT):
        cursor = ""
        while True:
            answer = await index.search(Query(tenant, KINDS, limit=1_000, cursor=cursor))
            documents += [hit.document for hit in answer.hits]
            if not answer.cursor:
                break
            cursor = answer.cursor
    return documents


def ids(documents: Sequence[Document]) -> list[tuple[str, str, str]]:
    return sorted((each.tenant, each.kind, each.id) for each in documents)
