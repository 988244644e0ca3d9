"""Changing a tenant's trackers: their number is bounded, and each change is matched at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from harken.domain.ids import TenantId
from harken.http.etag import check_match
from harken.http.problem import conflict, not_found, unavailable
from harken.store.changes import AlreadyExists, ChangeSet, RevisionConflict, Write
from harken.store.port import Rows, Store
from harken.store.schema.ingest import TRACKERS
from services.ingest.domain.tracker import Tracker
from services.ingest.trackers.rows import (
    TrackerSet,
    find_set,
    find_tracker,
    insert_tracker,
    move_set,
    remove_tracker,
    replace_tracker,
)

TRIES = 5
"""Changes of a tenant's trackers come one after the other, in this process because they wait for
each other; who was overtaken by another process tries again."""

Kept = tuple[int, Tracker]
Changed = Callable[[], Awaitable[None]]
Writes = Callable[[Rows, TrackerSet], Awaitable[tuple[int, Sequence[Write]]]]
"""How many trackers there are more, and the writes that make it so."""


class TrackerChanges:
    """``limit`` is how many trackers a tenant may have. ``changed`` is awaited after a change."""

    def __init__(self, store: Store, changed: Changed, limit: int) -> None:
        self._store = store
        self._changed = changed
        self._limit = limit
        self._one = asyncio.Lock()

    async def create(self, tracker: Tracker, first: Sequence[Write]) -> None:
        """``first`` are writes of the request's own. Raises the problems 409."""

        async def writes(_: Rows, current: TrackerSet) -> tuple[int, Sequence[Write]]:
            return 1, [*first, insert_tracker(tracker, current)]

        await self._apply(tracker.tenant, writes)

    async def change(
        self, tenant: TenantId, id_: str, match: int | None, edit: Callable[[Tracker], Tracker]
    ) -> Kept:
        """The new revision and tracker. Raises the problems 404, 409 and 412."""
        kept: list[Kept] = []

        async def writes(rows: Rows, current: TrackerSet) -> tuple[int, Sequence[Write]]:
            revision, tracker = await known_tracker(rows, id_)
            check_match(match, revision)
            edited = edit(tracker)
            kept[:] = [(revision + 1, edited)]
            return 0, [replace_tracker(edited, revision, current)]

        await self._apply(tenant, writes)
        return kept[0]

    async def delete(self, tenant: TenantId, id_: str) -> None:
        """Raises the problem 404."""

        async def writes(rows: Rows, _: TrackerSet) -> tuple[int, Sequence[Write]]:
            await known_tracker(rows, id_)
            return -1, remove_tracker(tenant, id_)

        await self._apply(tenant, writes)

    async def _apply(self, tenant: TenantId, writes: Writes) -> None:
        async with self._one:
            for _ in range(TRIES):
                with suppress(RevisionConflict):
                    await self._try(tenant, writes)
                    break
            else:
                raise unavailable("Others change trackers too.", retry_after=1.0)
        await self._changed()

    async def _try(self, tenant: TenantId, writes: Writes) -> None:
        async with self._store.reading() as snapshot:
            rows = snapshot.for_tenant(tenant)
            current = await find_set(rows)
            more, wanted = await writes(rows, current)
        if more > 0 and current.trackers >= self._limit:
            raise conflict("too-many-trackers", f"There are {self._limit} trackers already.")
        change = ChangeSet(writes=[*wanted, move_set(tenant, current, more)])
        try:
            await self._store.submit(change)
        except AlreadyExists as error:
            if error.table != TRACKERS.name:
                raise
            raise conflict("already-exists", "There is a tracker of this name.") from None


async def known_tracker(rows: Rows, tracker: str) -> Kept:
    """Raises the problem 404."""
    found = await find_tracker(rows, tracker)
    if found is None:
        raise not_found("tracker")
    return found
