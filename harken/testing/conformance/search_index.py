"""What every `SearchIndex` keeps to: versions, removals, filters, facets, pages, tenants.

`search_index_words` is the suite of what is found by words, `search_index_machine` compares an
engine with the fake.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from harken.domain.time import Instant
from harken.search.fields import LARGEST
from harken.search.port import BadQuery, Document, Filter, Indexed, SearchIndex
from harken.testing.conformance.search_index_samples import (
    ACME,
    OTHER,
    doc,
    found,
    ids,
    query,
    walk,
)


class SearchIndexConformance:
    """Subclass it and give an ``index`` fixture: empty, opened with `FIELDS`."""

    @pytest.fixture
    def index(self) -> SearchIndex:
        raise NotImplementedError

    # --- documents and versions

    async def test_a_document_comes_back_as_it_was_given(self, index: SearchIndex) -> None:
        given = doc(
            "ä/1 \x00",
            "Žluťoučký kůň 🐎\n",
            at=-5,
            kind="case",
            version=LARGEST,
            language="cs-CZ",
            network="a\x00b",
            tags=("b", "", "a", "b", "c\td"),
            severity=-LARGEST,
            certainty=1.0,
            direct=False,
        )
        bare = doc("bare", at=-6, kind="case", tags=())
        assert await index.upsert([given, bare]) == [Indexed.STORED, Indexed.STORED]
        answer = await index.search(query(kinds=("case",)))
        assert [hit.document for hit in answer.hits] == [given, bare]
        assert [type(v) for v in answer.hits[0].document.fields.values()] == [
            type(v) for v in given.fields.values()
        ]

    async def test_an_upsert_is_seen_when_it_returned(self, index: SearchIndex) -> None:
        for n in range(20):
            await index.upsert([doc(f"d{n}", "parcel")])
            assert len(await found(index, "parcel")) == n + 1

    async def test_an_older_or_equal_version_is_superseded(self, index: SearchIndex) -> None:
        await index.upsert([doc("a", "second", version=2)])
        older = [doc("a", "first", version=1), doc("a", "another second", version=2)]
        assert await index.upsert(older) == [Indexed.SUPERSEDED, Indexed.SUPERSEDED]
        answer = await index.search(query())
        assert [hit.document.text for hit in answer.hits] == ["second"]

    async def test_a_newer_version_replaces_the_whole_snapshot(self, index: SearchIndex) -> None:
        await index.upsert([doc("a", "late parcel", network="web", tags=("x", "y"), severity=3)])
        await index.upsert([doc("a", "broken kettle", version=7, tags=("z",))])
        assert await found(index, "parcel") == set()
        assert await found(index, "kettle") == {"a"}
        answer = await index.search(query(facets=("network", "tags", "severity")))
        assert answer.facets == {"network": {}, "tags": {"z": 1}, "severity": {}}

    async def test_the_language_of_a_text_may_change(self, index: SearchIndex) -> None:
        await index.upsert([doc("a", "Paczki przyszły", language="")])
        assert await found(index, "paczka", language="pl") == set()
        await index.upsert([doc("a", "Paczki przyszły", language="pl", version=2)])
        assert await found(index, "paczka", language="pl") == {"a"}
        await index.upsert([doc("a", "", language="pl", version=3)])
        assert await found(index, "paczki", language="pl") == set()

    async def test_a_batch_is_answered_one_by_one_in_order(self, index: SearchIndex) -> None:
        batch = [
            doc("a", version=2),
            doc("b", colour="undeclared"),
            doc("a", version=1),
            doc("a", version=3),
            doc("c"),
        ]
        assert await index.upsert(batch) == [
            Indexed.STORED,
            Indexed.REFUSED,
            Indexed.SUPERSEDED,
            Indexed.STORED,
            Indexed.STORED,
        ]
        assert await found(index) == {"a", "c"}
        assert list(await index.upsert([])) == []

    async def test_a_large_batch(self, index: SearchIndex) -> None:
        batch = [doc(f"d{n:04}", f"parcel number {n}", at=n, severity=n % 7) for n in range(1_000)]
        assert set(await index.upsert(batch)) == {Indexed.STORED}
        answer = await index.search(query('"number 77"', facets=("severity",)))
        assert ids(answer) == ["d0077"]
        assert len(await found(index)) == 1_000

    async def test_the_newest_of_simultaneous_versions_stays(self, index: SearchIndex) -> None:
        versions = [doc("a", f"version{n}", version=n) for n in (3, 1, 5, 2, 4, 5)]
        await asyncio.gather(*(index.upsert([version]) for version in versions))
        assert await found(index, "version5") == {"a"}
        assert await found(index) == {"a"}

    @pytest.mark.parametrize(
        "bad",
        [
            doc("a", colour="red"),
            doc("a", network=("a", "b")),
            doc("a", tags="a"),
            doc("a", tags=("a", 1)),
            doc("a", severity=1.5),
            doc("a", severity=True),
            doc("a", severity="1"),
            doc("a", severity=2**63),
            doc("a", certainty=float("nan")),
            doc("a", certainty=float("inf")),
            doc("a", direct=1),
            doc("a", network=None),
            doc(""),
            doc("\ud800"),
            doc("x" * 10_000),
            doc("a", tenant=""),
            doc("a", kind=""),
            doc("a", version=-1),
            doc("a", version=2**63),
            doc("a", at=2**63),
            doc("a", network="x" * 10_000),
            doc("a", tags=tuple(map(str, range(10_000)))),
        ],
        ids=lambda bad: repr(bad)[:60].encode("ascii", "replace").decode(),
    )
    async def test_what_cannot_be_indexed_is_refused(
        self, index: SearchIndex, bad: Document
    ) -> None:
        answers = await index.upsert([doc("before"), bad, doc("after")])
        assert answers == [Indexed.STORED, Indexed.REFUSED, Indexed.STORED]
        assert await found(index) == {"before", "after"}

    # --- removal

    async def test_a_removed_document_is_not_found_any_more(self, index: SearchIndex) -> None:
        await index.upsert([doc("a", "parcel", tags=("x",)), doc("b", "parcel"), doc("c")])
        await index.remove(ACME, "mention", ["a", "c"])
        answer = await index.search(query("parcel", facets=("tags",)))
        assert (ids(answer), answer.facets) == (["b"], {"tags": {}})
        assert await found(index) == {"b"}

    async def test_no_older_version_brings_a_removed_document_back(
        self, index: SearchIndex
    ) -> None:
        await index.upsert([doc("a", version=5)])
        await index.remove(ACME, "mention", ["a"])
        await index.remove(ACME, "mention", ["a"])
        for version in (1, 4, 5):
            assert await index.upsert([doc("a", version=version)]) == [Indexed.SUPERSEDED]
        assert await found(index) == set()

    async def test_a_newer_version_than_the_removed_one_is_stored(self, index: SearchIndex) -> None:
        await index.upsert([doc("a", version=5)])
        await index.remove(ACME, "mention", ["a"])
        assert await index.upsert([doc("a", "parcel", version=6)]) == [Indexed.STORED]
        assert await found(index, "parcel") == {"a"}
        await index.remove(ACME, "mention", ["a"])
        assert await index.upsert([doc("a", version=6)]) == [Indexed.SUPERSEDED]

    async def test_what_was_removed_before_it_came_stays_away(self, index: SearchIndex) -> None:
        await index.remove(ACME, "mention", ["a"])
        assert await index.upsert([doc("a", version=99)]) == [Indexed.SUPERSEDED]
        assert await found(index) == set()

    async def test_removal_is_of_one_tenant_and_kind(self, index: SearchIndex) -> None:
        await index.upsert([doc("a"), doc("a", kind="case"), doc("a", tenant=OTHER)])
        await index.remove(ACME, "mention", ["a", "unknown", "\ud800", ""])
        assert await found(index, kinds=("mention", "case")) == {"a"}
        assert await found(index, tenant=OTHER) == {"a"}

    # --- filters

    @pytest.mark.parametrize(
        ("filter_", "expected"),
        [
            (Filter("network", ("web",)), "ab"),
            (Filter("network", ("web", "chat")), "abc"),
            (Filter("network", ("WEB",)), ""),
            (Filter("network", ("\ud800",)), ""),
            (Filter("network", at_least="chat"), "abc"),
            (Filter("network", at_least="chat", below="web"), "c"),
            (Filter("network"), "abc"),
            (Filter("tags", ("x",)), "ab"),
            (Filter("tags", ("x", "z")), "abc"),
            (Filter("tags", (",",)), "d"),
            (Filter("tags", ("",)), "d"),
            (Filter("tags", ("x,y", "\x1f", "x\x1fy")), ""),
            (Filter("tags"), "abcd"),
            (Filter("severity", (0,)), "a"),
            (Filter("severity", (0, 70, 5)), "ac"),
            (Filter("severity", at_least=50), "bc"),
            (Filter("severity", below=70), "ab"),
            (Filter("severity", at_least=1, below=70), "b"),
            (Filter("severity", (0, 70), at_least=1), "c"),
            (Filter("severity", at_least=70, below=70), ""),
            (Filter("certainty", (1,)), "b"),
            (Filter("certainty", at_least=0.25), "ab"),
            (Filter("certainty", below=1), "ac"),
            (Filter("direct", (True,)), "a"),
            (Filter("direct", (False,)), "b"),
            (Filter("direct", (True, False)), "ab"),
            (Filter("direct"), "ab"),
        ],
        ids=lambda value: repr(value).encode("ascii", "replace").decode(),
    )
    async def test_filters(self, index: SearchIndex, filter_: Filter, expected: str) -> None:
        await index.upsert(
            [
                doc(
                    "a",
                    "hm",
                    network="web",
                    tags=("x", "y"),
                    severity=0,
                    certainty=0.25,
                    direct=True,
                ),
                doc(
                    "b",
                    "hm",
                    network="web",
                    tags=("x",),
                    severity=50,
                    certainty=1.0,
                    direct=False,
                ),
                doc("c", network="chat", tags=("z", "x z"), severity=70, certainty=-1e300),
                doc("d", tags=("", ",")),
                doc("e", tags=()),
            ]
        )
        assert await found(index, filters=(filter_,)) == set(expected)
        assert await found(index, "hm", filters=(filter_,)) == set(expected) & set("ab")

    async def test_all_filters_hold_at_once(self, index: SearchIndex) -> None:
        await index.upsert(
            [
                doc("a", "late parcel", network="web", severity=10, at=100),
                doc("b", "late parcel", network="web", severity=90, at=100),
                doc("c", "late parcel", network="chat", severity=90, at=100),
                doc("d", "late parcel", network="web", severity=90, at=900),
                doc("e", "kettle", network="web", severity=90, at=100),
            ]
        )
        both = (Filter("network", ("web",)), Filter("severity", at_least=50))
        assert await found(index, "parcels", filters=both, until=Instant(500)) == {"b"}

    async def test_time_bounds_are_half_open(self, index: SearchIndex) -> None:
        await index.upsert([doc(str(at), at=at) for at in (1, 2, 3)])
        assert await found(index, since=Instant(2)) == {"2", "3"}
        assert await found(index, until=Instant(2)) == {"1"}
        assert await found(index, since=Instant(2), until=Instant(3)) == {"2"}
        assert await found(index, since=Instant(3), until=Instant(2)) == set()

    async def test_kinds(self, index: SearchIndex) -> None:
        await index.upsert([doc("a"), doc("b", kind="case"), doc("c", kind="reply")])
        assert await found(index, kinds=("case", "reply")) == {"b", "c"}
        assert await found(index, kinds=("mention", "mention", "unknown")) == {"a"}

    # --- facets

    async def test_facets_count_the_matches_by_value(self, index: SearchIndex) -> None:
        await index.upsert(
            [
                doc("a", "parcel", network="web", tags=("x", "y", "x"), severity=5, direct=True),
                doc("b", "parcel", network="web", tags=("y",), severity=10, direct=False),
                doc("c", "parcel", network="chat", tags=(), severity=5, direct=True),
                doc("d", "parcel"),
                doc("e", "kettle", network="web", tags=("x",), severity=5, direct=True),
            ]
        )
        facets = ("network", "tags", "severity", "direct", "network")
        answer = await index.search(query("parcel", facets=facets, limit=1))
        assert answer.total == 4
        assert answer.facets == {
            "network": {"web": 2, "chat": 1},
            "tags": {"y": 2, "x": 1},
            "severity": {"5": 2, "10": 1},
            "direct": {"true": 2, "false": 1},
        }
        following = await index.search(
            query("parcel", facets=facets, limit=0, cursor=answer.cursor)
        )
        assert (following.total, following.facets) == (answer.total, answer.facets)

    async def test_the_most_frequent_values_come_first(self, index: SearchIndex) -> None:
        values = ("b", "c", "a", "c", "ž", "b", "d", "c")
        await index.upsert(
            [doc(str(n), network=value, severity=n) for n, value in enumerate(values)]
        )
        answer = await index.search(query(facets=("network", "severity"), facet_size=4))
        assert list(answer.facets["network"].items()) == [("c", 3), ("b", 2), ("a", 1), ("d", 1)]
        assert list(answer.facets["severity"]) == ["0", "1", "2", "3"]

    async def test_facets_of_nothing_are_empty(self, index: SearchIndex) -> None:
        answer = await index.search(query("nothing", facets=("network", "tags")))
        assert (answer.total, answer.facets) == (0, {"network": {}, "tags": {}})

    # --- pages

    async def test_newest_first_then_by_id_and_kind(self, index: SearchIndex) -> None:
        await index.upsert(
            [
                doc("b", at=5),
                doc("a", at=5),
                doc("b", at=5, kind="case"),
                doc("z", at=-1),
                doc("c", at=9),
                doc("ž", at=5),
            ]
        )
        asked = query(kinds=("mention", "case"), limit=1)
        assert await walk(index, asked) == ["c", "ž", "b", "b", "a", "z"]
        assert await walk(index, replace(asked, limit=4)) == ["c", "ž", "b", "b", "a", "z"]

    async def test_the_last_page_has_no_cursor(self, index: SearchIndex) -> None:
        await index.upsert([doc(str(n), "parcel", at=n) for n in range(4)])
        first = await index.search(query("parcel", limit=2))
        assert first.cursor
        assert not (await index.search(query("parcel", limit=2, cursor=first.cursor))).cursor
        assert not (await index.search(query("parcel", limit=4))).cursor
        assert not (await index.search(query("parcel", limit=0))).cursor

    async def test_inserts_and_removals_underway_move_nothing(self, index: SearchIndex) -> None:
        await index.upsert([doc(f"d{n:02}", "parcel", at=n * 10) for n in range(10)])
        asked = query("parcel", limit=3)
        first = await index.search(asked)
        await index.upsert([doc("newer", "parcel", at=1_000), doc("behind", "parcel", at=45)])
        await index.remove(ACME, "mention", ["d07", "d02"])
        rest = await walk(index, replace(asked, cursor=first.cursor))
        assert ids(first) == ["d09", "d08", "d07"]
        assert rest == ["d06", "d05", "behind", "d04", "d03", "d01", "d00"]

    async def test_pages_under_a_stream_of_inserts(self, index: SearchIndex) -> None:
        await index.upsert([doc(f"old{n:03}", "parcel", at=n) for n in range(60)])

        async def keep_inserting() -> None:
            for n in range(30):
                await index.upsert([doc(f"new{n}", "parcel", at=1_000 + n)])

        inserting = asyncio.create_task(keep_inserting())
        walked = await walk(index, query("parcel", limit=7))
        await inserting
        old = [id_ for id_ in walked if id_.startswith("old")]
        assert old == [f"old{n:03}" for n in reversed(range(60))]
        assert len(walked) == len(set(walked))

    async def test_page_size_and_facets_may_change_underway(self, index: SearchIndex) -> None:
        await index.upsert([doc(str(n), at=n, network="web") for n in range(5)])
        first = await index.search(query(limit=2))
        rest = await index.search(query(limit=9, cursor=first.cursor, facets=("network",)))
        assert ids(rest) == ["2", "1", "0"]
        assert rest.facets == {"network": {"web": 5}}

    async def test_a_cursor_belongs_to_its_query(self, index: SearchIndex) -> None:
        await index.upsert([doc(str(n), "parcel", at=n, severity=n) for n in range(5)])
        cursor = (await index.search(query("parcel", limit=2))).cursor
        for other in (
            query("parcels", cursor=cursor),
            query("parcel", tenant=OTHER, cursor=cursor),
            query("parcel", kinds=("case",), cursor=cursor),
            query("parcel", language="en", cursor=cursor),
            query("parcel", since=Instant(0), cursor=cursor),
            query("parcel", filters=(Filter("severity", (1,)),), cursor=cursor),
        ):
            with pytest.raises(BadQuery):
                await index.search(other)

    async def test_a_broken_cursor_is_a_bad_query(self, index: SearchIndex) -> None:
        await index.upsert([doc(str(n), at=n) for n in range(5)])
        cursor = (await index.search(query(limit=2))).cursor
        broken = (cursor[:-1], cursor[1:], cursor + "AAAA", "x", "ž", "\x00", "\ud800", "e30", "=")
        for each in (*broken, cursor.swapcase()):
            with pytest.raises(BadQuery):
                await index.search(query(cursor=each))

    # --- tenants

    async def test_tenants_see_nothing_of_each_other(self, index: SearchIndex) -> None:
        await index.upsert(
            [
                doc("same", "our parcel", network="ours"),
                doc("same", "their secret parcel", network="theirs", version=9, tenant=OTHER),
                doc("theirs", "secret", tenant=OTHER, tags=("x",)),
            ]
        )
        everything = query(facets=("network", "tags"))
        answer = await index.search(everything)
        assert [hit.document.text for hit in answer.hits] == ["our parcel"]
        assert (answer.total, answer.facets) == (1, {"network": {"ours": 1}, "tags": {}})
        assert await found(index, "secret") == set()
        assert await found(index, "-nothing") == {"same"}
        assert await found(index, filters=(Filter("network", ("theirs",)),)) == set()
        assert await found(index, tenant="acm") == set()
        assert await found(index, tenant="acme\x00") == set()
        await index.remove(ACME, "mention", ["theirs"])
        assert await index.upsert([doc("same", "our parcel again", version=2)]) == [Indexed.STORED]
        assert await found(index, "secret", tenant=OTHER) == {"same", "theirs"}
