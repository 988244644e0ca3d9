"""The states of sources as rows, each with the cursor from which its source is read on."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Row, select

from harken.channels.port import Source
from harken.store.body import decode, encode
from harken.store.changes import Replace, Statement, Write
from harken.store.port import Rows
from harken.store.schema.ingest import SOURCE_STATES, SOURCES
from services.ingest.sources import SourceState


class Kept(NamedTuple):
    """``revision`` 0: there is no row yet."""

    revision: int = 0
    cursor: str = ""
    state: SourceState = SourceState()


async def find_state(rows: Rows, source: str) -> Kept:
    query = select(SOURCE_STATES).where(SOURCE_STATES.c.id == source)
    row: Row[Any] | None = await rows.first(query)
    if row is None:
        return Kept()
    return Kept(row.revision, row.cursor, decode(row.body, SourceState))


def keep(source: Source, kept: Kept) -> list[Write]:
    """``kept.revision`` is the next one; refused where the source was deleted meanwhile."""
    row = {
        "tenant": source.tenant,
        "id": source.id,
        "revision": kept.revision,
        "cursor": kept.cursor,
        "body": encode(kept.state),
    }
    writes: list[Write] = [Replace(SOURCE_STATES, row, kept.revision - 1)]
    if kept.revision == 1:
        writes.append(Statement(_still_there(source), rows=1))
    return writes


def _still_there(source: Source) -> Any:
    own = (SOURCES.c.tenant == source.tenant) & (SOURCES.c.id == source.id)
    return SOURCES.update().where(own).values(kind=source.kind)
