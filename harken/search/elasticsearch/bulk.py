"""Bulk requests of bounded size, and what became of every item in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from harken.search.elasticsearch.errors import passes
from harken.search.port import Indexed, IndexUnavailable

LARGEST = 4 * 1024 * 1024
"""Bytes of one request, unless a single document has more."""

_BUSY_PAUSE = 2.0
_UNFIT = (
    "document_parsing_exception",
    "illegal_argument_exception",
    "mapper_parsing_exception",
    "strict_dynamic_mapping_exception",
)


@dataclass(frozen=True, slots=True)
class Write:
    """An older or equal version than the one that is there loses; with ``repeatable`` only an
    older one does; without a version, every one after the first."""

    index: str
    key: str
    version: int | None
    source: bytes
    repeatable: bool = False


class BulkFailed(Exception):
    """Elasticsearch answered an item with what nobody here expects."""


async def send(client: AsyncElasticsearch, writes: Iterable[Write]) -> list[Indexed]:
    """One answer each, in order.

    Raises `IndexUnavailable` where any of them must be sent again; the others are stored then.
    """
    answers: list[Indexed] = []
    for part in _parts(writes):
        # The server waits for a shard that is away; longer than this the caller waits better.
        answer = await client.bulk(operations=part, timeout="5s")
        answers += [_outcome(*item.values()) for item in answer["items"]]
    return answers


def _parts(writes: Iterable[Write]) -> Iterator[Sequence[Any]]:
    """Lines of JSON, which the client passes on as they are."""
    part: list[bytes] = []
    size = 0
    for write in writes:
        if part and size + len(write.source) > LARGEST:
            yield part
            part, size = [], 0
        part += (_action(write), write.source)
        size += len(write.source)
    if part:
        yield part


def _action(write: Write) -> bytes:
    if write.version is None:
        return msgspec.json.encode({"create": {"_index": write.index, "_id": write.key}})
    action = {
        "_index": write.index,
        "_id": write.key,
        "version": write.version,
        "version_type": "external_gte" if write.repeatable else "external",
    }
    return msgspec.json.encode({"index": action})


def _outcome(item: Mapping[str, Any]) -> Indexed:
    status: int = item["status"]
    if status in (200, 201):
        return Indexed.STORED
    if status == 409:
        return Indexed.SUPERSEDED
    error = item["error"]
    why = f"{error['type']}: {error['reason']}"
    if status == 400 and error["type"] in _UNFIT:
        return Indexed.REFUSED
    # A month that a swap takes away at this moment is another one's the next time.
    if passes(status) or status in (401, 403) or error["type"] == "index_not_found_exception":
        raise IndexUnavailable(f"Elasticsearch took not all documents: {why}", _BUSY_PAUSE)
    raise BulkFailed(f"{status} for a document of {item['_index']}: {why}")
