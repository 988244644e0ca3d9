"""What was seen before: written after a mention is durable, so it can only advise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from sqlalchemy import select

from harken.domain.ids import MentionId, TenantId
from harken.domain.time import Instant
from harken.runtime.pulse import Pulse
from harken.store.changes import ChangeSet, PutNewer, StoreUnavailable
from harken.store.port import Store
from harken.store.schema.ingest import SEEN
from services.ingest.domain.novelty import Seen

_Key = tuple[TenantId, MentionId]

PER_CHANGE_SET = 500


class SeenBefore:
    """Knows at once, writes later: its worker carries news to the store in large change sets."""

    name = "ingest.seen"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._unwritten: dict[_Key, Seen] = {}

    async def known(self, tenant: TenantId, ids: Sequence[MentionId]) -> Mapping[MentionId, Seen]:
        """What other processes took in is in the store; what we did may not be there yet."""
        if not ids:
            return {}
        # First, or what is written meanwhile would be in neither.
        ours = {one: seen for one in ids if (seen := self._unwritten.get((tenant, one)))}
        columns = (SEEN.c.mention, SEEN.c.digest, SEEN.c.revision, SEEN.c.at, SEEN.c.numbered)
        query = select(*columns).where(SEEN.c.mention.in_(list(ids)))
        async with self._store.reading() as snapshot:
            rows = await snapshot.for_tenant(tenant).all(query)
        found = {
            MentionId(row.mention): Seen(
                row.digest, row.revision, Instant(row.at), bool(row.numbered)
            )
            for row in rows
        }
        for one, seen in ours.items():
            if one not in found or found[one].revision < seen.revision:
                found[one] = seen
        return found

    def remember(self, tenant: TenantId, news: Mapping[MentionId, Seen]) -> None:
        self._unwritten |= {(tenant, mention): seen for mention, seen in news.items()}

    async def run(self, pulse: Pulse) -> None:
        while await pulse.sleep(0.2):
            await self._write(pulse)
        await self._write(pulse)

    async def _write(self, pulse: Pulse) -> None:
        while batch := dict(islice(self._unwritten.items(), PER_CHANGE_SET)):
            writes = [PutNewer(SEEN, self._row(key, seen)) for key, seen in batch.items()]
            try:
                await self._store.submit(ChangeSet(writes=[*writes]))
            except StoreUnavailable:
                return
            for key, seen in batch.items():
                if self._unwritten[key] is seen:  # else there is news of it already
                    del self._unwritten[key]
            pulse.beat()

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
