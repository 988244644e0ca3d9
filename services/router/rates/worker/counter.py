"""Counts what the application received: a batch's counts become durable, then it is acknowledged.

While one batch is written the next gathers, so that many mentions of a minute are one record.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence

from harken.clock import Clock
from harken.domain.rates import Bucket, PartialCounts
from harken.domain.time import Instant
from harken.events.codec import decode_counts, decode_tagged, encode_counts, parse
from harken.events.keys import bucket_key, bucket_of
from harken.events.topics import MENTIONS_TAGGED, Payload
from harken.events.v1 import rates_pb2, tone_pb2
from harken.telemetry import metrics
from harken.telemetry.logs import Log
from services.router.domain.rates import counted, forgotten, heard
from services.router.rates.stages import COUNTING
from services.router.rates.worker.application import Application, Event

_log = Log(__name__)

TOGETHER = 500
"""The most events of one batch."""
SWEEP_SECONDS = 300.0


class Counter:
    """``next`` of each partition is the offset after the last record that was counted, of those
    that followed each other from `Application.begun` on."""

    def __init__(
        self, application: Application, events: asyncio.Queue[Event], clock: Clock
    ) -> None:
        self._application = application
        self._table = application.table
        self._events = events
        self._clock = clock
        self._newest: dict[int, Instant] = {}
        self._swept = time.monotonic()
        self._begun: Mapping[int, int] = {}
        self._taken: dict[int, int] = {}
        self.next: dict[int, int] = {}
        self.batches = 0

    def at(self, partition: int) -> int | None:
        """The offset that is counted next; None before that is known."""
        begun = self._application.begun
        counted = self.next if begun is self._begun else {}
        return counted.get(partition, begun.get(partition))

    async def run(self) -> None:
        """Until it is cancelled. Raises what kept counts from becoming durable."""
        while True:
            batch = [await self._events.get()]
            while not self._events.empty() and len(batch) < TOGETHER:
                batch.append(self._events.get_nowait())
            started = time.monotonic()
            await self._count(batch)
            metrics.BATCH_SECONDS.labels(COUNTING).observe(time.monotonic() - started)
            if time.monotonic() - self._swept > SWEEP_SECONDS:
                self._swept = time.monotonic()
                self.sweep()

    async def _count(self, batch: Sequence[Event]) -> None:
        current = [event for event in batch if self._current(event) and self._follows(event)]
        if not current:
            return
        grown: dict[Bucket, PartialCounts] = {}
        for event in current:
            self._take(event, grown)
        for bucket, counts in grown.items():
            self._table[bucket_key(bucket)] = encode_counts(counts).SerializeToString()
        sent, self._table.sent = self._table.sent, []
        await asyncio.gather(*sent)
        # Where partitions moved meanwhile, their counts may have been read without these.
        for event in filter(self._current, current):
            event.ack()
            partition, offset = event.message.partition, event.message.offset
            self.next[partition] = max(self.next.get(partition, 0), offset + 1)
        self.batches += 1
        metrics.BATCH_RECORDS.labels(COUNTING).observe(len(current))

    def _current(self, event: Event) -> bool:
        """What came before partitions were shared out anew comes again, if it is still ours."""
        return bool(event.message.generation_id == self._application.generation)

    def _follows(self, event: Event) -> bool:
        """Faust may pass over records while partitions move, and give later ones before it goes
        back. Counted, these would make the others look like repeats: they come again, too."""
        if self._begun is not self._application.begun:
            self._begun = self._application.begun
            self._taken = dict(self._begun)
            self.next.clear()
        partition, offset = event.message.partition, event.message.offset
        expected = self._taken.get(partition)
        if expected is None or offset > expected:
            return False
        self._taken[partition] = max(expected, offset + 1)
        return True

    def _take(self, event: Event, grown: dict[Bucket, PartialCounts]) -> None:
        """Nothing may be raised: the record would come for ever. The router's own stage, which
        reads the same records, dead-letters what cannot be read."""
        outcome = "handled"
        try:
            self._add(event, grown)
        except Exception as error:  # noqa: BLE001
            outcome = "failed"
            at, offset = event.message.partition, event.message.offset
            _log.error("mention not counted", error, partition=at, offset=offset)
        metrics.RECORDS.labels(COUNTING, MENTIONS_TAGGED.name, outcome).inc()
        age = max(self._clock.now() / 1_000_000 - event.message.timestamp, 0.0)
        metrics.RECORD_AGE.labels(COUNTING, MENTIONS_TAGGED.name).observe(age)

    def _add(self, event: Event, grown: dict[Bucket, PartialCounts]) -> None:
        message = parse(Payload.TAGGED_MENTION, event.message.value or b"")
        assert isinstance(message, tone_pb2.TaggedMention)  # noqa: S101
        tagged = decode_tagged(message)
        partition = event.message.partition
        newest = self._newest.get(partition, tagged.mention.received_at)
        self._newest[partition] = max(newest, tagged.mention.received_at)
        one = heard(tagged)
        if one is None:
            return
        bucket = Bucket(one.tenant, one.minute, partition)
        known = grown.get(bucket) or self._known(bucket)
        now = counted(known, one, event.message.offset)
        if now is not known:
            grown[bucket] = now

    def _known(self, bucket: Bucket) -> PartialCounts:
        row = self._table.get(bucket_key(bucket))
        if row is None:
            return PartialCounts(bucket)
        return decode_counts(rates_pb2.PartialCounts.FromString(row))

    def sweep(self) -> None:
        """Forgets minutes that nothing is expected for, and what others count now. Only here: the
        topic removes them in its own time."""
        held = self._application.held()
        for key in list(self._table):
            bucket = bucket_of(key)
            newest = self._newest.get(bucket.partition)
            if bucket.partition not in held or (newest and forgotten(bucket.minute, newest)):
                self._table.data.pop(key, None)
