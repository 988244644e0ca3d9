"""The two ways to the same rows: counting here, or taking in what a Faust worker counted."""

from __future__ import annotations

from collections.abc import Sequence

from harken.domain.rates import Bucket
from harken.events.codec import decode_counts, decode_tagged
from harken.events.topics import MENTIONS_TAGGED, RATES, Topic
from harken.runtime.flow import InvalidRecord
from harken.runtime.stage import Decided, Received
from harken.store.changes import ChangeSet
from harken.store.port import Store
from services.router.domain.rates import counted, heard, larger
from services.router.rates.rows import grown, stored

COUNTING = "rates"
"""The group that counts: this stage, or the Faust application."""


class RateCounting:
    """Counts tagged mentions: the embedded edition's part of what Faust does elsewhere."""

    group = COUNTING
    topics: Sequence[Topic] = (MENTIONS_TAGGED,)

    def __init__(self, store: Store, batch: int) -> None:
        self.batch = batch
        self._store = store

    async def handle(self, batch: Sequence[Received]) -> Decided:
        new = []
        for received in batch:
            one = heard(decode_tagged(received.message))
            if one is not None:
                record = received.record
                bucket = Bucket(one.tenant, one.minute, record.partition)
                new.append((bucket, one, record.offset))
        if not new:
            return Decided()
        before = await stored(self._store, (bucket for bucket, _, _ in new))
        after = dict(before)
        for bucket, one, offset in new:
            after[bucket] = counted(after[bucket], one, offset)
        return Decided(ChangeSet(writes=[*grown(before, after)]))


class RateIntake:
    """Takes in partial counts, whoever sent them again and in whatever order."""

    group = "router.rates"
    topics: Sequence[Topic] = (RATES,)

    def __init__(self, store: Store, batch: int) -> None:
        self.batch = batch
        self._store = store

    async def handle(self, batch: Sequence[Received]) -> Decided:
        new = [decode_counts(received.message) for received in batch]
        for received, counts in zip(batch, new, strict=True):
            if not counts.bucket.tenant:
                raise InvalidRecord(received.record, "counts without a tenant")
        before = await stored(self._store, (counts.bucket for counts in new))
        after = dict(before)
        for counts in new:
            after[counts.bucket] = larger(after[counts.bucket], counts)
        return Decided(ChangeSet(writes=[*grown(before, after)]))
