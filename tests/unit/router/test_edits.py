"""An edit that ingest took for an original counts as the edit that it is, and once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from harken.clock import Clock
from harken.domain.facts import PlacedMention
from harken.domain.mention import Change, Mention
from harken.domain.time import after, milliseconds, minutes
from harken.events.codec import decode_mention, encode_mention, tag
from harken.events.topics import MENTIONS_TAGGED
from harken.events.v1 import mention_pb2
from harken.log.port import NewRecord, Record
from harken.runtime.pulse import Pulse
from harken.runtime.stage import Received
from harken.store.changes import RevisionConflict
from harken.store.schema.router import COMMANDS, MENTIONS
from harken.store.sqlite import SqliteStore
from harken.testing.builders import NOW, TENANT, edited, mention, tone
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from services.ingest.intake import Intake as Ingest
from services.ingest.seen import SeenBefore
from services.responder.situations import find_mention
from services.router.stage import RouterStage
from tests.unit.router.service import Intake, decider, rows, settle, told

ORIGINAL = mention("It leaks.")


def unnumbered(text: str, later: int = 0) -> Mention:
    """Of the same post, received so many milliseconds after the original."""
    received = after(ORIGINAL.received_at, milliseconds(later))
    return replace(ORIGINAL, text=text, received_at=received)


EDIT = unnumbered("It leaks and smokes.", later=100)
CONTENTS = (
    ORIGINAL,
    EDIT,
    replace(EDIT, text="It burns.", received_at=EDIT.received_at),
    unnumbered("All is well again.", later=230),
    replace(unnumbered("", later=400), change=Change.RETRACTION),
)


class Router:
    def __init__(self, store: SqliteStore, clock: Clock) -> None:
        self.store = store
        self._intake = Intake(store, clock)
        self._decider = decider(store, clock)

    async def hear(self, *mentions: Mention) -> None:
        said = [(one, None if one.change is Change.RETRACTION else tone()) for one in mentions]
        await self._intake.take(*said)

    async def settle(self) -> None:
        await settle(self._decider)

    async def kept(self) -> Mention:
        async with self.store.reading() as snapshot:
            found = await find_mention(snapshot.for_tenant(TENANT), ORIGINAL.id)
        assert found is not None
        return found[1]

    async def told(self) -> list[Mention]:
        facts = await told(self.store)
        return [fact.tagged.mention for fact in facts if isinstance(fact, PlacedMention)]

    async def commands(self) -> int:
        return int(
            (await rows(self.store, select(func.count().label("n")).select_from(COMMANDS)))[0].n
        )


@pytest.fixture
def router(store: SqliteStore, clock: FakeClock) -> Router:
    return Router(store, clock)


@pytest.mark.parametrize("settled", [True, False])
async def test_the_edit_stays_and_is_one_revision_more(router: Router, settled: bool) -> None:
    for one in (ORIGINAL, EDIT, ORIGINAL, EDIT):
        await router.hear(one)
        if settled:
            await router.settle()
    await router.settle()
    kept = await router.kept()
    assert kept == replace(EDIT, revision=EDIT.received_at // 1_000)
    assert await router.commands() == 2
    told = await router.told()
    assert told[-1] == kept
    assert [one.revision for one in told] == sorted({one.revision for one in told})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from(CONTENTS), min_size=1, max_size=4), max_size=6), st.data())
def test_what_was_received_last_is_kept_in_any_order(
    batches: list[list[Mention]], data: st.DataObject
) -> None:
    pauses = [data.draw(st.booleans()) for _ in batches]
    asyncio.run(_in_any_order(batches, pauses))


async def _in_any_order(batches: Sequence[Sequence[Mention]], pauses: Sequence[bool]) -> None:
    clock = FakeClock()
    with TemporaryDirectory() as folder:
        async with store_in(Path(folder), clock) as store:
            router, heard = Router(store, clock), set[int]()
            for batch, pause in zip(batches, pauses, strict=True):
                await router.hear(*batch)
                heard |= {CONTENTS.index(one) for one in batch}
                kept = await router.kept()
                latest = max(CONTENTS[place].received_at for place in heard)
                assert kept.received_at == latest
                if pause:
                    await router.settle()
            if not heard:
                return
            await router.settle()
            before = (await router.kept(), await router.commands(), await router.told())
            told = before[2]
            assert len(told) <= len(heard)
            revisions = [one.revision for one in told]
            assert revisions == sorted(set(revisions))
            assert not told or told[-1] == before[0]
            row = (await rows(store, select(MENTIONS)))[0]
            assert row.placed_revision == row.revision == before[0].revision
            for batch in batches:
                await router.hear(*batch)
            await router.settle()
            assert before == (await router.kept(), await router.commands(), await router.told())


async def test_beside_a_numbered_edit_an_unnumbered_text_is_the_original_come_late(
    router: Router,
) -> None:
    numbered = edited(ORIGINAL, "It leaks, see the picture.")
    await router.hear(numbered)
    await router.hear(EDIT)
    await router.settle()
    assert await router.kept() == numbered


async def test_who_finds_another_content_there_at_the_write_looks_again(
    store: SqliteStore, clock: FakeClock
) -> None:
    first, second = RouterStage(store, clock, 10), RouterStage(store, clock, 10)
    ahead = await first.handle([_received(ORIGINAL)])
    behind = await second.handle([_received(EDIT)])
    await store.submit(ahead.change)
    with pytest.raises(RevisionConflict):
        await store.submit(behind.change)
    await store.submit((await second.handle([_received(EDIT)])).change)
    assert (await Router(store, clock).kept()).text == EDIT.text


def _received(one: Mention) -> Received:
    message = tag(encode_mention(one), tone(), NOW)
    record = Record(MENTIONS_TAGGED.name, 0, 0, b"", message.SerializeToString(), (), NOW)
    return Received(record, message)


# --- with ingest


class Lanes:
    """The log between ingest and the router."""

    def __init__(self) -> None:
        self.mentions: list[Mention] = []

    async def publish(self, records: Sequence[NewRecord]) -> None:
        messages = (mention_pb2.Mention.FromString(record.value) for record in records)
        self.mentions += map(decode_mention, messages)


def replica(store: SqliteStore, lanes: Lanes) -> tuple[Ingest, SeenBefore]:
    seen = SeenBefore(store)
    return Ingest(lanes, seen, 100, 5.0), seen  # type: ignore[arg-type]


async def written(seen: SeenBefore) -> None:
    stopping = asyncio.Event()
    stopping.set()
    await seen.run(Pulse(stopping, lambda: 0.0))


async def test_two_replicas_that_did_not_hear_of_each_other_lose_no_edit(
    store: SqliteStore, router: Router
) -> None:
    lanes = Lanes()
    (here, seen_here), (there, seen_there) = replica(store, lanes), replica(store, lanes)
    await here.take(TENANT, [ORIGINAL])
    await there.take(TENANT, [EDIT])
    assert [one.revision for one in lanes.mentions] == [1, 1]
    await written(seen_here)
    await written(seen_there)
    await router.hear(*lanes.mentions)
    assert (await router.kept()).text == EDIT.text
    again = unnumbered("It is mended, thank you.", later=60_000)
    await there.take(TENANT, [again])
    await router.hear(*lanes.mentions)
    await router.settle()
    assert (await router.kept()).text == again.text
    assert [one.text for one in await router.told()] == [again.text]


async def test_an_edit_after_the_one_replica_that_knew_was_killed_is_not_lost(
    store: SqliteStore, router: Router
) -> None:
    lanes = Lanes()
    await replica(store, lanes)[0].take(TENANT, [ORIGINAL])
    await router.hear(*lanes.mentions)
    await router.settle()
    late = replace(EDIT, received_at=after(EDIT.received_at, minutes(90)))
    await replica(store, lanes)[0].take(TENANT, [late])
    await router.hear(*lanes.mentions)
    await router.settle()
    assert [one.text for one in await router.told()] == [ORIGINAL.text, EDIT.text]


async def test_senders_that_repeat_themselves_to_ignorant_replicas_make_one_edit(
    store: SqliteStore, router: Router
) -> None:
    lanes = Lanes()
    for place, text in enumerate([ORIGINAL.text, EDIT.text] * 3):
        await replica(store, lanes)[0].take(TENANT, [unnumbered(text, later=10 * place)])
        await router.hear(lanes.mentions[-1])
    await router.settle()
    assert (await router.kept()).text == EDIT.text
    assert await router.commands() == 2
