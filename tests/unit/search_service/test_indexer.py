"""The indexer: snapshots in any order, the newest wins, what was erased stays away."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from harken.domain.case import CaseState
from harken.store.changes import ChangeSet, Insert
from harken.store.schema.infrastructure import TOMBSTONES
from harken.store.schema.search import CASE_FACTS
from harken.testing.api import TENANT
from harken.testing.builders import case, edited, mention, reply, retraction
from tests.unit.search_service.kit import SearchKit

SAID = mention("My kettle leaks", tenant=TENANT)


async def total(search: SearchKit, query: str) -> int:
    found = await search.get(f"/v1/search?{query}")
    count: int = found["total"]
    return count


async def test_mentions_cases_and_replies_are_found(search: SearchKit) -> None:
    await search.take(SAID, case(SAID), reply(SAID))
    assert await total(search, "q=kettles&kind=mention") == 1
    assert await total(search, "kind=case&filter=state:queued") == 1
    assert await total(search, "q=sorry&kind=reply") == 1
    assert await total(search, "") == 3


async def test_an_older_snapshot_never_wins(search: SearchKit) -> None:
    newer = replace(case(SAID), revision=5, state=CaseState.RESOLVED)
    await search.take(newer, case(SAID))
    await search.take(case(SAID))
    assert await total(search, "kind=case&filter=state:resolved") == 1
    assert await total(search, "kind=case&filter=state:queued") == 0
    async with search.api.store.reading() as snapshot:
        [row] = await snapshot.for_tenant(TENANT).all(select(CASE_FACTS.c.revision))
    assert row.revision == 5


async def test_an_edit_replaces_the_text_and_a_retraction_removes_it(search: SearchKit) -> None:
    await search.take(SAID)
    await search.take(edited(SAID, "My toaster leaks"))
    assert await total(search, "q=kettle") == 0
    assert await total(search, "q=toaster") == 1
    await search.take(retraction(edited(SAID, "")))
    assert await total(search, "kind=mention") == 0
    await search.take(SAID)
    assert await total(search, "kind=mention") == 0


async def test_what_was_erased_stays_away(search: SearchKit) -> None:
    tombstone = {"tenant": TENANT, "kind": "mention", "id": SAID.id, "at": 1}
    await search.api.store.submit(ChangeSet(writes=[Insert(TOMBSTONES, tombstone)]))
    await search.take(SAID)
    assert await total(search, "") == 0


async def test_the_same_batch_again_changes_nothing(search: SearchKit) -> None:
    facts = (SAID, case(SAID), reply(SAID))
    await search.take(*facts)
    await search.take(*facts)
    assert await total(search, "") == 3
