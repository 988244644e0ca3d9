"""Documents into the monthly indices of every generation that is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import msgspec
from elasticsearch import AsyncElasticsearch

from harken.search.analysis import analyse
from harken.search.documents import admit
from harken.search.elasticsearch.bulk import Write, send
from harken.search.elasticsearch.layout import Names, month
from harken.search.elasticsearch.shared import Shared, SharedState
from harken.search.fields import Fields
from harken.search.port import Document, Indexed

_TOMBSTONE = b'{"removed":true}'


@dataclass(frozen=True, slots=True)
class Ready:
    """A document with all that was made of it before it is sent."""

    key: str
    month: str
    version: int
    source: bytes


def key_of(tenant: str, kind: str, id_: str) -> str:
    """The engine's ids are shorter than ours may be."""
    return blake2b(msgspec.json.encode((tenant, kind, id_)), digest_size=20).hexdigest()


def make_ready(document: Document, fields: Fields) -> Ready | None:
    """None for a document that is refused."""
    admitted = admit(document, fields)
    if admitted is None:
        return None
    analysed = analyse(admitted.text, admitted.language)
    source = {
        "tenant": admitted.tenant,
        "kind": admitted.kind,
        "id": admitted.id,
        "at": admitted.at,
        "removed": False,
        "language": admitted.language,
        "text": admitted.text,
        "words": " ".join(analysed.words),
        "keys": analysed.keys,
        "fields": admitted.fields,
    }
    return Ready(
        key_of(admitted.tenant, admitted.kind, admitted.id),
        month(admitted.at),
        admitted.version,
        msgspec.json.encode(source),
    )


class Writing:
    def __init__(self, client: AsyncElasticsearch, names: Names, shared: SharedState) -> None:
        self._client = client
        self._names = names
        self._shared = shared

    async def store(self, ready: Sequence[Ready]) -> list[Indexed]:
        """A generation that began underway gets the documents too."""
        shared, placed = await self._placed(ready)
        answers = await self._write(shared.generations, placed)
        while (now := (await self._shared.read())[0]).generations != shared.generations:
            shared = now
            await self._write(shared.generations, placed)
        return answers

    async def copy(self, generation: int, ready: Sequence[Ready]) -> list[Indexed]:
        """Into one generation alone."""
        _, placed = await self._placed(ready)
        return await self._write((generation,), placed)

    async def bury(self, generations: Sequence[int], ready: Iterable[Ready]) -> None:
        """Tombstones in place of these versions; newer ones stay."""
        tombstones = [
            Write(self._names.index(n, each.month), each.key, each.version, _TOMBSTONE, True)
            for n in generations
            for each in ready
        ]
        await send(self._client, tombstones)

    async def _placed(self, ready: Sequence[Ready]) -> tuple[Shared, list[Ready]]:
        """A network may change its mind about when a post was made: its first time holds."""
        shared, places = await self._shared.read({each.key for each in ready})
        if new := {each.key: each.month for each in ready if each.key not in places}:
            places |= await self._shared.place(new)
        return shared, [replace(each, month=places[each.key]) for each in ready]

    async def _write(self, generations: Sequence[int], ready: Sequence[Ready]) -> list[Indexed]:
        """Answers for the generation that is read, the first."""
        writes = [
            Write(self._names.index(n, each.month), each.key, each.version, each.source)
            for n in generations
            for each in ready
        ]
        return (await send(self._client, writes))[: len(ready)]
