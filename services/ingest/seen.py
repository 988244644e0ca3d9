"""What was seen before: written after a mention is durable, so it can only advise."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from harken.domain.ids import MentionId, TenantId
from harken.domain.time import Instant
from harken.runtime.pulse import Pulse
from harken.store.changes import ChangeSet, PutNewer, StoreUnavailable
from harken.store.port import Store
from harken.store.schema.ingest import SEEN
from services.ingest.domain.novelty import Seen

_Key = tuple[TenantId, MentionId]

REMEMBERED = 50_000
"""Mentions kept in memory besides the store: most doubles come soon after the first."""
PER_CHANGE_SET = 500


class SeenBefore:
    """Knows at once, writes later: its worker carries news to the store in large change sets."""

    name = "ingest.seen"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recent: OrderedDict[_Key, Seen] = OrderedDict()
        self._unwritten: OrderedDict[_Key, Seen] = OrderedDict()

    async def known(self, tenant: TenantId, ids: Sequence[MentionId]) -> Mapping[MentionId, Seen]:
        found = {one: seen for one in ids if (seen := self._recent.get((tenant, one))) is not None}
        missing = [one for one in ids if one not in found]
        if missing:
            columns = (SEEN.c.mention, SEEN.c.digest, SEEN.c.revision, SEEN.c.at, SEEN.c.numbered)
            query = select(*columns)
            async with self._store.reading() as snapshot:
                rows = await snapshot.for_tenant(tenant).all(
                    query.where(SEEN.c.mention.in_(missing))
                )
            found |= {
                MentionId(row.mention): Seen(
                    row.digest, row.revision, Instant(row.at), bool(row.numbered)
                )
                for row in rows
            }
        return found

    def remember(self, tenant: TenantId, news: Mapping[MentionId, Seen]) -> None:
        for mention, seen in news.items():
            key = (tenant, mention)
            self._recent[key] = self._unwritten[key] = seen
            self._recent.move_to_end(key)
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)

    async def run(self, pulse: Pulse) -> None:
        while await pulse.sleep(0.2):
            await self._write(pulse)
        await self._write(pulse)

    async def _write(self, pulse: Pulse) -> None:
        while self._unwritten:
            batch = [self._unwritten.popitem(last=False) for _ in range(self._next_size())]
            change = ChangeSet(writes=[PutNewer(SEEN, self._row(key, seen)) for key, seen in batch])
            try:
                await self._store.submit(change)
            except StoreUnavailable:
                for key, seen in batch:
                    self._unwritten.setdefault(key, seen)
                return
            pulse.beat()

    def _next_size(self) -> int:
        return min(len(self._unwritten), PER_CHANGE_SET)

    def _row(self, key: _Key, seen: Seen) -> dict[str, object]:
        tenant, mention = key
        return {
            "tenant": tenant,
            "mention": mention,
            "digest": seen.digest,
            "revision": seen.revision,
            "numbered": int(seen.numbered),
            "at": seen.at,
        }
