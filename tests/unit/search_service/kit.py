"""The search service over a real store and an index in dicts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harken.domain.case import Case
from harken.domain.facts import PlacedMention, TaggedMention
from harken.domain.ids import CaseId
from harken.domain.mention import Mention
from harken.domain.reply import Reply
from harken.domain.roles import Role
from harken.domain.time import Instant
from harken.events.codec import encode_mention, encode_reply, encode_work, place, tag
from harken.events.topics import REPLIES, WORK
from harken.log.port import Record
from harken.runtime.service import Service
from harken.runtime.stage import Received
from harken.store.sqlite import SqliteStore
from harken.testing.api import Api, api_in, bearer
from harken.testing.builders import severity, tone
from harken.testing.fakes.search_index import FakeSearchIndex
from services.search.api import search_routes
from services.search.copies_api import copies_routes
from services.search.documents import FIELDS
from services.search.stage import Indexer


@dataclass(slots=True)
class SearchKit:
    api: Api
    index: FakeSearchIndex
    indexer: Indexer
    token: str

    async def take(self, *facts: Mention | Case | Reply) -> None:
        """What a runner does with a batch: handle it, then submit what was decided."""
        decided = await self.indexer.handle(received(facts))
        await self.api.store.submit(decided.change)

    async def get(self, path: str, status: int = 200) -> Any:
        answer = await self.api.client.get(path, headers=bearer(self.token))
        assert answer.status_code == status, answer.text
        return answer.json()


def received(facts: Sequence[Mention | Case | Reply]) -> list[Received]:
    return [
        Received(
            Record(
                REPLIES.name if isinstance(fact, Reply) else WORK.name,
                0,
                offset,
                b"",
                b"",
                (),
                Instant(0),
            ),
            _message(fact),
        )
        for offset, fact in enumerate(facts)
    ]


def _message(fact: Mention | Case | Reply) -> object:
    if isinstance(fact, Reply):
        return encode_reply(fact)
    if isinstance(fact, Case):
        return encode_work(fact)
    placed = PlacedMention(
        TaggedMention(fact, tone(), fact.received_at), CaseId("case-1"), severity()
    )
    tagged = tag(encode_mention(fact), placed.tagged.tone, fact.received_at)
    return place(tagged, placed.case, placed.severity)


@pytest.fixture
async def search(tmp_path: Path) -> AsyncIterator[SearchKit]:
    index = FakeSearchIndex(FIELDS)

    def services(store: SqliteStore) -> list[Service]:
        return [Service("search", [search_routes(index, store), copies_routes(index, store)])]

    async with api_in(tmp_path, services) as api:
        indexer = Indexer(api.store, index, batch=100)
        yield SearchKit(api, index, indexer, await api.key(Role.AGENT))
