"""A new generation beside the one that is read, then a swap: nobody waits, nothing is missed.

From the moment when the shared state names the new generation, every write goes to both. Then the
tombstones and the documents are brought in; an older version never replaces what came meanwhile.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from elasticsearch import AsyncElasticsearch, NotFoundError

from harken.search.elasticsearch.layout import Names, mappings, template
from harken.search.elasticsearch.reading import NOT_SHOWN
from harken.search.elasticsearch.selection import Condition
from harken.search.elasticsearch.shared import Shared, SharedState
from harken.search.port import RebuildOvertaken

_STEP = 500
_KEEP_ALIVE = "5m"
REMOVED: Condition = {"term": {"removed": True}}


class Generations:
    def __init__(
        self, client: AsyncElasticsearch, names: Names, shared: SharedState, replicas: int
    ) -> None:
        self._client = client
        self._names = names
        self._shared = shared
        self._replicas = replicas

    async def put_template(self, shared: Shared, generation: int, *, read: bool) -> None:
        aliases = [self._names.written, *([self._names.alias] if read else [])]
        await self._client.indices.put_index_template(
            name=self._names.template(generation),
            index_patterns=[self._names.pattern(generation)],
            template=template(shared.fields, self._replicas, aliases),
        )

    async def declare(self, shared: Shared) -> None:
        """The fields, to months to come and to those that are there."""
        await self._put_templates(shared)
        known = await self._indices()
        written = [n for n in known if self._names.generation(n) in shared.generations]
        if written:
            await self._client.indices.put_mapping(index=written, **mappings(shared.fields))

    async def begin(self, analysis: str) -> Shared:
        """With the generation that is read, and the new one. An unfinished one is given up."""
        await self.settle()
        shared, _ = await self._shared.read()
        await self.put_template(shared, shared.latest + 1, read=False)
        begun = await self._shared.change(lambda known: _begun(known, analysis))
        if begun.latest != shared.latest + 1:
            await self.put_template(begun, begun.latest, read=False)
        return begun

    async def swap(self, generation: int) -> None:
        """The state says it first, so whoever comes after a crash completes it.

        Raises `RebuildOvertaken`."""
        await self._shared.change(lambda known: _swapped(known, generation))
        await self.settle()

    async def settle(self) -> None:
        """Lets searches see the generation that the state says is read, all in one step, and
        removes those before it."""
        shared, _ = await self._shared.read()
        while True:
            await self._put_templates(shared)
            await self._point_to(shared.reading)
            now = await self._shared.change(_settled)
            if now == shared:
                break
            shared = now
        await self._sweep(shared)

    async def scan(self, generation: int, wanted: Condition) -> AsyncIterator[list[dict[str, Any]]]:
        """All of one generation as it is now, through a point in time."""
        pattern = self._names.pattern(generation)
        await self._client.indices.refresh(index=pattern)
        pit = (
            await self._client.open_point_in_time(
                index=pattern, keep_alive=_KEEP_ALIVE, ignore_unavailable=True
            )
        )["id"]
        try:
            after: list[Any] | None = None
            while True:
                found = await self._client.search(
                    pit={"id": pit, "keep_alive": _KEEP_ALIVE},
                    query=wanted,
                    sort=[{"_shard_doc": "asc"}],
                    size=_STEP,
                    search_after=after,
                    version=True,
                    source_excludes=NOT_SHOWN,
                    allow_partial_search_results=False,
                )
                rows: list[dict[str, Any]] = found["hits"]["hits"]
                if not rows:
                    return
                yield rows
                pit, after = found["pit_id"], rows[-1]["sort"]
        finally:
            await self._client.close_point_in_time(id=pit)

    async def _put_templates(self, shared: Shared) -> None:
        for generation in shared.generations:
            await self.put_template(shared, generation, read=generation == shared.reading)

    async def _point_to(self, generation: int) -> None:
        actions: list[Mapping[str, Any]] = []
        for index, searched in (await self._indices()).items():
            wanted = self._names.generation(index) == generation
            if wanted != searched:
                action = "add" if wanted else "remove"
                actions.append({action: {"index": index, "alias": self._names.alias}})
        if actions:
            await self._client.indices.update_aliases(actions=actions)

    async def _indices(self) -> dict[str, bool]:
        """And whether each is searched."""
        found = await self._client.indices.get_alias(index=self._names.any_index)
        return {
            name: self._names.alias in described["aliases"]
            for name, described in found.items()
            if self._names.owns(name)
        }

    async def _sweep(self, shared: Shared) -> None:
        def is_past(name: str) -> bool:
            generation = self._names.generation(name)
            return generation < shared.latest and generation not in shared.generations

        for index in filter(is_past, await self._indices()):
            await self._client.indices.delete(index=index, ignore_unavailable=True)
        for name in filter(is_past, await self._templates()):
            with contextlib.suppress(NotFoundError):
                await self._client.indices.delete_index_template(name=name)

    async def _templates(self) -> list[str]:
        found = await self._client.indices.get_index_template(name=self._names.any_template)
        names = (each["name"] for each in found["index_templates"])
        return [name for name in names if self._names.owns(name)]


def _begun(known: Shared | None, analysis: str) -> Shared:
    assert known is not None  # noqa: S101 - it was read a moment ago, and is never removed
    new = known.latest + 1
    made = {str(known.reading): known.analyses[str(known.reading)], str(new): analysis}
    return Shared(known.fields, (known.reading, new), new, made)


def _swapped(known: Shared | None, generation: int) -> Shared:
    """The former one is written until nobody reads it."""
    assert known is not None  # noqa: S101 - as above
    former, *rest = known.generations
    if rest != [generation]:
        raise RebuildOvertaken(f"generation {known.latest} is being made, or was")
    return Shared(known.fields, (generation, former), known.latest, known.analyses)


def _settled(known: Shared | None) -> Shared:
    assert known is not None  # noqa: S101 - as above
    kept = tuple(each for each in known.generations if each >= known.reading)
    made = {str(each): known.analyses[str(each)] for each in kept}
    return Shared(known.fields, kept, known.latest, made)
