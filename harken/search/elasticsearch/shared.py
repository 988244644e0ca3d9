"""What all processes that use an index share: its declared fields, which generations are written,
and in which month each id has its place. Read by id, so as it is now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch, BadRequestError, ConflictError, NotFoundError

from harken.search.elasticsearch.bulk import Write, send
from harken.search.elasticsearch.layout import STATE_MAPPINGS, Names
from harken.search.fields import FieldType
from harken.search.port import Indexed, IndexUnavailable

_SHARED = "shared"


class Shared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``generations`` are all written to, the first is read. ``latest`` is the greatest ever.

    ``analyses``: by which version of the analysis each generation was made."""

    fields: Mapping[str, FieldType]
    generations: tuple[int, ...]
    latest: int
    analyses: Mapping[str, str]

    @property
    def reading(self) -> int:
        return self.generations[0]


class SharedState:
    def __init__(self, client: AsyncElasticsearch, names: Names) -> None:
        self._client = client
        self._names = names

    async def prepare(self, replicas: int) -> None:
        try:
            await self._client.indices.create(
                index=self._names.state,
                mappings=STATE_MAPPINGS,
                settings={"number_of_shards": 1, "number_of_replicas": replicas},
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    async def read(self, keys: Collection[str] = ()) -> tuple[Shared, dict[str, str]]:
        """And the months of those keys that have a place. Raises `IndexUnavailable`, also where the
        state was removed from the cluster: that is no record's fault, and a person's to mend."""
        answer = await self._client.mget(index=self._names.state, ids=[_SHARED, *keys])
        state, *rows = answer["docs"]
        for each in answer["docs"]:
            if "error" in each:  # its shard is being recovered
                raise IndexUnavailable(f"Elasticsearch: {each['error'].get('reason')}")
        if not state["found"]:
            raise IndexUnavailable(f"{self._names.state} has no state: start a process anew")
        places = {row["_id"]: row["_source"]["month"] for row in rows if row["found"]}
        return msgspec.convert(state["_source"][_SHARED], Shared), places

    async def place(self, months: Mapping[str, str]) -> dict[str, str]:
        """Gives each key a place for ever. Whoever comes first decides: the months that hold."""
        rows = [
            Write(self._names.state, key, None, msgspec.json.encode({"month": month}))
            for key, month in months.items()
        ]
        outcomes = zip(months, await send(self._client, rows), strict=True)
        late = [key for key, outcome in outcomes if outcome is not Indexed.STORED]
        if not late:
            return dict(months)
        _, theirs = await self.read(late)
        return {**months, **theirs}

    async def change(self, change: Callable[[Shared | None], Shared]) -> Shared:
        """Given None at the very beginning; called again where somebody else was faster."""
        while True:
            options: dict[str, Any]
            try:
                found = await self._client.get(index=self._names.state, id=_SHARED)
            except NotFoundError:
                before, options = None, {"op_type": "create"}
            else:
                before = msgspec.convert(found["_source"][_SHARED], Shared)
                options = {
                    "if_seq_no": found["_seq_no"],
                    "if_primary_term": found["_primary_term"],
                }
            after = change(before)
            if after == before:
                return after
            document = {_SHARED: msgspec.to_builtins(after)}
            try:
                await self._client.index(
                    index=self._names.state, id=_SHARED, document=document, **options
                )
            except ConflictError:
                continue
            return after
