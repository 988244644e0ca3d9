"""What a query would have matched lately, of what the router holds: read newest first, bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Row, Select, select, tuple_

from harken.domain.ids import TenantId
from harken.domain.mention import Change, Mention
from harken.domain.time import Duration, Instant, before
from harken.events.codec import decode_tagged
from harken.events.v1.tone_pb2 import TaggedMention
from harken.store.port import Store
from harken.store.schema.router import MENTIONS
from services.ingest.tracking import TrackerIndex

ROWS_AT_ONCE = 200
AT_ONCE = 2
"""Previews of this process at a time; others wait."""

_ONLY = "preview"


@dataclass(slots=True)
class Preview:
    """``since`` is how far back it looked; ``cut`` is why no further, "" where it got there."""

    since: Instant
    read: int = 0
    count: int = 0
    matched: list[Mention] = field(default_factory=list)
    cut: Literal["", "rows", "time"] = ""


class Previews:
    """``most_rows`` and ``seconds`` bound what one preview may read; ``monotonic`` gives seconds
    that never go back."""

    def __init__(
        self, store: Store, most_rows: int, seconds: float, monotonic: Callable[[], float]
    ) -> None:
        self._store = store
        self._most_rows = most_rows
        self._seconds = seconds
        self._monotonic = monotonic
        self._room = asyncio.Semaphore(AT_ONCE)

    async def of(self, tenant: TenantId, query: str, span: Duration, limit: int) -> Preview:
        """Raises `QueryError`. ``matched`` holds the newest ``limit``, ``count`` says of all."""
        async with self._room:
            index = await asyncio.to_thread(TrackerIndex, {_ONLY: query})
            async with self._store.reading() as snapshot:
                since = before(snapshot.now, span)
            found, last = Preview(since), None
            until = self._monotonic() + self._seconds
            while True:
                most = min(ROWS_AT_ONCE, self._most_rows - found.read)
                if most == 0 or self._monotonic() > until:
                    return _cut(found, last, "rows" if most == 0 else "time")
                async with self._store.reading() as snapshot:
                    rows = await snapshot.for_tenant(tenant).all(_next(since, last, most))
                await asyncio.to_thread(_look, rows, index, found, limit)
                if len(rows) < most:
                    return found
                last = rows[-1]


def _next(since: Instant, last: Row[Any] | None, most: int) -> Select[Any]:
    table = MENTIONS.c
    query = select(table.created_at, table.id, table.tagged).where(table.created_at >= since)
    if last is not None:
        place = tuple_(table.created_at, table.id)
        query = query.where(place < tuple_(last.created_at, last.id))
    return query.order_by(table.created_at.desc(), table.id.desc()).limit(most)


def _look(rows: Sequence[Row[Any]], index: TrackerIndex, found: Preview, limit: int) -> None:
    for row in rows:
        mention = read_tagged(row.tagged)
        if mention.change is Change.CONTENT and index.match(mention):
            found.count += 1
            if len(found.matched) < limit:
                found.matched.append(mention)
    found.read += len(rows)


def read_tagged(tagged: bytes) -> Mention:
    """The mention in what the router keeps of it."""
    return decode_tagged(TaggedMention.FromString(tagged)).mention


def _cut(found: Preview, last: Row[Any] | None, why: Literal["rows", "time"]) -> Preview:
    found.cut = why
    if last is not None:
        found.since = Instant(last.created_at)
    return found
