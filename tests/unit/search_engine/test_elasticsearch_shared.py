"""What all processes share is read as it is, or not at all: never taken for missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest
from elasticsearch import AsyncElasticsearch

from harken.search.elasticsearch.layout import Names
from harken.search.elasticsearch.shared import SharedState
from harken.search.port import IndexUnavailable

STATE = {"shared": {"fields": {}, "generations": [1], "latest": 1, "analyses": {"1": "a"}}}
FOUND = {"found": True, "_id": "shared", "_source": STATE}
RECOVERING = {"_id": "k", "error": {"type": "no_shard_available", "reason": "recovering"}}


class Answering:
    """A client whose every answer is this one."""

    def __init__(self, *docs: Mapping[str, Any]) -> None:
        self._docs = docs

    async def mget(self, **_: Any) -> Mapping[str, Any]:
        return {"docs": self._docs}


def shared(*docs: Mapping[str, Any]) -> SharedState:
    return SharedState(cast("AsyncElasticsearch", Answering(*docs)), Names("harken"))


@pytest.mark.parametrize("docs", [(RECOVERING,), (FOUND, RECOVERING)], ids=["state", "a place"])
async def test_a_shard_that_is_being_recovered_is_waited_for(docs: Any) -> None:
    with pytest.raises(IndexUnavailable, match="recovering"):
        await shared(*docs).read(["k"])


async def test_a_state_that_was_removed_is_nobodys_record_to_condemn() -> None:
    with pytest.raises(IndexUnavailable, match="has no state"):
        await shared({"found": False, "_id": "shared"}).read()


async def test_keys_without_a_place_are_left_out() -> None:
    place = {"found": True, "_id": "k", "_source": {"month": "2026-11"}}
    state, places = await shared(FOUND, place, {"found": False, "_id": "l"}).read(["k", "l"])
    assert (state.reading, places) == (1, {"k": "2026-11"})
