"""`SearchIndex` in an Elasticsearch cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from elasticsearch import AsyncElasticsearch, NotFoundError

from harken.domain.ids import TenantId
from harken.search.analysis import version
from harken.search.asked import Asked, understand
from harken.search.documents import is_name
from harken.search.elasticsearch.errors import as_access_denied, as_index_unavailable
from harken.search.elasticsearch.layout import Names
from harken.search.elasticsearch.patience import patiently
from harken.search.elasticsearch.reading import answer, document_of, request
from harken.search.elasticsearch.rebuild import REMOVED, Generations
from harken.search.elasticsearch.removing import Removing
from harken.search.elasticsearch.selection import LIVING
from harken.search.elasticsearch.settings import ElasticsearchSettings
from harken.search.elasticsearch.shared import Shared, SharedState
from harken.search.elasticsearch.writing import Ready, Writing, key_of, make_ready
from harken.search.fields import Fields, FieldType, check_names
from harken.search.port import Answer, Document, Indexed, IndexUnavailable, Query

_STARTING = "10s"


class ElasticsearchIndex:
    """Any number of processes may use one index at once. Analyses texts in a thread."""

    def __init__(
        self, client: AsyncElasticsearch, settings: ElasticsearchSettings, fields: Fields
    ) -> None:
        """Use `open`."""
        self._client = client
        self._fields = dict(fields)
        self._names = Names(settings.prefix)
        self._shared = SharedState(client, self._names)
        self._generations = Generations(client, self._names, self._shared, settings.replicas)
        self._writing = Writing(client, self._names, self._shared)
        self._removing = Removing(client, self._names, self._shared, self._writing)

    @classmethod
    async def open(cls, settings: ElasticsearchSettings, fields: Fields) -> ElasticsearchIndex:
        """Makes what is missing and adds new fields, to the months that are there too.

        Raises ``ValueError`` for a bad field name or a changed type, `AccessDenied` where the
        cluster refuses the credentials or their rights, and `IndexUnavailable`.
        """
        check_names(fields)
        client = settings.connect()
        index = cls(client, settings, fields)
        try:
            with as_index_unavailable(), as_access_denied():
                await index._check()
                await index._shared.prepare(settings.replicas)
                await index._declare()
                await index._generations.settle()
        except BaseException:
            await client.close()
            raise
        return index

    async def check(self) -> None:
        """Raises `IndexUnavailable` while the cluster lacks some of its primary shards."""
        with as_index_unavailable():
            await self._check()

    async def _check(self) -> None:
        health = await self._client.cluster.health(wait_for_status="yellow", timeout=_STARTING)
        if health["timed_out"]:
            raise IndexUnavailable(f"Elasticsearch: the cluster is {health['status']}")

    async def upsert(self, documents: Sequence[Document]) -> Sequence[Indexed]:
        ready = await asyncio.to_thread(_make_ready, documents, self._fields)
        taken = [each for each in ready if each is not None]
        if not taken:
            return [Indexed.REFUSED] * len(ready)
        with as_index_unavailable():
            return _answers(ready, await self._writing.store(taken))

    async def remove(self, tenant: TenantId, kind: str, ids: Sequence[str]) -> None:
        if not (is_name(tenant) and is_name(kind)):
            return
        keys = dict.fromkeys(key_of(tenant, kind, id_) for id_ in ids if is_name(id_))
        with as_index_unavailable():
            await self._removing.remove(list(keys))

    async def search(self, query: Query) -> Answer:
        """Refreshes first: without new documents that costs next to nothing, and writers needn't
        wait until what they wrote can be seen."""
        asked = understand(query, self._fields)
        with as_index_unavailable():
            try:
                found = await self._found(asked)
            except NotFoundError:  # a swap took away what was being searched
                found = await self._found(asked)
        return await asyncio.to_thread(answer, found, asked, self._fields)

    async def _found(self, asked: Asked) -> Mapping[str, Any]:
        await self._client.indices.refresh(index=self._names.written, ignore_unavailable=True)
        found = await self._client.search(
            index=self._names.alias,
            ignore_unavailable=True,
            allow_partial_search_results=False,
            **request(asked),
        )
        body: Mapping[str, Any] = found.body
        return body

    async def count(self, *, removed: bool = False) -> int:
        """How many documents are found, of all tenants; with ``removed`` what was removed
        counts, too."""
        with as_index_unavailable():
            await self._client.indices.refresh(index=self._names.written, ignore_unavailable=True)
            counted = await self._client.count(
                index=self._names.alias,
                query=None if removed else LIVING,
                ignore_unavailable=True,
            )
        found: int = counted["count"]
        return found

    async def needs_rebuild(self) -> bool:
        """Was it made by another analysis than ours? Then it finds by the words of that one."""
        with as_index_unavailable():
            shared, _ = await self._shared.read()
        return shared.analyses[str(shared.reading)] != version()

    async def rebuild(
        self, source: AsyncIterator[Sequence[Document]] | None = None
    ) -> Sequence[Document]:
        """Makes the index anew while it is written and searched, and swaps it in when it is done.

        ``source`` brings all documents there are, in any order, read after the call; without it
        they are taken from the index itself and analysed again. What was removed stays away.
        Returns the documents that were refused. Raises `IndexUnavailable` and `RebuildOvertaken`:
        the index is as before then, and the next rebuild begins anew.
        """
        with as_index_unavailable():
            shared = await self._generations.begin(version())
            old, new = shared.generations
            await self._copy_tombstones(old, new)
            refused: list[Document] = []
            async for batch in source or self._documents(shared):
                ready = await asyncio.to_thread(_make_ready, batch, shared.fields)
                taken = [each for each in ready if each is not None]
                copied = await patiently(partial(self._writing.copy, new, taken))
                answers = zip(batch, _answers(ready, copied), strict=True)
                refused += [each for each, answer in answers if answer is Indexed.REFUSED]
            await self._generations.swap(new)
        return refused

    async def close(self) -> None:
        await self._client.close()

    async def _copy_tombstones(self, old: int, new: int) -> None:
        async for rows in self._generations.scan(old, REMOVED):
            tombstones = [
                Ready(row["_id"], self._names.month(row["_index"]), row["_version"], b"")
                for row in rows
            ]
            await self._writing.bury((new,), tombstones)

    async def _documents(self, shared: Shared) -> AsyncIterator[Sequence[Document]]:
        async for rows in self._generations.scan(shared.reading, LIVING):
            yield [document_of(row, shared.fields) for row in rows]

    async def _declare(self) -> None:
        """Again where somebody else declared more meanwhile: the last template has all fields."""
        shared = await self._shared.change(lambda known: _with_fields(known, self._fields))
        while True:
            await self._generations.declare(shared)
            now, _ = await self._shared.read()
            if now == shared:
                return
            shared = now


def _make_ready(documents: Sequence[Document], fields: Fields) -> list[Ready | None]:
    return [make_ready(document, fields) for document in documents]


def _answers(ready: Sequence[Ready | None], stored: Iterable[Indexed]) -> list[Indexed]:
    """Of all, from the answers for those that were sent."""
    following = iter(stored)
    return [Indexed.REFUSED if each is None else next(following) for each in ready]


def _with_fields(known: Shared | None, fields: Mapping[str, FieldType]) -> Shared:
    if known is None:
        return Shared(fields, (1,), 1, {"1": version()})
    for name, type_ in fields.items():
        if known.fields.get(name, type_) != type_:
            raise ValueError(
                f"the field {name!r} is {known.fields[name]} in the index, not {type_}"
            )
    return Shared({**known.fields, **fields}, known.generations, known.latest, known.analyses)
