"""Documents made from rows are those made from the events that told of the rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import select, update

from harken.domain.case import Case
from harken.domain.facts import Delivery
from harken.domain.mention import Mention
from harken.domain.reply import DeliveryState, Reply
from harken.domain.time import Instant
from harken.events.codec import decode_reply, decode_work, encode_reply, encode_work
from harken.events.topics import REPLIES, WORK
from harken.events.v1 import reply_pb2, work_pb2
from harken.log.port import Record
from harken.runtime.stage import Received
from harken.search.port import Document, Query
from harken.store.body import decode, encode
from harken.store.changes import ChangeSet, Insert, Statement
from harken.store.schema.infrastructure import OUTBOX, TOMBSTONES
from harken.store.schema.router import MENTIONS
from harken.store.sqlite import SqliteStore
from harken.testing.builders import (
    OTHER_TENANT,
    TENANT,
    angry,
    delivery,
    edited,
    mention,
    reply,
    retraction,
    severity,
    tone,
)
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.search_index import FakeSearchIndex
from harken.testing.fakes.store import store_in
from harken.testing.strategies import CASES as ANY_CASE
from harken.testing.strategies import REPLIES as ANY_REPLY
from services.responder.replies import Kept, moved, planned
from services.search.documents import FIELDS, KINDS, case_document, reply_document
from services.search.stage import Indexer
from services.search.stored import stored_documents
from tests.unit.router.service import Intake, decider, rows, settle

_MESSAGES: dict[str, Any] = {WORK.name: work_pb2.Work, REPLIES.name: reply_pb2.Reply}


class Desk:
    """The router and the responder on one store."""

    def __init__(self, store: SqliteStore, clock: FakeClock) -> None:
        self.store = store
        self.intake = Intake(store, clock)
        self._decider = decider(store, clock)

    async def take(self, *mentions: tuple[Mention, Any]) -> None:
        for one in mentions:
            await self.intake.take(one)
            await settle(self._decider)

    async def answer(self, one: Reply, *steps: Reply) -> Delivery:
        await self.store.submit(planned(Kept(one)))
        for step in steps:
            await self.store.submit(moved(Kept(one), step))
            one = step
        outcome = delivery(one)
        await self.intake.deliver(outcome)
        await settle(self._decider)
        return outcome

    async def told(self) -> list[Document]:
        """What the indexer makes of all that the outbox holds."""
        index = FakeSearchIndex(FIELDS)
        indexer = Indexer(self.store, index, 100)
        known = OUTBOX.c.topic.in_(list(_MESSAGES))
        events = await rows(self.store, select(OUTBOX).where(known).order_by(OUTBOX.c.id))
        for event in events:
            record = Record(event.topic, 0, event.id, b"", event.value, (), Instant(0))
            message = _MESSAGES[event.topic].FromString(bytes(event.value))
            await indexer.handle([Received(record, message)])
        return await documents(index)

    async def stored(self, page: int = 3) -> list[Document]:
        index = FakeSearchIndex(FIELDS)
        assert await index.rebuild(stored_documents(self.store, page)) == []
        return await documents(index)

    async def change(self, *writes: Any) -> None:
        await self.store.submit(ChangeSet(writes=list(writes)))


async def documents(index: FakeSearchIndex) -> list[Document]:
    answers = [
        await index.search(Query(tenant, KINDS, limit=1_000)) for tenant in (TENANT, OTHER_TENANT)
    ]
    return [hit.document for answer in answers for hit in answer.hits]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = FakeClock()
    async with store_in(tmp_path, clock) as store:
        yield Desk(store, clock)


def said(source_id: str, text: str = "My kettle leaks", **given: Any) -> Mention:
    return mention(text, source_id=source_id, author=f"author-{source_id}", **given)


async def test_rows_give_the_documents_that_events_gave(desk: Desk) -> None:
    burning = said("1", "The kettle is on fire", trackers=("fire",), copy_of="m-0", reach=90_000)
    changed, gone = said("2"), said("3")
    await desk.take(
        (burning, angry()),
        (changed, tone()),
        (edited(changed, "Now it leaks more", language="pl"), angry()),
        (gone, tone()),
        (retraction(gone), None),
        *[(said(str(n), tenant=OTHER_TENANT), tone()) for n in range(7)],
        (said("4", historical=True), tone()),
    )
    ours = reply(burning)
    sent = replace(ours, revision=2, state=DeliveryState.SENT, network_id="9", network_url="u")
    await desk.answer(ours, sent)
    echo = said("10", "We are sorry", echo=True, parent=burning.source_id, direct=False)
    await desk.take((echo, None))
    told = await desk.told()
    assert {(document.kind, document.tenant) for document in told} == {
        *((kind, TENANT) for kind in KINDS),
        ("mention", OTHER_TENANT),
        ("case", OTHER_TENANT),
    }
    assert gone.id not in {document.id for document in told}
    for page in (1, 2, 500):
        assert await desk.stored(page) == told


@given(ANY_CASE)
def test_any_case_gives_the_same_from_its_row(case: Case) -> None:
    """Numbers in rows are finite."""
    finite = replace(
        case,
        severity=replace(severity(), score=case.severity.score),
        posts=tuple(replace(post, certainty=0.5) for post in case.posts),
    )
    from_event = decode_work(encode_work(finite))
    assert isinstance(from_event, Case)
    assert case_document(decode(encode(finite), Case)) == case_document(from_event)


@given(ANY_REPLY)
def test_any_reply_gives_the_same_from_its_row(reply: Reply) -> None:
    from_event = decode_reply(encode_reply(reply))
    assert reply_document(decode(encode(reply), Reply)) == reply_document(from_event)


async def test_a_revision_that_no_decider_saw_yet_gives_way_to_its_event(desk: Desk) -> None:
    one = said("1")
    await desk.take((one, tone()))
    two = edited(one, "Now it burns")
    await desk.intake.take((two, angry()))
    [early] = [each for each in await desk.stored() if each.kind == "mention"]
    assert (early.version, early.text) == (1, "Now it burns")
    await desk.take()
    await settle(desk._decider)
    assert await desk.stored() == await desk.told()
    [late] = [each for each in await desk.stored() if each.kind == "mention"]
    assert late.version == 2


async def test_what_was_not_placed_yet_waits_for_its_event(desk: Desk) -> None:
    await desk.intake.take((said("1"), tone()))
    assert await desk.stored() == []


async def test_what_was_erased_stays_away(desk: Desk) -> None:
    one = said("1")
    await desk.take((one, tone()))
    tombstone = {"tenant": TENANT, "kind": "mention", "id": one.id, "at": 1}
    await desk.change(Insert(TOMBSTONES, tombstone))
    assert [document.kind for document in await desk.stored()] == ["case"]


async def test_a_mention_whose_severity_was_not_kept_takes_its_cases(desk: Desk) -> None:
    one = said("1", "The kettle is on fire")
    await desk.take((one, angry()))
    whole = await desk.stored()
    await desk.change(Statement(update(MENTIONS).values(severity="")))
    again = await desk.stored()
    known = {"severity", "severity_class"}
    for before, after in zip(whole, again, strict=True):
        assert {k: before.fields[k] for k in known} == {k: after.fields[k] for k in known}
    assert again == whole
