"""Trackers as rows: reading them, and the writes that change them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from harken.domain.ids import TenantId
from harken.store.body import decode, encode
from harken.store.changes import Insert, Remove, Replace
from harken.store.port import Rows
from harken.store.schema.ingest import TRACKER_RATES, TRACKER_SETS, TRACKERS
from services.ingest.domain.tracker import Tracker


@dataclass(frozen=True, slots=True)
class TrackerSet:
    """All of a tenant's trackers: ``revision`` grows with each change of one of them."""

    revision: int = 0
    trackers: int = 0


async def find_tracker(rows: Rows, tracker: str) -> tuple[int, Tracker] | None:
    """Its revision and the tracker."""
    query = select(TRACKERS.c.revision, TRACKERS.c.body).where(TRACKERS.c.id == tracker)
    row = await rows.first(query)
    return None if row is None else (row.revision, decode(row.body, Tracker))


async def find_trackers(rows: Rows, wanted: Iterable[str]) -> dict[str, Tracker]:
    query = select(TRACKERS.c.id, TRACKERS.c.body).where(TRACKERS.c.id.in_(list(wanted)))
    return {row.id: decode(row.body, Tracker) for row in await rows.all(query)}


async def all_queries(rows: Rows) -> dict[str, str]:
    """Of a tenant, by tracker."""
    found = await rows.all(select(TRACKERS.c.id, TRACKERS.c.query))
    return {row.id: row.query for row in found}


async def changed_queries(rows: Rows, since: int) -> dict[str, str]:
    """Of those made or changed after this revision of the set."""
    query = select(TRACKERS.c.id, TRACKERS.c.query).where(TRACKERS.c.changed > since)
    return {row.id: row.query for row in await rows.all(query)}


async def find_set(rows: Rows) -> TrackerSet:
    row = await rows.first(select(TRACKER_SETS.c.revision, TRACKER_SETS.c.trackers))
    return TrackerSet() if row is None else TrackerSet(row.revision, row.trackers)


async def set_revisions(rows: Rows) -> Mapping[TenantId, int]:
    """Of every tenant that ever had a tracker."""
    found = await rows.all(select(TRACKER_SETS.c.tenant, TRACKER_SETS.c.revision))
    return {TenantId(row.tenant): row.revision for row in found}


def move_set(tenant: TenantId, current: TrackerSet, more: int) -> Replace:
    """Refused where another tracker of the tenant was changed meanwhile."""
    row = {
        "tenant": tenant,
        "revision": current.revision + 1,
        "trackers": current.trackers + more,
    }
    return Replace(TRACKER_SETS, row, current.revision)


def insert_tracker(tracker: Tracker, before: TrackerSet) -> Insert:
    """Goes with `move_set` from the same set."""
    return Insert(TRACKERS, _row(tracker, 1, before))


def replace_tracker(tracker: Tracker, expected: int, before: TrackerSet) -> Replace:
    return Replace(TRACKERS, _row(tracker, expected + 1, before), expected)


def remove_tracker(tenant: TenantId, tracker: str) -> tuple[Remove, Remove]:
    return (
        Remove(TRACKERS, {"tenant": tenant, "id": tracker}),
        Remove(TRACKER_RATES, {"tenant": tenant, "tracker": tracker}),
    )


def _row(tracker: Tracker, revision: int, before: TrackerSet) -> dict[str, object]:
    return {
        "tenant": tracker.tenant,
        "id": tracker.id,
        "revision": revision,
        "name": tracker.name,
        "query": tracker.query,
        "changed": before.revision + 1,
        "body": encode(tracker),
    }
