"""Trackers that change while mentions come in; sources that listen for trackers only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harken.domain.mention import Mention
from harken.domain.time import seconds
from harken.store.changes import ChangeSet, Write
from harken.store.sqlite import SqliteStore
from harken.testing.builders import NOW, OTHER_TENANT, TENANT, edited, mention, retraction
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from harken.testing.runtime import running, until
from services.ingest.domain.tracker import Tracker
from services.ingest.intake import Intake
from services.ingest.seen import SeenBefore
from services.ingest.trackers import layers
from services.ingest.trackers.layers import MOST_FRESH, compiled
from services.ingest.trackers.matching import AT_ONCE, TrackerMatching
from services.ingest.trackers.rows import (
    find_set,
    insert_tracker,
    move_set,
    remove_tracker,
    replace_tracker,
)
from services.ingest.tracking import TrackerIndex
from tests.unit.ingest.kit import Notebook

WORDS = ("kettle", "lamp", "train", "leak", "late")
QUERIES = st.dictionaries(
    st.sampled_from([f"t{number}" for number in range(8)]), st.sampled_from(WORDS), max_size=8
)


@settings(deadline=None)
@given(st.lists(QUERIES, min_size=1, max_size=5), st.sets(st.sampled_from(WORDS)))
def test_however_trackers_change_the_layers_match_like_one_index(
    steps: list[dict[str, str]], words: set[str]
) -> None:
    one = mention(" ".join(sorted(words)) or "nothing")
    state = None
    for revision, queries in enumerate(steps):
        state = compiled(revision, queries, state)
        assert state.match(one) == TrackerIndex(queries).match(one)


def test_few_changes_leave_the_lower_layer_and_many_make_it_anew() -> None:
    base = {f"t{number}": "kettle" for number in range(300)}
    first = compiled(1, base)
    few = compiled(2, {**base, "new": "lamp", "t1": "train"}, first)
    assert few.base is first.base
    many = compiled(3, {**base, **{f"n{n}": "lamp" for n in range(MOST_FRESH + 1)}}, few)
    assert many.base is not first.base


def test_a_tracker_that_cannot_be_read_does_not_take_the_others_with_it() -> None:
    state = compiled(1, {"bad": "kettle AND (", "good": "kettle"})
    assert state.match(mention("My kettle.")) == ("good",)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with store_in(tmp_path, FakeClock()) as opened:
        yield opened


async def keep(store: SqliteStore, id_: str, query: str, revision: int = 0) -> None:
    """As another process would: nobody here is told."""
    tracker = Tracker(TENANT, id_, id_, query, NOW)
    async with store.reading() as snapshot:
        current = await find_set(snapshot.for_tenant(TENANT))
    if revision:
        write: Write = replace_tracker(tracker, revision, current)
    else:
        write = insert_tracker(tracker, current)
    more = 0 if revision else 1
    await store.submit(ChangeSet(writes=[write, move_set(TENANT, current, more)]))


async def drop(store: SqliteStore, id_: str) -> None:
    async with store.reading() as snapshot:
        current = await find_set(snapshot.for_tenant(TENANT))
    writes: list[Write] = [*remove_tracker(TENANT, id_), move_set(TENANT, current, -1)]
    await store.submit(ChangeSet(writes=writes))


async def carried(matching: TrackerMatching, one: Mention) -> tuple[str, ...]:
    [enriched] = await matching.enrich(one.tenant, [one])
    return enriched.trackers


async def test_a_change_by_another_process_is_seen_soon(store: SqliteStore) -> None:
    await keep(store, "t1", "kettle")
    matching, one = TrackerMatching(store), mention("My kettle and my lamp.")
    assert await carried(matching, one) == ("t1",)
    async with running(matching):
        await keep(store, "t2", "lamp")
        await until(lambda: _carries(matching, one, ("t1", "t2")))
        await keep(store, "t1", "train", revision=1)
        await until(lambda: _carries(matching, one, ("t2",)))
        await drop(store, "t2")
        await keep(store, "t3", "lamp")
        await until(lambda: _carries(matching, one, ("t3",)))


async def _carries(matching: TrackerMatching, one: Mention, wanted: tuple[str, ...]) -> bool:
    return await carried(matching, one) == wanted


async def test_while_trackers_compile_those_of_before_are_matched(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(store, "t1", "kettle")
    matching, one = TrackerMatching(store), mention("My kettle and my lamp.")
    await matching.refresh()
    loop, begun, go = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    real = layers._index

    def slow(queries: layers.Queries) -> TrackerIndex:
        loop.call_soon_threadsafe(begun.set)
        asyncio.run_coroutine_threadsafe(go.wait(), loop).result()
        return real(queries)

    monkeypatch.setattr(layers, "_index", slow)
    await keep(store, "t2", "lamp")
    refreshing = asyncio.create_task(matching.refresh())
    await begun.wait()
    assert await carried(matching, one) == ("t1",)
    go.set()
    await refreshing
    assert await carried(matching, one) == ("t1", "t2")


async def test_a_large_batch_leaves_turns_to_others(store: SqliteStore) -> None:
    await keep(store, "t1", "kettle")
    matching, turns = TrackerMatching(store), [0]
    await matching.refresh()

    async def other() -> None:
        while True:
            turns[0] += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    many = [mention("kettle", source_id=str(number)) for number in range(10 * AT_ONCE)]
    enriched = await matching.enrich(TENANT, many)
    task.cancel()
    assert turns[0] >= 9
    assert all(one.trackers == ("t1",) for one in enriched)


async def test_a_retraction_and_another_tenants_mention_carry_nothing(store: SqliteStore) -> None:
    await keep(store, "t1", "network:mastodon OR kettle")
    matching, one = TrackerMatching(store), mention("My kettle.")
    assert await carried(matching, one) == ("t1",)
    assert await carried(matching, retraction(one)) == ()
    assert await carried(matching, mention("My kettle.", tenant=OTHER_TENANT)) == ()


async def taken(intake: Intake, *mentions: Mention) -> Sequence[tuple[int, ...]]:
    result = await intake.take(TENANT, mentions, only_tracked=True)
    return result.new, result.doubles, result.unmatched


async def test_a_broad_source_takes_in_only_what_is_tracked(store: SqliteStore) -> None:
    await keep(store, "t1", "kettle")
    log = Notebook()
    seen = SeenBefore(store)
    intake = Intake(log, seen, 100, 5.0, [TrackerMatching(store)])  # type: ignore[arg-type]
    ours, other = mention("My kettle.", source_id="1"), mention("My lamp.", source_id="2")
    assert await taken(intake, other, ours) == ((1,), (), (0,))
    assert [one.source_id for one in log.mentions] == ["1"]
    # Seen again it is neither a double nor remembered: a tracker may ask for it by then.
    assert await taken(intake, other, ours) == ((), (1,), (0,))
    # What was taken in once is followed: its author may change the subject, or take it back.
    changed = edited(ours, "Never mind.", received_at=NOW + seconds(1))
    assert await taken(intake, changed) == ((0,), (), ())
    assert await taken(intake, retraction(changed)) == ((0,), (), ())
    assert await taken(intake, retraction(other)) == ((), (), (0,))
