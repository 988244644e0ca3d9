"""Making an index anew while it is in use, for every `SearchIndex`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from harken.search.port import Document, Indexed, RebuildOvertaken, SearchIndex
from harken.testing.conformance.search_index_samples import ACME, OTHER, doc, found, query


async def of(*batches: Sequence[Document]) -> AsyncIterator[Sequence[Document]]:
    for batch in batches:
        yield batch


class SearchRebuildConformance:
    """Subclass it and give an ``index`` fixture: empty, opened with `FIELDS`."""

    async def test_after_a_rebuild_it_is_as_the_source_says(self, index: SearchIndex) -> None:
        """Whatever the versions say: the index may be wrong, the source is not."""
        stale = doc("a", "late parcel", version=7, network="web", tags=("x",))
        await index.upsert([stale, doc("stray"), doc("stray", tenant=OTHER), doc("same", "kettle")])
        right = replace(stale, text="broken kettle", fields={"severity": 3})
        older = doc("b", "one more kettle", version=1)
        assert await index.rebuild(of([right, doc("same", "kettle")], [], [older])) == []
        assert await found(index, "kettle") == {"a", "b", "same"}
        assert await found(index, "parcel") == set()
        assert await found(index) == {"a", "b", "same"}
        assert await found(index, tenant=OTHER) == set()
        [hit] = (await index.search(query("broken", facets=("network", "tags")))).hits
        assert hit.document == right
        assert await index.upsert([replace(right, text="newer", version=8)]) == [Indexed.STORED]

    async def test_an_index_may_be_made_from_nothing_and_into_nothing(
        self, index: SearchIndex
    ) -> None:
        many = [doc(f"d{n}", "parcel") for n in range(300)]
        await index.rebuild(of(many[:150], many[150:]))
        assert len(await found(index, "parcel")) == 300
        await index.rebuild(of())
        assert await found(index) == set()
        assert await index.upsert([many[0]]) == [Indexed.STORED]

    async def test_what_was_removed_stays_away_over_a_rebuild(self, index: SearchIndex) -> None:
        await index.upsert([doc("a", version=5), doc("b", version=5)])
        await index.remove(ACME, "mention", ["a", "never came"])
        late = [doc("a", version=5), doc("never came", version=9), doc("b", version=5)]
        await index.rebuild(of(late))
        assert await found(index) == {"b"}
        assert await index.upsert(late) == [Indexed.SUPERSEDED] * 3
        assert await index.upsert([doc("a", version=6)]) == [Indexed.STORED]

    async def test_a_document_that_is_refused_is_told_and_costs_no_other(
        self, index: SearchIndex
    ) -> None:
        unfit = doc("b", colour="undeclared")
        assert await index.rebuild(of([doc("a"), unfit, doc("c")])) == [unfit]
        assert await found(index) == {"a", "c"}

    async def test_what_is_written_meanwhile_wins_over_what_the_source_read_before(
        self, index: SearchIndex
    ) -> None:
        snapshot = [doc(f"d{n}", "parcel") for n in range(30)]
        await index.upsert(snapshot)
        seen: list[int] = []

        async def source() -> AsyncIterator[Sequence[Document]]:
            for n in range(0, 30, 10):
                newer = [replace(each, text="kettle", version=2) for each in snapshot[n : n + 2]]
                await index.upsert([*newer, doc(f"new{n}", "kettle")])
                seen.append(len({each.id for each in snapshot} & await found(index)))
                yield snapshot[n : n + 10]
                await index.upsert([replace(snapshot[n + 3], text="kettle", version=2)])
                await index.remove(ACME, "mention", [f"d{n + 4}"])

        await index.rebuild(source())
        assert await found(index, "kettle") == {
            *(f"d{n + k}" for n in (0, 10, 20) for k in (0, 1, 3)),
            *(f"new{n}" for n in (0, 10, 20)),
        }
        assert len(await found(index)) == 30 - 3 + 3
        assert seen == [30, 29, 28], "only what was removed is missing at any moment"
        assert await index.upsert([snapshot[4]]) == [Indexed.SUPERSEDED]

    async def test_a_rebuild_that_ended_in_the_midst_is_begun_anew(
        self, index: SearchIndex
    ) -> None:
        await index.upsert([doc("a", "parcel"), doc("b", "parcel")])

        async def failing() -> AsyncIterator[Sequence[Document]]:
            yield [doc("a", "parcel")]
            raise RuntimeError("the store is away")

        with pytest.raises(RuntimeError):
            await index.rebuild(failing())
        assert await found(index) == {"a", "b"}
        await index.upsert([doc("c", "parcel")])
        await index.rebuild(of([doc("b", "parcel"), doc("c", "parcel")]))
        assert await found(index) == {"b", "c"}

    async def test_of_two_rebuilds_at_once_the_later_one_counts(self, index: SearchIndex) -> None:
        await index.upsert([doc("a", "parcel")])

        async def slow() -> AsyncIterator[Sequence[Document]]:
            await index.rebuild(of([doc("a", "parcel"), doc("b")]))
            yield [doc("stray")]

        with pytest.raises(RebuildOvertaken):
            await index.rebuild(slow())
        assert await found(index) == {"a", "b"}

    async def test_a_rebuild_and_writes_at_once_lose_nothing(self, index: SearchIndex) -> None:
        """The store is what both write from: a row is there before its event."""
        store: dict[str, Document] = {}

        async def write(n: int) -> None:
            for version in (1, 2, 3):
                store[f"d{n}"] = doc(f"d{n}", f"version{version}", version=version)
                await asyncio.sleep(0)
                await index.upsert([store[f"d{n}"]])

        async def source() -> AsyncIterator[Sequence[Document]]:
            at = ""
            while page := sorted(id_ for id_ in store if id_ > at)[:4]:
                read = [store[id_] for id_ in page]
                await asyncio.sleep(0)
                yield read
                at = page[-1]

        await asyncio.gather(*(write(n) for n in range(5)))
        await asyncio.gather(index.rebuild(source()), *(write(n) for n in range(5, 20)))
        assert await found(index, "version3") == {f"d{n}" for n in range(20)}
