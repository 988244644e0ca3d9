"""Documents made from rows are those made from the events that told of the rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import update

from harken.domain.case import Case
from harken.domain.mention import Mention
from harken.domain.reply import DeliveryState, Reply
from harken.events.codec import decode_reply, decode_work, encode_reply, encode_work
from harken.search.port import Document
from harken.store.body import decode, encode
from harken.store.changes import Insert, Statement
from harken.store.schema.infrastructure import TOMBSTONES
from harken.store.schema.router import MENTIONS
from harken.testing.builders import (
    OTHER_TENANT,
    TENANT,
    angry,
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
from services.search.documents import FIELDS, KINDS, case_document, reply_document
from tests.unit.search_service.desk import Desk, found, stored


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = FakeClock()
    async with store_in(tmp_path, clock) as store:
        yield Desk(store, clock)


async def told(desk: Desk) -> list[Document]:
    """What the indexer makes of all that was told."""
    index = FakeSearchIndex(FIELDS)
    await desk.index(index)
    return await found(index)


def said(source_id: str, text: str = "My kettle leaks", **given: Any) -> Mention:
    return mention(text, source_id=source_id, author=f"author-{source_id}", **given)


async def test_rows_give_the_documents_that_events_gave(desk: Desk) -> None:
    burning = said("1", "The kettle is on fire", trackers=("fire",), copy_of="m-0", reach=90_000)
    changed, gone = said("2"), said("3")
    for one in (
        (burning, angry()),
        (changed, tone()),
        (edited(changed, "Now it leaks more", language="pl"), angry()),
        (gone, tone()),
        (retraction(gone), None),
        *[(said(str(n), tenant=OTHER_TENANT), tone()) for n in range(7)],
        (said("4", historical=True), tone()),
    ):
        await desk.take(one)
    ours = reply(burning)
    sent = replace(ours, revision=2, state=DeliveryState.SENT, network_id="9", network_url="u")
    await desk.answer(ours, sent)
    echo = said("10", "We are sorry", echo=True, parent=burning.source_id, direct=False)
    await desk.take((echo, None))
    by_events = await told(desk)
    assert {(document.kind, document.tenant) for document in by_events} == {
        *((kind, TENANT) for kind in KINDS),
        ("mention", OTHER_TENANT),
        ("case", OTHER_TENANT),
    }
    assert gone.id not in {document.id for document in by_events}
    for page in (1, 2, 500):
        assert await stored(desk.store, page) == by_events


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
    [early] = [each for each in await stored(desk.store) if each.kind == "mention"]
    assert (early.version, early.text) == (1, "Now it burns")
    await desk.settle()
    assert await stored(desk.store) == await told(desk)
    [late] = [each for each in await stored(desk.store) if each.kind == "mention"]
    assert late.version == 2


async def test_what_was_not_placed_yet_waits_for_its_event(desk: Desk) -> None:
    await desk.intake.take((said("1"), tone()))
    assert await stored(desk.store) == []


async def test_what_was_erased_stays_away(desk: Desk) -> None:
    one = said("1")
    await desk.take((one, tone()))
    tombstone = {"tenant": TENANT, "kind": "mention", "id": one.id, "at": 1}
    await desk.change(Insert(TOMBSTONES, tombstone))
    assert [document.kind for document in await stored(desk.store)] == ["case"]


async def test_a_mention_whose_severity_was_not_kept_takes_its_cases(desk: Desk) -> None:
    one = said("1", "The kettle is on fire")
    await desk.take((one, angry()))
    whole = await stored(desk.store)
    await desk.change(Statement(update(MENTIONS).values(severity="")))
    again = await stored(desk.store)
    known = {"severity", "severity_class"}
    for before, after in zip(whole, again, strict=True):
        assert {k: before.fields[k] for k in known} == {k: after.fields[k] for k in known}
    assert again == whole
