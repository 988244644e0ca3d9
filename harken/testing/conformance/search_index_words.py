"""What every `SearchIndex` finds by words, shows, and refuses to understand."""

from __future__ import annotations

from collections import Counter

import pytest

from harken.domain.time import Instant
from harken.search.port import BadQuery, Filter, Indexed, Query, SearchIndex
from harken.testing.conformance.search_index_samples import (
    doc,
    found,
    ids,
    query,
    shown,
)
from harken.testing.corpus import queries, texts

AWKWARD = (
    "",
    " \t\r\n\x0b\u2028 ",
    "nul \x00 within",
    "lone \ud83d half and \udc00 other",
    "\u202eright to left\u202c \u200fmarks\u200e",
    "خِدمة سيئة\u200f 50% من",
    "w" * 100_000,
    "word " * 20_000,
    "🙂" * 3_000,
    "e" + "\u0301" * 2_000,
    "#" + "tag" * 500 + " @" + "name" * 500,
    "\"quoted\" 'words' AND OR NOT NEAR(a b) words: * ^ { } ( ) ; -- %",
    "\x1b[31m \x7f \x80 \x9f \ufffe \U0010ffff",
    "ﷺ ½ ㎏ ﬁ İ ẞ ŉ ǆ",
    "http://" + "a/" * 5_000,
    "।।। हिन्दी ไทย ខ្មែរ မြန်မာ 한국어 日本語",
)
"""Texts that have broken indexes."""


class SearchWordsConformance:
    """Subclass it and give an ``index`` fixture: empty, opened with `FIELDS`."""

    @pytest.fixture
    def index(self) -> SearchIndex:
        raise NotImplementedError

    # --- words

    async def test_the_corpus(self, index: SearchIndex) -> None:
        await index.upsert(
            [
                doc(each.id, each.text, at=n, language=each.language)
                for n, each in enumerate(texts())
            ]
        )
        asked = queries()
        assert len({each.id for each in texts()}) >= 150
        wrong = {}
        for each in asked:
            got = await found(index, each.query, language=each.language)
            if got != set(each.expected):
                wrong[each.query, each.language] = got ^ set(each.expected)
        assert wrong == {}

    async def test_facets_of_the_corpus(self, index: SearchIndex) -> None:
        await index.upsert(
            [
                doc(each.id, each.text, language=each.language, network=each.id[:2])
                for each in texts()
            ]
        )
        for asked in ("pakelvo", "havelyn -karta", "😍", '"nie działa"'):
            answer = await index.search(query(asked, limit=200, facets=("network",)))
            assert answer.facets["network"] == Counter(id_[:2] for id_ in ids(answer)) != {}

    async def test_without_a_language_all_stems_are_tried(self, index: SearchIndex) -> None:
        await index.upsert(
            [
                doc("en", "two parcels"),
                doc("pl", "dwie paczki", language="pl"),
                doc("de", "zwei parcels, dwie paczki", language="de"),
            ]
        )
        assert await found(index, "parcel") == {"en"}
        assert await found(index, "parcel", language="en-US") == {"en"}
        assert await found(index, "parcel", language="pl") == set()
        assert await found(index, "parcel", language="de") == set()
        assert await found(index, "parcels", language="de") == {"en", "de"}
        assert await found(index, "paczka") == {"pl"}
        assert await found(index, "paczka", language="\ud800") == set()

    @pytest.mark.parametrize(
        ("asked", "text", "expected"),
        [
            ("refund", "Refunds? I was refunded a refund!", ["Refunds", "refunded", "refund"]),
            ('"customer service"', "Customer service, customer!", ["Customer service"]),
            ("naive cafe", "🙂🙂 a naïve Café", ["naïve", "Café"]),
            ("#fail fail", "fail #fail #failing", ["fail", "#fail", "failing"]),
            ("@brand", "hey @Brand@social.example", ["@Brand@social.example"]),
            ("12.50", "paid 12,50 today", ["12,50"]),
            ("👍", "good 👍🏽 👍", ["👍🏽", "👍"]),
            ("shop.example", "see https://www.shop.example/x", ["shop.example"]),
            ("parcel -kettle", "no parcel", ["parcel"]),
            ("refund", "re\u200bfund\u200b re\u00adfunds", ["re\u200bfund", "re\u00adfunds"]),
            ("东京", "去东京了", ["东京"]),
            ("-kettle", "no parcel", []),
            ("", "no parcel", []),
        ],
    )
    async def test_highlights(
        self, index: SearchIndex, asked: str, text: str, expected: list[str]
    ) -> None:
        await index.upsert([doc("a", text)])
        answer = await index.search(query(asked))
        assert [shown(hit) for hit in answer.hits] == [expected]

    # --- bad queries

    @pytest.mark.parametrize(
        "bad",
        [
            query('"no end'),
            query('parcel "two" three"'),
            query("„no end"),
            query("!!!"),
            query('""'),
            query("- -"),
            query("word " * 201),
            query(" ".join(f"w{n}" for n in range(100))),
            query(tenant=""),
            query(tenant="\ud800"),
            query(kinds=()),
            query(kinds=("",)),
            query(limit=-1),
            query(limit=1_001),
            query(facet_size=0),
            query(facet_size=100_000),
            query(facets=("colour",)),
            query(facets=("certainty",)),
            query(since=Instant(2**63)),
            query(until=Instant(-(2**63))),
            query(filters=(Filter("colour", ("red",)),)),
            query(filters=(Filter("network", (1,)),)),
            query(filters=(Filter("severity", ("1",)),)),
            query(filters=(Filter("severity", (True,)),)),
            query(filters=(Filter("severity", (2**63,)),)),
            query(filters=(Filter("severity", at_least=0.5),)),
            query(filters=(Filter("certainty", (float("nan"),)),)),
            query(filters=(Filter("certainty", below=float("inf")),)),
            query(filters=(Filter("direct", (1,)),)),
            query(filters=(Filter("direct", at_least=False),)),
            query(filters=(Filter("tags", at_least="a"),)),
            query(filters=(Filter("network", tuple(map(str, range(10_000)))),)),
            query(cursor="broken"),
        ],
        ids=lambda bad: repr(bad)[:80].encode("ascii", "replace").decode(),
    )
    async def test_bad_queries(self, index: SearchIndex, bad: Query) -> None:
        await index.upsert([doc("a", "parcel", network="web")])
        with pytest.raises(BadQuery, match=r"\w"):
            await index.search(bad)

    @pytest.mark.parametrize(
        "hostile",
        [
            "parcel AND kettle",
            "parcel OR kettle",
            "NOT parcel",
            "NEAR(parcel kettle, 2)",
            "words : parcel",
            "parcel*",
            "^parcel",
            "{words keys} : parcel",
            "parcel) OR (1=1",
            "parcel'; DROP TABLE search_texts; --",
            "par\x00cel",
            "parcel \ud800",
            "\u202eparcel",
            "parcel + kettle",
        ],
        ids=lambda text: repr(text).encode("ascii", "replace").decode(),
    )
    async def test_query_text_has_words_only(self, index: SearchIndex, hostile: str) -> None:
        await index.upsert([doc("a", "parcel"), doc("b", "something else"), doc("c", hostile)])
        plain = {"parcel*", "^parcel", "parcel \ud800", "\u202eparcel"}
        assert await found(index, hostile) == ({"a", "c"} if hostile in plain else {"c"})

    async def test_the_longest_queries(self, index: SearchIndex) -> None:
        words = [f"word{n}" for n in range(32)]
        await index.upsert([doc("a", " ".join(words)), doc("b", "x " * 499 + "end")])
        assert await found(index, " ".join(words)) == {"a"}
        assert await found(index, " ".join(words[:31]) + " -word31") == set()
        assert await found(index, '"' + "x " * 498 + '"') == {"b"}

    # --- hostile texts

    @pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
    @pytest.mark.parametrize("language", ["en", "lv", "ru", "", "\ud800"])
    async def test_any_text_is_indexed_and_found_by_a_word_beside_it(
        self, index: SearchIndex, text: str, language: str
    ) -> None:
        assert await index.upsert([doc("a", f"kettle {text} parcel", language=language)]) == [
            Indexed.STORED
        ]
        answer = await index.search(query("parcel -unobtainium"))
        (hit,) = answer.hits
        whole = f"kettle {text} parcel".replace("\ud83d", "\ufffd").replace("\udc00", "\ufffd")
        assert hit.document.text == whole
        assert shown(hit)[-1] == "parcel"

    async def test_hostile_values_are_kept_or_replaced(self, index: SearchIndex) -> None:
        await index.upsert(
            [doc("a", network="half \ud800", tags=("a\x1fb", "nul \x00", "\udfff", "'\"\\%"))]
        )
        answer = await index.search(query(facets=("network", "tags")))
        assert answer.hits[0].document.fields == {
            "network": "half \ufffd",
            "tags": ("a\ufffdb", "nul \x00", "\ufffd", "'\"\\%"),
        }
        for tag in ("a\x1fb", "nul \x00", "\udfff", "'\"\\%"):
            assert await found(index, filters=(Filter("tags", (tag,)),)) == {"a"}
        assert await found(index, filters=(Filter("tags", ("nul ", "a", "b")),)) == set()
