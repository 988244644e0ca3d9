"""What a stage says of itself: one canonical line for each record, and its metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harken.clock import Clock
from harken.log.port import EventLog, TopicPartition
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
        self._lagging: frozenset[TopicPartition] = frozenset()

    def committed(self, batch: Batch, seconds: float) -> None:
        metrics.BATCH_SECONDS.labels(self._group).observe(seconds)
        metrics.BATCH_RECORDS.labels(self._group).observe(len(batch.items))
        for item in batch.items:
            if item.condemned:
                metrics.DEAD_LETTERS.labels(self._group, item.record.topic).inc()
        ended = [("dead_lettered" if item.condemned else "handled", item) for item in batch.items]
        self._tell(ended, seconds)

    def passed_over(self, items: Sequence[Item], positions: Positions) -> None:
        """These turned out to be done by an earlier attempt, or to be another consumer's."""
        held = set(positions.held)
        self._tell([("handled" if one.record.place in held else "dropped", one) for one in items])

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

    async def lag(self, log: EventLog, topics: Sequence[str], positions: Positions) -> bool:
        """Whether records wait behind the stored positions. Raises `LogUnavailable`."""
        ends = await log.ends(topics)
        waiting, held = False, frozenset(positions.held)
        for place in held:
            position = positions.next(place)
            behind = max(ends.get(place, 0) - (position or 0), 0)
            metrics.LAG.labels(*self._labels(place)).set(behind)
            # Without a position they may all have aged out.
            waiting = waiting or (position is not None and behind > 0)
        # Whoever holds them now tells of them; two figures for one partition mislead.
        for place in self._lagging - held:
            metrics.LAG.remove(*self._labels(place))
        self._lagging = held
        return waiting

    def _labels(self, place: TopicPartition) -> tuple[str, str, str]:
        return self._group, place.topic, str(place.partition)

    def _tell(self, ended: Sequence[tuple[str, Item]], seconds: float = 0.0) -> None:
        now = self._clock.now()
        counts = Counter((item.record.topic, outcome) for outcome, item in ended)
        for (topic, outcome), count in counts.items():
            metrics.RECORDS.labels(self._group, topic, outcome).inc(count)
        ages = {topic: metrics.RECORD_AGE.labels(self._group, topic) for topic, _ in counts}
        for outcome, item in ended:
            age = max(now - item.record.published_at, 0) / 1_000_000
            ages[item.record.topic].observe(age)
            item.span.end(outcome)
            if outcome == "dead_lettered" or _log.tells_info:
                self._line(item, outcome, age, seconds, len(ended))

    def _line(self, item: Item, outcome: str, age: float, seconds: float, batch: int) -> None:
        record = item.record
        fields: Fields = {
            "group": self._group,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "outcome": outcome,
            "age_seconds": round(age, 6),
            "seconds": round(seconds, 6),
            "batch": batch,
        }
        if item.span.parent:
            fields["trace_id"] = trace_id(item.span.parent)
        say = _log.warning if outcome == "dead_lettered" else _log.info
        say("record", **fields)
