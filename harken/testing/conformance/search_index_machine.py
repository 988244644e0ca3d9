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
from harken.testing.conformance.search_index_rebuild import of
from harken.testing.conformance.search_index_samples import FIELDS
from harken.testing.fakes.search_index import FakeSearchIndex

OpenIndex = Callable[[], AbstractAsyncContextManager[SearchIndex]]
"""A new, empty index with `FIELDS`."""


def _mostly(
    usual: st.SearchStrategy[Any], seldom: st.SearchStrategy[Any], once_in: int = 5
) -> st.SearchStrategy[Any]:
    """Most queries must find something, so what narrows them comes seldom."""
    return st.integers(1, once_in).flatmap(lambda n: seldom if n == once_in else usual)


_PLAIN_WORDS = """
    parcel parcels Parcel's paczki paczkę paczke zásilky посылка посылку ёлка елка sūtījums sutijumu
    e-mail 12,50 12.50 #parcel @brand @brand@social.example https://www.shop.example/a shop.example
    👍 👍🏽 東京都 京都 ☃
"""
_WORDS = [*_PLAIN_WORDS.split(), "par\u200bcel", "\x00", "\ud800"]

_TENANTS = st.sampled_from(["acme", "acme", "acme", "other"]).map(TenantId)
_KINDS = st.sampled_from(["mention", "mention", "case"])
_IDS = st.sampled_from(["a", "b", "c", "č", "d", "e", "f", "g"])
_LANGUAGES = st.sampled_from(["en", "en", "pl", "pl-PL", "ru", "lv", "cs", "de", ""])
_INSTANTS = st.integers(0, 5).map(Instant)
_TEXTS = st.lists(
    _mostly(st.sampled_from(_WORDS), st.text(max_size=5), 10), min_size=3, max_size=12
).map(" ".join)
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
_PHRASES = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=2).map(" ".join)
_PARTS = _mostly(
    _mostly(st.sampled_from(_WORDS), _PHRASES.map('"{}"'.format)),
    st.sampled_from(_WORDS).map("-{}".format),
)
_TERMS = _mostly(_PARTS, st.tuples(_PARTS, _PARTS).map(" ".join), 3)


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
    kinds=st.sampled_from([("mention", "case"), ("mention",), ("case",)]),
    text=_mostly(_mostly(_TERMS, st.just("")), st.text(max_size=6), 10),
    language=_mostly(st.just(""), _LANGUAGES),
    filters=_mostly(st.just(()), st.lists(_filters(), min_size=1, max_size=2).map(tuple)),
    since=_mostly(st.none(), _INSTANTS),
    until=_mostly(st.none(), _INSTANTS),
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

    @initialize(documents=st.lists(_DOCUMENTS, min_size=8, max_size=20))
    def start(self, documents: list[Document]) -> None:
        self.index: SearchIndex = self.runner.run(self.stack.enter_async_context(self.open()))
        self.upsert(documents)

    @rule(documents=st.lists(_DOCUMENTS, min_size=3, max_size=8))
    def upsert(self, documents: list[Document]) -> None:
        given = [replace(each, at=self._first_time(each)) for each in documents]
        self._both(lambda index: index.upsert(given))

    @rule(tenant=_TENANTS, kind=_KINDS, ids=st.lists(_IDS, max_size=2))
    def remove(self, tenant: TenantId, kind: str, ids: list[str]) -> None:
        self._both(lambda index: index.remove(tenant, kind, ids))

    @rule(documents=_mostly(st.none(), st.lists(_DOCUMENTS, max_size=8), 3))
    def rebuild(self, documents: list[Document] | None) -> None:
        """Seldom: on a cluster it takes long."""
        if documents is None:
            return
        given = [replace(each, at=self._first_time(each)) for each in documents]
        self._both(lambda index: index.rebuild(of(given[:4], given[4:])))

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
