"""`SearchIndex` in the embedded file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Protocol

from harken.domain.ids import TenantId
from harken.embedded.file import EmbeddedFile, FileUnavailable
from harken.search.asked import understand
from harken.search.documents import is_name
from harken.search.fields import Fields, check_names
from harken.search.port import Answer, Document, Indexed, IndexUnavailable, Query
from harken.search.sqlite_fts import rebuild
from harken.search.sqlite_fts.reading import answer
from harken.search.sqlite_fts.renewal import begin_merge, go_on_merging, renew_step
from harken.search.sqlite_fts.tables import prepare
from harken.search.sqlite_fts.writing import Ready, Writing, make_ready, remove

_TOGETHER = 64
"""Documents in one write job: some 10 ms, so that other writers needn't wait long."""


class _Job(Protocol):
    def __call__(
        self, connection: sqlite3.Connection, /, ready: Sequence[Ready | None]
    ) -> list[Indexed]: ...


class SqliteFtsIndex:
    """Analyses texts outside the writer's thread. Doesn't close the file, which others share."""

    def __init__(self, file: EmbeddedFile, fields: Fields) -> None:
        """Use `open`."""
        self._file = file
        self._fields = dict(fields)
        self._writing = Writing(fields)

    @classmethod
    async def open(cls, file: EmbeddedFile, fields: Fields) -> SqliteFtsIndex:
        """Makes the tables, adds new fields, and analyses all texts again where the analysis is
        another than before (some 5,000 texts a second).

        Raises ``ValueError`` for a bad field name or a changed type, and `IndexUnavailable`.
        """
        check_names(fields)
        index = cls(file, fields)
        with _unavailable():
            await file.write(lambda connection: prepare(connection, fields))
            while await file.write(renew_step):
                pass
        return index

    async def upsert(self, documents: Sequence[Document]) -> Sequence[Indexed]:
        return await self._write(documents, self._writing.store)

    async def remove(self, tenant: TenantId, kind: str, ids: Sequence[str]) -> None:
        names = [id_ for id_ in ids if is_name(id_)]
        if not (is_name(tenant) and is_name(kind)):
            return
        with _unavailable():
            await self._file.write(lambda connection: remove(connection, tenant, kind, names))

    async def search(self, query: Query) -> Answer:
        asked = understand(query, self._fields)
        with _unavailable():
            return await self._file.read(lambda connection: answer(connection, asked, self._fields))

    async def purge(self) -> None:
        """Rewrites the words' index until nothing of removed or replaced texts is left in it.

        FTS5 only hides the words of a deleted text until its segments merge: an erasure is done
        in the file when this returns. Takes time with the size of the whole index, in small
        steps. Raises `IndexUnavailable`.
        """
        with _unavailable():
            more = await self._file.write(begin_merge)
            while more:
                more = await self._file.write(go_on_merging)

    async def rebuild(self, source: AsyncIterator[Sequence[Document]]) -> Sequence[Document]:
        """In place: one file has no room to spare for two, and a document changes whole."""
        refused: list[Document] = []
        with _unavailable():
            stamp = await self._file.write(rebuild.begin)

            def renew(
                connection: sqlite3.Connection, ready: Sequence[Ready | None]
            ) -> list[Indexed]:
                return rebuild.renew(connection, self._writing, ready, stamp)

            async for batch in source:
                answers = zip(batch, await self._write(batch, renew), strict=True)
                refused += [document for document, became in answers if became is Indexed.REFUSED]
            while docs := await self._file.read(lambda c: rebuild.strays(c, stamp)):
                await self._file.write(partial(rebuild.sweep, docs=docs, stamp=stamp))
        return refused

    async def close(self) -> None:
        """The file is closed by who opened it."""

    def _make_ready(self, documents: Sequence[Document]) -> list[Ready | None]:
        return [make_ready(document, self._fields) for document in documents]

    async def _write(self, documents: Sequence[Document], job: _Job) -> list[Indexed]:
        ready = await asyncio.to_thread(self._make_ready, documents)
        parts = [ready[at : at + _TOGETHER] for at in range(0, len(ready), _TOGETHER)]
        with _unavailable():
            # Queued at once, in order: the writer groups them under few fsyncs.
            writes = (self._file.write(partial(job, ready=part)) for part in parts)
            written = await asyncio.gather(*writes)
        return list(chain.from_iterable(written))


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except FileUnavailable as error:
        raise IndexUnavailable(str(error), error.retry_after) from error
