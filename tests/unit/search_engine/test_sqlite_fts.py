from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from harken.clock import SystemClock
from harken.domain.time import Instant
from harken.embedded.file import EmbeddedFile
from harken.search.analysis import Analysed
from harken.search.asked import understand
from harken.search.fields import Fields, FieldType
from harken.search.port import Filter, Indexed, IndexUnavailable, Query
from harken.search.sqlite_fts import SqliteFtsIndex, renewal
from harken.search.sqlite_fts.selection import select
from harken.testing.conformance.search_index_samples import ACME, FIELDS, doc, found, query

NAME = "harken.db"


@asynccontextmanager
async def opened(folder: Path, fields: Fields = FIELDS) -> AsyncIterator[SqliteFtsIndex]:
    file = await EmbeddedFile.open(folder / NAME, SystemClock())
    try:
        yield await SqliteFtsIndex.open(file, fields)
    finally:
        await file.close()


async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as index:
        await index.upsert(
            [doc("a", "late parcel", version=3, tags=("x",)), doc("b", version=5), doc("c")]
        )
        await index.remove(ACME, "mention", ["b", "never"])
        cursor = (await index.search(query(limit=1))).cursor
    async with opened(tmp_path) as index:
        assert await found(index, "parcels") == {"a"}
        assert len((await index.search(query(limit=1, cursor=cursor))).hits) == 1
        late = [doc("a", version=3), doc("b", version=5), doc("never", version=9)]
        assert set(await index.upsert(late)) == {Indexed.SUPERSEDED}
        assert await index.upsert([doc("b", version=6)]) == [Indexed.STORED]


async def test_fields_may_be_added(tmp_path: Path) -> None:
    async with opened(tmp_path, {"network": FieldType.KEYWORD}) as index:
        await index.upsert([doc("a", network="web")])
    async with opened(tmp_path, {"colour": FieldType.KEYWORDS, "network": FieldType.KEYWORD}) as i:
        assert await i.upsert([doc("b", colour=("red",))]) == [Indexed.STORED]
        assert await found(i, filters=(Filter("colour"),)) == {"b"}
        assert await found(i, filters=(Filter("network"),)) == {"a"}
    async with opened(tmp_path, {}) as index:
        assert await index.upsert([doc("c")]) == [Indexed.STORED]
        assert await found(index) == {"a", "b", "c"}


async def test_types_of_fields_never_change(tmp_path: Path) -> None:
    async with opened(tmp_path, {"network": FieldType.KEYWORD}):
        pass
    with pytest.raises(ValueError, match="network"):
        async with opened(tmp_path, {"network": FieldType.KEYWORDS}):
            pass


async def test_a_closed_file_is_unavailable(tmp_path: Path) -> None:
    async with opened(tmp_path) as index:
        pass
    with pytest.raises(IndexUnavailable):
        await index.upsert([doc("a")])
    with pytest.raises(IndexUnavailable):
        await index.remove(ACME, "mention", ["a"])
    with pytest.raises(IndexUnavailable):
        await index.search(query())


def _backwards(text: str, language: str) -> Analysed:
    """Another analysis: every word the other way round."""
    words = tuple(word[::-1] for word in text.split())
    spans = tuple((0, 1) for _ in words)
    return Analysed(words, tuple(f"{language}:{word}" for word in words), spans, ())


async def test_a_changed_analysis_analyses_all_texts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [doc(f"d{n}", f"parcel {n}") for n in range(renewal.STEP * 2 + 3)]
    async with opened(tmp_path) as index:
        await index.upsert([*documents, doc("empty")])
    monkeypatch.setattr(renewal, "version", lambda: "another")
    monkeypatch.setattr(renewal, "analyse", _backwards)
    async with opened(tmp_path) as index:
        assert await found(index, "lecrap") == {each.id for each in documents}
        assert await found(index, "parcel") == set()
        assert len(await found(index)) == len(documents) + 1


async def test_a_renewal_goes_on_where_it_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [doc(f"d{n}", "parcel") for n in range(renewal.STEP + 1)]
    async with opened(tmp_path) as index:
        await index.upsert(documents)
    monkeypatch.setattr(renewal, "version", lambda: "another")
    monkeypatch.setattr(renewal, "analyse", _backwards)
    file = await EmbeddedFile.open(tmp_path / NAME, SystemClock())
    assert await file.write(renewal.renew_step)
    await file.close()
    calls: list[str] = []

    def counting(text: str, language: str) -> Analysed:
        calls.append(text)
        return _backwards(text, language)

    monkeypatch.setattr(renewal, "analyse", counting)
    async with opened(tmp_path) as index:
        assert await found(index, "lecrap") == {each.id for each in documents}
    assert len(calls) == 1
    async with opened(tmp_path):
        assert len(calls) == 1


async def test_a_purge_leaves_nothing_of_erased_texts_in_the_file(tmp_path: Path) -> None:
    secret = b"xyzzyquux"
    async with opened(tmp_path) as index:
        for n in range(30):
            await index.upsert([doc(f"d{n}", f"parcel number{n}")])
        await index.upsert([doc("a", f"about {secret.decode()}"), doc("b", secret.decode())])
        await index.upsert([doc("b", "edited", version=2)])
        await index.remove(ACME, "mention", ["a"])
        assert await found(index, secret.decode()) == set()
    assert secret in (tmp_path / NAME).read_bytes()
    async with opened(tmp_path) as index:
        await index.purge()
        assert len(await found(index, "parcel")) == 30
        assert await found(index, "edited") == {"b"}
    assert secret not in (tmp_path / NAME).read_bytes()


async def test_a_snapshot_with_the_same_text_leaves_the_words_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as index:
        await index.upsert([doc("a", "parcel", severity=1)])
    before = _segments(tmp_path)
    async with opened(tmp_path) as index:
        await index.upsert([doc("a", "parcel", version=2, severity=2)])
        assert await found(index, "parcel", filters=(Filter("severity", (2,)),)) == {"a"}
    assert _segments(tmp_path) == before


def _segments(folder: Path) -> list[tuple[int, bytes]]:
    with closing(sqlite3.connect(folder / NAME)) as connection:
        return connection.execute("SELECT id, block FROM search_texts_data").fetchall()


@pytest.mark.parametrize(
    ("asked", "plan"),
    [
        (query(), ["SEARCH d USING PRIMARY KEY (tenant=?)"]),
        (query(since=Instant(1)), ["SEARCH d USING PRIMARY KEY (tenant=? AND at>?)"]),
        (
            query("parcel"),
            [
                "SCAN search_texts VIRTUAL TABLE INDEX 0:M3",
                "SEARCH d USING INDEX search_documents_doc (doc=? AND tenant=?)",
            ],
        ),
    ],
)
async def test_a_query_reads_no_more_than_it_must(
    tmp_path: Path, asked: Query, plan: list[str]
) -> None:
    async with opened(tmp_path):
        pass
    selection = select(understand(asked, FIELDS))
    with closing(sqlite3.connect(tmp_path / NAME)) as connection:
        steps = connection.execute(
            f"EXPLAIN QUERY PLAN SELECT * FROM {selection.source} WHERE {selection.condition}",  # noqa: S608
            selection.values,
        ).fetchall()
    assert [step[3] for step in steps] == plan
