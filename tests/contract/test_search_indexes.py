from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from harken.clock import SystemClock
from harken.embedded.file import EmbeddedFile
from harken.search.port import SearchIndex
from harken.search.sqlite_fts import SqliteFtsIndex
from harken.testing.conformance.search_index import SearchIndexConformance
from harken.testing.conformance.search_index_machine import index_machine
from harken.testing.conformance.search_index_rebuild import SearchRebuildConformance
from harken.testing.conformance.search_index_samples import FIELDS
from harken.testing.conformance.search_index_words import SearchWordsConformance
from harken.testing.fakes.search_index import FakeSearchIndex


@asynccontextmanager
async def sqlite_index(folder: Path) -> AsyncIterator[SqliteFtsIndex]:
    file = await EmbeddedFile.open(folder / "harken.db", SystemClock())
    try:
        yield await SqliteFtsIndex.open(file, FIELDS)
    finally:
        await file.close()


class TestSqliteFtsIndex(SearchIndexConformance, SearchRebuildConformance, SearchWordsConformance):
    @pytest.fixture
    async def index(self, tmp_path: Path) -> AsyncIterator[SearchIndex]:
        async with sqlite_index(tmp_path) as index:
            yield index


class TestFakeSearchIndex(SearchIndexConformance, SearchRebuildConformance, SearchWordsConformance):
    @pytest.fixture
    def index(self) -> SearchIndex:
        return FakeSearchIndex(FIELDS)


@asynccontextmanager
async def throwaway_sqlite_index() -> AsyncIterator[SearchIndex]:
    with TemporaryDirectory() as folder:
        async with sqlite_index(Path(folder)) as index:
            yield index


TestSqliteFtsIndexAgainstFake = index_machine(throwaway_sqlite_index).TestCase
TestSqliteFtsIndexAgainstFake.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None
)
