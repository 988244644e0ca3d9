"""Positions are of one log: in another, the same numbers point at other records, or at none."""

from __future__ import annotations

from sqlalchemy import delete, select

from harken.events.topics import TOPICS
from harken.runtime.starting import CannotStart
from harken.store.changes import ChangeSet, InsertOnce, Put, Statement
from harken.store.port import Store
from harken.store.schema.infrastructure import LOG_IDENTITY, POSITIONS

_LOG = "events"


async def check_identity(store: Store, identity: str) -> None:
    """The first log that is seen is the one. Raises `CannotStart` for another."""
    stored = await _stored(store)
    if stored is None:
        await store.submit(ChangeSet(writes=[InsertOnce(LOG_IDENTITY, _row(identity))]))
        stored = await _stored(store)
    if stored != identity:
        raise CannotStart(
            f"the stored positions are of the log {stored}, this is {identity}: put the former"
            " back, or begin this one anew by `harken topics adopt`"
        )


async def adopt(store: Store, identity: str) -> None:
    """Its positions are the log's from now on, and every group reads it from the beginning."""
    forgotten = delete(POSITIONS).where(POSITIONS.c.topic.in_(list(TOPICS)))
    await store.submit(ChangeSet(writes=[Put(LOG_IDENTITY, _row(identity)), Statement(forgotten)]))


async def _stored(store: Store) -> str | None:
    async with store.reading() as snapshot:
        row = await snapshot.across_tenants().first(select(LOG_IDENTITY.c.identity))
    return None if row is None else str(row.identity)


def _row(identity: str) -> dict[str, str]:
    return {"log": _LOG, "identity": identity}
