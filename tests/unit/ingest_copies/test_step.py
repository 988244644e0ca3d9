"""The intake's step: copies name the first, over restarts and beside other replicas."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from harken.domain.ids import NO_MENTION, TenantId
from harken.domain.mention import Change, Mention, Visibility
from harken.domain.time import after, hours
from harken.runtime.pulse import Pulse
from harken.store.schema.ingest import SKETCHES
from harken.store.sqlite import SqliteStore
from harken.testing.builders import NOW, TENANT, mention, retraction
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from harken.testing.strategies import MENTIONS
from services.ingest.copies.lately import LatelySaid
from services.ingest.copies.step import CopiesStep
from services.ingest.copies.waves import Waves

WINDOW = hours(48)
SPAM = "Win a free kettle, only today and only here: https://prizes.example/{}"
_ids = count(1)


class Replica:
    """One process of ingest; `stop` ends it in good order."""

    def __init__(self, store: SqliteStore, clock: FakeClock, most: int = 10_000) -> None:
        waves = Waves(WINDOW, most)
        self.lately = LatelySaid(store, clock, waves, WINDOW, lambda: f"id-{next(_ids)}")
        self.step = CopiesStep(self.lately)
        self.pulse = Pulse(asyncio.Event(), lambda: 0.0)

    async def hear(self, *said: Mention) -> list[str]:
        return [one.copy_of for one in await self.step.enrich(said[0].tenant, said)]

    async def stop(self) -> None:
        self.pulse.stopping.set()
        await self.lately.run(self.pulse)


def spam(n: int, **changes: object) -> Mention:
    return mention(SPAM.format(n), author=f"author{n}", source_id=f"s{n}", **changes)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[SqliteStore]:
    async with store_in(tmp_path, clock) as store:
        yield store


@pytest.fixture
def replica(store: SqliteStore, clock: FakeClock) -> Replica:
    return Replica(store, clock)


async def test_copies_of_all_authors_name_the_first(replica: Replica) -> None:
    first = spam(1)
    other = mention("My kettle from Tarn & Toll leaks since yesterday evening", source_id="o")
    assert await replica.hear(first, spam(2), other) == [NO_MENTION, first.id, NO_MENTION]
    assert await replica.hear(spam(3)) == [first.id]


async def test_the_same_mention_again_gets_the_same_answer(replica: Replica) -> None:
    first, copy = spam(1), spam(2)
    before = await replica.hear(first, copy)
    assert await replica.hear(copy, first) == before[::-1]


async def test_an_edited_copy_is_none_any_more(replica: Replica) -> None:
    await replica.hear(spam(1))
    edited = replace(spam(2), text="I was hacked, please ignore my last post about kettles, sorry")
    assert await replica.hear(edited) == [NO_MENTION]


async def test_tenants_and_times_keep_waves_apart(replica: Replica) -> None:
    await replica.hear(spam(1))
    assert await replica.hear(spam(2, tenant=TenantId("brass-owl"))) == [NO_MENTION]
    later = spam(3, created_at=after(NOW, hours(50)))
    assert await replica.hear(later) == [NO_MENTION]
    assert await replica.hear(spam(4, created_at=after(NOW, hours(60)))) == [later.id]


async def test_private_words_our_own_posts_and_retractions_are_no_copies(replica: Replica) -> None:
    await replica.hear(spam(1))
    private = spam(2, visibility=Visibility.PRIVATE)
    ours, gone = spam(3, echo=True), retraction(spam(4))
    assert await replica.step.enrich(TENANT, [private, ours, gone]) == [private, ours, gone]


async def test_waves_go_on_after_a_restart(
    replica: Replica, store: SqliteStore, clock: FakeClock
) -> None:
    first = spam(1)
    await replica.hear(first)
    await replica.stop()
    later = Replica(store, clock)
    await later.lately.read(later.pulse)
    assert await later.hear(spam(2)) == [first.id]


async def test_replicas_tell_each_other(
    replica: Replica, store: SqliteStore, clock: FakeClock
) -> None:
    other = Replica(store, clock)
    await other.lately.read(other.pulse)
    firsts = [spam(1), mention("Parcels of this week are late for us all", source_id="o")]
    await replica.hear(firsts[0])
    await replica.lately.write()
    await replica.hear(firsts[1])
    await replica.lately.write()
    await other.lately.read(other.pulse)
    share = mention("RT @ola: Parcels of this week are late for us all", source_id="o2")
    assert await other.hear(spam(2), share) == [one.id for one in firsts]


async def test_rows_go_when_the_window_has_passed(
    replica: Replica, store: SqliteStore, clock: FakeClock
) -> None:
    await replica.hear(spam(1))
    await replica.lately.write()
    await replica.lately.tidy()
    assert await _rows(store) == 1
    clock.advance(hours(49))
    await replica.lately.tidy()
    assert await _rows(store) == 0


async def _rows(store: SqliteStore) -> int:
    async with store.reading() as snapshot:
        return len(await snapshot.across_tenants().all(select(SKETCHES.c.id)))


async def test_nothing_is_compared_or_kept_where_nothing_is_to_be_remembered(
    store: SqliteStore, clock: FakeClock
) -> None:
    replica = Replica(store, clock, most=0)
    assert await replica.hear(spam(1), spam(2)) == [NO_MENTION, NO_MENTION]
    await replica.stop()
    assert await _rows(store) == 0


async def test_rows_hold_no_words(replica: Replica, store: SqliteStore) -> None:
    await replica.hear(spam(1), mention("My kettle leaks and smells of fire", source_id="o"))
    await replica.lately.write()
    async with store.reading() as snapshot:
        [row] = await snapshot.across_tenants().all(select(SKETCHES.c.body))
    assert b"kettle" not in row.body.lower()
    assert b"author" not in row.body.lower()


class Forgetful(LatelySaid):
    """Remembers in memory alone."""

    def __init__(self) -> None:
        self.waves = Waves(WINDOW, most=10_000)

    def remember(self, said: object) -> None:
        self.waves.remember(said)  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(st.lists(MENTIONS, max_size=4, unique_by=lambda one: one.id))
async def test_all_else_stays_as_it_was(said: list[Mention]) -> None:
    said = [replace(one, tenant=TENANT, copy_of=NO_MENTION) for one in said]
    step = CopiesStep(Forgetful())
    heard = await step.enrich(TENANT, said)
    assert [replace(one, copy_of=NO_MENTION) for one in heard] == said
    assert list(await step.enrich(TENANT, heard)) == list(heard)
    for before, now in zip(said, heard, strict=True):
        assert now == before or before.change is not Change.RETRACTION
