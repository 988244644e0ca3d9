"""The search index's conformance on a real Elasticsearch, and what only a cluster can show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import pytest
from hypothesis import settings

from deploy.local import engines
from harken.domain.time import Instant, from_datetime
from harken.search.elasticsearch import (
    AccessDenied,
    ElasticsearchIndex,
)
from harken.search.elasticsearch.rebuild import _swapped
from harken.search.elasticsearch.shared import Shared
from harken.search.fields import FieldType
from harken.search.port import (
    Document,
    Filter,
    Indexed,
    IndexUnavailable,
    SearchIndex,
)
from harken.testing.conformance.search_index import SearchIndexConformance
from harken.testing.conformance.search_index_machine import index_machine
from harken.testing.conformance.search_index_rebuild import SearchRebuildConformance, of
from harken.testing.conformance.search_index_samples import ACME, FIELDS, doc, found, ids, query
from harken.testing.conformance.search_index_words import SearchWordsConformance
from harken.testing.elasticsearch import own_index
from tests.engines import local_elasticsearch, need_elasticsearch

pytestmark = pytest.mark.engines

PREFIX = f"test-{uuid4().hex[:10]}"
OWN = local_elasticsearch(PREFIX)
PATIENCE = 90.0


@pytest.fixture(scope="module", autouse=True)
def server() -> None:
    need_elasticsearch()


def elasticsearch_index() -> AbstractAsyncContextManager[ElasticsearchIndex]:
    """Empty; and nothing of it is left."""
    return own_index(OWN, FIELDS)


class TestElasticsearchIndex(
    SearchIndexConformance, SearchRebuildConformance, SearchWordsConformance
):
    @pytest.fixture
    async def index(self) -> AsyncIterator[SearchIndex]:
        async with elasticsearch_index() as index:
            yield index


TestElasticsearchIndexAgainstFake = index_machine(elasticsearch_index).TestCase
TestElasticsearchIndexAgainstFake.settings = settings(
    max_examples=8, stateful_step_count=25, deadline=None
)


@pytest.fixture
async def index() -> AsyncIterator[ElasticsearchIndex]:
    async with elasticsearch_index() as index:
        yield index


@pytest.fixture
async def replica(index: ElasticsearchIndex) -> AsyncIterator[ElasticsearchIndex]:
    """Another process's."""
    replica = await ElasticsearchIndex.open(OWN, FIELDS)
    yield replica
    await replica.close()


async def indices() -> dict[str, bool]:
    """The documents' indices, and whether each is searched."""
    async with OWN.connect() as client:
        found = await client.indices.get_alias(index=f"{PREFIX}-g*")
        return {
            name.removeprefix(PREFIX): f"{PREFIX}-documents" in each["aliases"]
            for name, each in found.items()
        }


def on(year: int, month: int) -> int:
    return from_datetime(datetime(year, month, 3, tzinfo=UTC))


# --- months and fields


async def test_each_month_has_an_index_that_its_documents_stay_in(
    index: ElasticsearchIndex,
) -> None:
    march, april = on(2026, 3), on(2026, 4)
    await index.upsert([doc("a", at=march), doc("b", at=april), doc("old", at=0)])
    await index.upsert([doc("a", "parcel", at=march, version=2)])
    await index.remove(ACME, "mention", ["b"])
    assert await index.upsert([doc("b", at=april)]) == [Indexed.SUPERSEDED]
    assert await indices() == {"-g1-2026.03": True, "-g1-2026.04": True, "-g1-earlier": True}
    assert await found(index) == {"a", "old"}


async def test_a_time_that_changes_moves_no_document(index: ElasticsearchIndex) -> None:
    """Networks change their mind about when a post was made: else one id had two documents."""
    march, april = on(2026, 3), on(2026, 4)
    await index.upsert([doc("a", at=march), doc("b", at=march)])
    await index.upsert([doc("a", "parcel", at=april, version=2)])
    await index.remove(ACME, "mention", ["b"])
    assert await index.upsert([doc("b", at=april)]) == [Indexed.SUPERSEDED]
    answer = await index.search(query(since=Instant(april)))
    assert [(hit.document.id, hit.document.version) for hit in answer.hits] == [("a", 2)]
    assert await indices() == {"-g1-2026.03": True}


async def test_fields_are_added_to_the_months_that_are_there(index: ElasticsearchIndex) -> None:
    await index.upsert([doc("a", network="web")])
    more = await ElasticsearchIndex.open(OWN, {**FIELDS, "colour": FieldType.KEYWORD})
    try:
        assert await more.upsert([doc("b", colour="red", network="web")]) == [Indexed.STORED]
        assert await found(more, filters=(Filter("colour", ("red",)),)) == {"b"}
    finally:
        await more.close()
    answer = await index.search(query(filters=(Filter("network", ("web",)),)))
    assert [hit.document.fields for hit in answer.hits] == [{"network": "web"}] * 2
    with pytest.raises(ValueError, match="'severity' is whole in the index, not number"):
        await ElasticsearchIndex.open(OWN, {**FIELDS, "severity": FieldType.NUMBER})


# --- what the server refuses


async def test_one_bad_document_loses_none_of_its_neighbours(index: ElasticsearchIndex) -> None:
    """The cluster doesn't know the field, whoever declared it only here."""
    async with OWN.connect() as client:
        careless = ElasticsearchIndex(client, OWN, {**FIELDS, "colour": FieldType.KEYWORD})
        batch = [doc("a"), doc("b", colour="red"), doc("c", version=3)]
        assert await careless.upsert(batch) == [
            Indexed.STORED,
            Indexed.REFUSED,
            Indexed.STORED,
        ]
    assert await found(index) == {"a", "c"}


async def test_what_a_blocked_month_did_not_take_is_sent_again(index: ElasticsearchIndex) -> None:
    batch = [doc("a", at=on(2026, 3)), doc("b", at=on(2026, 4))]
    await index.upsert(batch)
    newer = [replace(each, version=2, text="newer") for each in batch]
    async with OWN.connect() as client:
        blocked = f"{PREFIX}-g1-2026.03"
        await client.indices.put_settings(index=blocked, settings={"index.blocks.write": True})
        with pytest.raises(IndexUnavailable, match=r"cluster_block_exception.*FORBIDDEN"):
            await index.upsert(newer)
        assert await found(index, "newer") == {"b"}
        await client.indices.put_settings(index=blocked, settings={"index.blocks.write": False})
    assert await index.upsert(newer) == [Indexed.STORED, Indexed.SUPERSEDED]
    assert await found(index, "newer") == {"a", "b"}


async def test_a_wrong_password_is_told_at_the_start(index: ElasticsearchIndex) -> None:
    for wrong in (
        replace(OWN, password="wrong"),
        replace(OWN, user=""),
        replace(OWN, api_key="a2V5Og=="),
    ):
        with pytest.raises(AccessDenied, match="refuses the credentials"):
            await ElasticsearchIndex.open(wrong, FIELDS)


async def test_credentials_that_are_withdrawn_lose_nothing_and_are_named(
    index: ElasticsearchIndex,
) -> None:
    async with replace(OWN, password="withdrawn").connect() as client:
        running = ElasticsearchIndex(client, OWN, FIELDS)
        for call in (running.upsert([doc("a")]), running.search(query()), running.check()):
            with pytest.raises(IndexUnavailable, match="refuses the credentials") as raised:
                await call
            assert raised.value.retry_after > 1


# --- a server that is away


async def test_a_server_that_was_killed_is_unavailable_and_then_has_everything(
    index: ElasticsearchIndex,
) -> None:
    await index.upsert([doc(f"d{n}", "parcel", at=on(2026, 1 + n)) for n in range(5)])
    await index.remove(ACME, "mention", ["d0", "never came"])
    engines.kill("elasticsearch")
    try:
        for call in (index.upsert([doc("x")]), index.search(query()), index.check()):
            with pytest.raises(IndexUnavailable) as raised:
                await call
            assert raised.value.retry_after > 0
        with pytest.raises(IndexUnavailable):
            await index.remove(ACME, "mention", ["d1"])
        with pytest.raises(IndexUnavailable):
            await ElasticsearchIndex.open(OWN, FIELDS)
    finally:
        await asyncio.to_thread(engines.start, ["elasticsearch"])
    removed = [doc("d0", at=on(2026, 1)), doc("never came")]
    late = [*removed, doc("x", "parcel", at=on(2026, 9))]
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                answers = await index.upsert(late)
                break
            except IndexUnavailable as away:
                await asyncio.sleep(away.retry_after)
    assert answers[:2] == [Indexed.SUPERSEDED] * 2
    await index.check()
    assert await found(index, "parcel") == {"d1", "d2", "d3", "d4", "x"}


# --- several processes


async def _insist(call: Callable[[], Awaitable[object]]) -> None:
    """As the indexer does: an index that is just being made may have no shard for a moment."""
    while True:
        try:
            await call()
        except IndexUnavailable:
            await asyncio.sleep(0.1)
        else:
            return


async def test_of_simultaneous_changes_by_two_processes_the_newest_stays(
    index: ElasticsearchIndex, replica: ElasticsearchIndex
) -> None:
    """A removal is before or after each upsert: never is a document left that both forbid."""
    both = (index, replica)
    for n in range(12):
        id_ = f"d{n}"
        if n % 2:
            await index.upsert([doc(id_, version=1)])
        calls: list[Callable[[], Awaitable[object]]] = [
            partial(both[v % 2].upsert, [doc(id_, f"version{v}", version=v)]) for v in (2, 3, 4)
        ]
        calls.append(partial(both[n % 2].remove, ACME, "mention", [id_]))
        await asyncio.gather(*(_insist(call) for call in calls))
        left = [hit.document for hit in (await index.search(query(limit=100))).hits]
        mine = [document.version for document in left if document.id == id_]
        assert mine in ([], [4])
        await replica.remove(ACME, "mention", [id_])
        assert await index.upsert([doc(id_, version=2)]) == [Indexed.SUPERSEDED]
        assert id_ not in await found(replica)


# --- rebuilding


async def test_a_rebuild_keeps_documents_and_removals(index: ElasticsearchIndex) -> None:
    await index.upsert(
        [doc(f"d{n}", "parcel", at=on(2026, 1 + n % 3), version=5) for n in range(20)]
    )
    await index.remove(ACME, "mention", ["d3", "never came"])
    before = await index.search(query("parcel", limit=100))
    await index.rebuild()
    after = await index.search(query("parcel", limit=100))
    assert after == before
    months = {f"-g2-2026.0{n}": True for n in (1, 2, 3)}
    assert await indices() == {**months, "-g2-unseen": True}
    old = [doc("d3", version=5, at=on(2026, 1)), doc("never came", version=9)]
    assert await index.upsert(old) == [Indexed.SUPERSEDED] * 2
    assert await index.upsert([doc("new", "parcel", at=on(2026, 7))]) == [Indexed.STORED]
    assert len(await found(index, "parcel")) == 20


async def test_writes_and_searches_go_on_under_a_rebuild(
    index: ElasticsearchIndex, replica: ElasticsearchIndex
) -> None:
    """The source is behind: what is written meanwhile, and removed, wins."""
    snapshot = [doc(f"d{n}", "parcel", at=on(2026, 1), version=1) for n in range(30)]
    await index.upsert(snapshot)
    lost: list[int] = []

    async def source() -> AsyncIterator[list[Document]]:
        for n in range(0, 30, 10):
            newer = [replace(each, text="kettle", version=2) for each in snapshot[n : n + 2]]
            await replica.upsert([*newer, doc(f"new{n}", "kettle", at=on(2026, 2))])
            yield snapshot[n : n + 10]
            await replica.upsert([replace(snapshot[n + 3], text="kettle", version=2)])
            await replica.remove(ACME, "mention", [f"d{n + 4}"])

    async def keep_searching() -> None:
        while True:
            seen = await found(replica)
            lost.append(len({each.id for each in snapshot} - seen))
            await asyncio.sleep(0.01)

    searching = asyncio.create_task(keep_searching())
    await index.rebuild(source())
    searching.cancel()
    assert await found(replica, "kettle") == {
        *(f"d{n + k}" for n in (0, 10, 20) for k in (0, 1, 3)),
        *(f"new{n}" for n in (0, 10, 20)),
    }
    assert await found(index) == await found(replica)
    assert len(await found(index)) == 30 - 3 + 3
    assert lost == sorted(lost)
    assert lost[-1] <= 3
    assert await replica.upsert([replace(snapshot[4], version=1)]) == [Indexed.SUPERSEDED]


async def test_a_rebuild_that_ended_in_the_midst_leaves_nothing_behind_the_next(
    index: ElasticsearchIndex,
) -> None:
    await index.upsert([doc("a", "parcel")])

    async def failing() -> AsyncIterator[list[Document]]:
        yield [doc("half")]
        raise RuntimeError("the store is away")

    with pytest.raises(RuntimeError):
        await index.rebuild(failing())
    assert await indices() == {"-g1-earlier": True, "-g2-earlier": False}
    await index.rebuild(of([doc("a", "parcel")]))
    assert await indices() == {"-g3-earlier": True}


async def test_a_rebuild_outlives_a_moment_in_which_the_cluster_takes_nothing(
    index: ElasticsearchIndex,
) -> None:
    async with OWN.connect() as client:

        async def block(*, blocked: bool) -> None:
            names = f"{PREFIX}-g2-*"
            await client.indices.put_settings(index=names, settings={"index.blocks.write": blocked})

        async def source() -> AsyncIterator[list[Document]]:
            yield [doc("a")]
            await block(blocked=True)
            asyncio.get_running_loop().call_later(1, asyncio.ensure_future, block(blocked=False))
            yield [doc("b")]

        assert await index.rebuild(source()) == []
    assert await found(index) == {"a", "b"}


async def test_a_swap_that_ended_in_the_midst_is_completed_by_the_next_process(
    index: ElasticsearchIndex,
) -> None:
    await index.upsert([doc("a", "parcel")])
    shared = await index._generations.begin("this analysis")
    await index._writing.copy(shared.latest, [])
    await index.upsert([doc("b", "parcel", version=2)])
    await index._shared.change(lambda known: _swapped(known, shared.latest))
    following = await ElasticsearchIndex.open(OWN, FIELDS)
    try:
        assert await indices() == {"-g2-earlier": True}
        await following.upsert([doc("c", "parcel", at=on(2026, 5))])
        assert await found(following) == {"b", "c"}
    finally:
        await following.close()


async def test_whoever_was_not_told_of_a_swap_does_no_harm(
    index: ElasticsearchIndex, replica: ElasticsearchIndex
) -> None:
    """It writes to the generation before, too, and into a month that was not there."""
    await index.upsert([doc("a")])
    await index._generations.begin("this analysis")
    swap, stale = index.rebuild(), replica._shared
    read, waiting = stale.read, [swap]

    async def late(keys: Collection[str] = ()) -> tuple[Shared, dict[str, str]]:
        now = await read(keys)
        if waiting:
            await waiting.pop()
        return now

    stale.read = late  # type: ignore[method-assign]
    assert await replica.upsert([doc("b", at=on(2026, 5))]) == [Indexed.STORED]
    assert await found(index) == {"a", "b"}
    answer = await index.search(query(limit=9))
    assert ids(answer) == ["b", "a"]
    following = await ElasticsearchIndex.open(OWN, FIELDS)
    await following.close()
    assert {name[:3] for name in await indices()} == {"-g3"}


async def test_an_index_of_another_analysis_is_made_anew(
    index: ElasticsearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    await index.upsert([doc("a", "two parcels")])
    assert not await index.needs_rebuild()
    monkeypatch.setattr("harken.search.elasticsearch.index.version", lambda: "another")
    assert await index.needs_rebuild()
    await index.rebuild()
    assert not await index.needs_rebuild()
    assert await found(index, "parcel") == {"a"}
