"""Removal: a tombstone in the document's own place, so that versions decide for ever.

A deleted document would be forgotten after ``gc_deletes``, and an older version would come back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from elasticsearch import AsyncElasticsearch

from harken.search.elasticsearch.layout import UNSEEN, Names
from harken.search.elasticsearch.shared import SharedState
from harken.search.elasticsearch.writing import Ready, Writing
from harken.search.fields import LARGEST
from harken.search.port import IndexUnavailable

_TOGETHER = 500


class Removing:
    def __init__(
        self, client: AsyncElasticsearch, names: Names, shared: SharedState, writing: Writing
    ) -> None:
        self._client = client
        self._names = names
        self._shared = shared
        self._writing = writing

    async def remove(self, keys: Sequence[str]) -> None:
        for at in range(0, len(keys), _TOGETHER):
            await self._remove(keys[at : at + _TOGETHER])

    async def _remove(self, keys: Sequence[str]) -> None:
        """Looks again after every change, until each generation has a tombstone of each: a newer
        version, or a new generation, may come at the same time."""
        await self._shared.place(dict.fromkeys(keys, UNSEEN))
        while True:
            shared, places = await self._shared.read(keys)
            living = await self._living(shared.generations, places)
            if not living:
                return
            await self._writing.bury(shared.generations, living)

    async def _living(self, generations: Sequence[int], places: Mapping[str, str]) -> list[Ready]:
        """What lacks a tombstone somewhere, with the newest version that is known of it."""
        wanted = [
            {"_index": self._names.index(n, month), "_id": key, "_source": ["removed"]}
            for key, month in places.items()
            for n in generations
        ]
        answer = iter((await self._client.mget(docs=wanted))["docs"])
        living = []
        for key, month in places.items():
            found = [each for each in islice(answer, len(generations)) if _found(each)]
            buried = [each for each in found if each["_source"]["removed"]]
            if len(buried) < len(generations):
                newest = max((each["_version"] for each in found), default=LARGEST)
                living.append(Ready(key, month, newest, b""))
        return living


def _found(item: Mapping[str, Any]) -> bool:
    """Raises `IndexUnavailable` where only the shard is away."""
    error = item.get("error")
    if error is not None and error["type"] != "index_not_found_exception":
        raise IndexUnavailable(f"Elasticsearch: {error['type']}: {error['reason']}")
    return bool(item.get("found"))
