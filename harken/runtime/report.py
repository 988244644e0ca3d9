"""What a stage says of itself: one canonical line for each record, and its metrics."""

from __future__ import annotations

from collections.abc import Sequence

from harken.clock import Clock
from harken.log.port import EventLog, LogUnavailable
from harken.runtime.batch import Batch, Item
from harken.runtime.positions import Positions
from harken.telemetry import metrics
from harken.telemetry.errors import describe
from harken.telemetry.fields import Fields
from harken.telemetry.logs import Log
from harken.telemetry.tracing import trace_id

_log = Log("harken.runtime.stage")
LAG_SECONDS = 5.0


class StageReport:
    def __init__(self, group: str, clock: Clock) -> None:
        self._group = group
        self._clock = clock

    def committed(self, batch: Batch, seconds: float) -> None:
        metrics.BATCH_SECONDS.labels(self._group).observe(seconds)
        metrics.BATCH_RECORDS.labels(self._group).observe(len(batch.items))
        for item in batch.items:
            if item.condemned:
                metrics.DEAD_LETTERS.labels(self._group, item.record.topic).inc()
            self._one(item, "dead_lettered" if item.condemned else "handled", seconds, batch)

    def passed_over(self, items: Sequence[Item], positions: Positions) -> None:
        """These turned out to be done by an earlier attempt, or to be another consumer's."""
        held = set(positions.held)
        for item in items:
            self._one(item, "handled" if item.record.place in held else "dropped", 0.0)

    def trouble(self, error: Exception, batch: Batch, what: str, retry_after: float = 0.0) -> None:
        kind = type(error).__name__
        metrics.RETRIES.labels(self._group, kind).inc()
        first = batch.items[0].record
        _log.warning(
            what,
            group=self._group,
            topic=first.topic,
            partition=first.partition,
            offset=first.offset,
            batch=len(batch.items),
            attempt=batch.attempts + batch.failures + batch.conflicts,
            retry_after=round(retry_after, 3),
            error=describe(error),
        )

    async def lag(self, log: EventLog, topics: Sequence[str], positions: Positions) -> None:
        try:
            ends = await log.ends(topics)
        except LogUnavailable:
            return
        for place in positions.held:
            behind = ends.get(place, 0) - (positions.next(place) or 0)
            labels = (self._group, place.topic, str(place.partition))
            metrics.LAG.labels(*labels).set(max(behind, 0))

    def _one(self, item: Item, outcome: str, seconds: float, batch: Batch | None = None) -> None:
        record = item.record
        age = max(self._clock.now() - record.published_at, 0) / 1_000_000
        metrics.RECORDS.labels(self._group, record.topic, outcome).inc()
        metrics.RECORD_AGE.labels(self._group, record.topic).observe(age)
        item.span.end(outcome)
        fields: Fields = {
            "group": self._group,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "outcome": outcome,
            "age_seconds": round(age, 6),
            "seconds": round(seconds, 6),
            "batch": 1 if batch is None else len(batch.items),
        }
        if item.span.parent:
            fields["trace_id"] = trace_id(item.span.parent)
        say = _log.warning if outcome == "dead_lettered" else _log.info
        say("record", **fields)
