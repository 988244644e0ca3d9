"""What a busy or strange cluster says of single items, which a real one can't be made to say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

import pytest
from elasticsearch import AsyncElasticsearch

from harken.search.elasticsearch import bulk
from harken.search.elasticsearch.bulk import BulkFailed, Write, send
from harken.search.port import Indexed, IndexUnavailable

REJECTED = {"type": "es_rejected_execution_exception", "reason": "the queue is full"}


class Cluster:
    """Answers each item with the status that its source names."""

    def __init__(self) -> None:
        self.requests: list[list[bytes]] = []

    async def bulk(self, *, operations: Sequence[bytes], **_: str) -> dict[str, Any]:
        self.requests.append(list(operations))
        statuses = [json.loads(source)["status"] for source in operations[1::2]]
        items = [{"index": {"_index": "i", "status": s, "error": REJECTED}} for s in statuses]
        return {"items": items}


def write(status: int = 201, size: int = 0) -> Write:
    return Write("i", "key", 1, json.dumps({"status": status, "fill": "x" * size}).encode())


async def sent(cluster: Cluster, *writes: Write) -> list[Indexed]:
    return await send(cast("AsyncElasticsearch", cluster), writes)


async def test_every_item_is_looked_at() -> None:
    answers = await sent(Cluster(), write(201), write(409), write(200))
    assert answers == [Indexed.STORED, Indexed.SUPERSEDED, Indexed.STORED]


@pytest.mark.parametrize("status", [429, 503, 500, 403])
async def test_one_item_that_a_busy_cluster_rejects_must_be_sent_again(status: int) -> None:
    with pytest.raises(IndexUnavailable, match="the queue is full") as raised:
        await sent(Cluster(), write(), write(status), write())
    assert raised.value.retry_after > 0


async def test_what_nobody_expects_is_loud() -> None:
    with pytest.raises(BulkFailed, match="the queue is full"):
        await sent(Cluster(), write(), write(404))


async def test_requests_are_bounded_and_split_no_document() -> None:
    cluster = Cluster()
    third = bulk.LARGEST // 3
    sizes = [third, third, 10, third, 2 * bulk.LARGEST, 10]
    assert await sent(cluster, *(write(size=size) for size in sizes)) == [Indexed.STORED] * 6
    assert [len(lines) // 2 for lines in cluster.requests] == [3, 1, 1, 1]
    assert await sent(cluster) == []
    assert len(cluster.requests) == 4
