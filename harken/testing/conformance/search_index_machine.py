"""Upserts, removals and searches in any order: an engine answers as the fake does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.search.fields import FieldType
from harken.search.port import BadQuery, Document, Filter, Query, SearchIndex
from harken.testing.conformance.search_index import FIELDS
from harken.testing.fakes.search_index import FakeSearchIndex

OpenIndex = Callable[[], AbstractAsyncContextManager[SearchIndex]]
"""A new, empty index with `FIELDS`."""

_PLAIN_WORDS = """
    parcel parcels Parcel's paczka paczki paczkę paczke zásilka zásilky посылка посылку ёлка елка
    sūtījums sutijumu don't e-mail email 12,50 12.50 #parcel #pączki @brand @brand@social.example
    https://www.shop.example/a shop.example 👍 👍🏽 👩‍💻 東京都 京都 refund ☃
"""
_WORDS = [*_PLAIN_WORDS.split(), "re\u200bfund", "\x00", "\ud800"]

_TENANTS = st.sampled_from(["acme", "other"]).map(TenantId)
_KINDS = st.sampled_from(["mention", "case"])
_IDS = st.sampled_from(["a", "b", "c", "č", "d"])
_LANGUAGES = st.sampled_from(["en", "pl", "cs", "ru", "lv", "", "de", "pl-PL"])
_INSTANTS = st.integers(0, 5).map(Instant)
_TEXTS = st.lists(st.sampled_from(_WORDS) | st.text(max_size=5), max_size=8).map(" ".join)
_KEYWORDS = st.sampled_from(["", "a", "b", "ž", "a\x00", "\ud800"]) | st.text(max_size=2)
_VALUES = {
    FieldType.KEYWORD: _KEYWORDS,
    FieldType.KEYWORDS: st.lists(_KEYWORDS, max_size=3).map(tuple),
    FieldType.WHOLE: st.integers(-2, 2),
    FieldType.NUMBER: st.integers(-1, 1) | st.floats(-1, 1),
    FieldType.FLAG: st.booleans(),
}
_DOCUMENTS = st.builds(
    Document,
    tenant=_TENANTS,
    kind=_KINDS,
    id=_IDS,
    version=st.integers(0, 4),
    at=_INSTANTS,
    text=_TEXTS,
    language=_LANGUAGES,
    fields=st.fixed_dictionaries(
        {}, optional={name: _VALUES[type_] for name, type_ in FIELDS.items()}
    ),
)
_PART = st.tuples(
    st.sampled_from(["", "", "", "-"]),
    st.sampled_from(_WORDS)
    | st.lists(st.sampled_from(_WORDS), min_size=1, max_size=2).map(" ".join).map('"{}"'.format),
)


def _filters() -> st.SearchStrategy[Filter]:
    def of(name: str) -> st.SearchStrategy[Filter]:
        one = _VALUES[FieldType.KEYWORD if name == "tags" else FIELDS[name]]
        bound = st.none() if name in ("tags", "direct") else st.none() | one
        return st.builds(
            Filter,
            field=st.just(name),
            values=st.lists(one, max_size=2).map(tuple),
            at_least=bound,
            below=bound,
        )

    return st.sampled_from(sorted(FIELDS)).flatmap(of)


_QUERIES = st.builds(
    Query,
    tenant=_TENANTS,
    kinds=st.lists(_KINDS, min_size=1, max_size=2).map(tuple),
    text=st.lists(_PART.map("".join), max_size=3).map(" ".join) | st.text(max_size=6),
    language=_LANGUAGES,
    filters=st.lists(_filters(), max_size=2).map(tuple),
    since=st.none() | _INSTANTS,
    until=st.none() | _INSTANTS,
    facets=st.just(("network", "tags", "severity", "direct")),
    facet_size=st.integers(1, 3),
    limit=st.integers(1, 4),
)


def _searching(query: Query) -> Callable[[SearchIndex], Any]:
    return lambda index: index.search(query)


def index_machine(open_index: OpenIndex) -> type[RuleBasedStateMachine]:
    class IndexMachine(_IndexMachine):
        def open(self) -> AbstractAsyncContextManager[SearchIndex]:
            return open_index()

    return IndexMachine


class _IndexMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.model = FakeSearchIndex(FIELDS)
        self.times: dict[tuple[str, str, str], Instant] = {}

    def open(self) -> AbstractAsyncContextManager[SearchIndex]:
        raise NotImplementedError

    @initialize()
    def start(self) -> None:
        self.index: SearchIndex = self.runner.run(self.stack.enter_async_context(self.open()))

    @rule(documents=st.lists(_DOCUMENTS, min_size=1, max_size=5))
    def upsert(self, documents: list[Document]) -> None:
        given = [replace(each, at=self._first_time(each)) for each in documents]
        self._both(lambda index: index.upsert(given))

    @rule(tenant=_TENANTS, kind=_KINDS, ids=st.lists(_IDS, max_size=2))
    def remove(self, tenant: TenantId, kind: str, ids: list[str]) -> None:
        self._both(lambda index: index.remove(tenant, kind, ids))

    @rule(query=_QUERIES)
    def search(self, query: Query) -> None:
        """The whole answer, page by page: hits, highlights, totals, facets, cursors."""
        while True:
            answer = self._both(_searching(query))
            if answer is None or not answer.cursor:
                return
            query = replace(query, cursor=answer.cursor)

    def _first_time(self, document: Document) -> Instant:
        """A document's time never changes."""
        return self.times.setdefault((document.tenant, document.kind, document.id), document.at)

    def _both(self, call: Callable[[SearchIndex], Any]) -> Any:
        """None where both find the query bad."""
        ours, models = (self._outcome(call(index)) for index in (self.index, self.model))
        assert ours == models
        return None if ours == "bad" else ours

    def _outcome(self, awaitable: Any) -> Any:
        async def outcome() -> Any:
            try:
                return await awaitable
            except BadQuery:
                return "bad"

        return self.runner.run(outcome())

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
