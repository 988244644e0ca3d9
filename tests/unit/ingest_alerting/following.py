"""The alert stage fed by hand, on a real store: records come again, and in any cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from harken.domain.mention import Mention
from harken.domain.time import Instant
from harken.events.codec import encode_mention
from harken.events.topics import LANES
from harken.log.port import Record, TopicPartition
from harken.runtime.stage import Received
from harken.store.body import decode
from harken.store.changes import ChangeSet, Position
from harken.store.port import Store
from harken.store.schema.infrastructure import OUTBOX
from harken.store.schema.ingest import ALERTS
from harken.testing.builders import NOW, TENANT, mention
from services.ingest.alerting.stage import TrackerAlerts
from services.ingest.domain.alert import Alert
from services.ingest.domain.tracker import AlertRule, Tracker, When
from services.ingest.trackers.rows import TrackerSet, insert_tracker, move_set

LEAKS = "tracker-leaks"
LANE = next(iter(LANES.values())).name


def tracker(*alerts: AlertRule, id_: str = LEAKS, **changes: Any) -> Tracker:
    given = {"tenant": TENANT, "name": "Leaks", "query": "leak", "created_at": NOW, **changes}
    return Tracker(id=id_, alerts=alerts, **given)


def each(*receivers: str) -> AlertRule:
    return AlertRule(When.EACH, receivers)


def rate(matches: int, minutes: int, quiet: int, *receivers: str) -> AlertRule:
    return AlertRule(When.RATE, receivers, matches, minutes, quiet)


async def keep(store: Store, *trackers: Tracker) -> None:
    change = ChangeSet(writes=[insert_tracker(one, TrackerSet()) for one in trackers])
    change.add(move_set(TENANT, TrackerSet(), len(trackers)))
    await store.submit(change)


def match(name: str, at: Instant = NOW, text: str = "It leaks.", **changes: Any) -> Mention:
    given = {"trackers": (LEAKS,), "received_at": at, **changes}
    return mention(text, source_id=name, **given)


@dataclass(slots=True)
class Following:
    """``next`` is the offset of the next record that was not done."""

    store: Store
    next: int = 0

    async def decide(self, mentions: Sequence[Mention]) -> ChangeSet:
        stage = TrackerAlerts(self.store, 100)
        decided = await stage.handle([_received(one) for one in mentions])
        return decided.change

    async def handle(self, *mentions: Mention) -> None:
        """One batch, as the runner would: with the positions."""
        change = await self.decide(mentions)
        await self.store.submit(self.positioned(change, len(mentions)))
        self.next += len(mentions)

    def positioned(self, change: ChangeSet, count: int) -> ChangeSet:
        place = TopicPartition(LANE, 0)
        move = Position("alerts", place, self.next or None, self.next + count)
        return ChangeSet(positions=[move], writes=change.writes, outbox=change.outbox)

    async def alerts(self) -> list[Alert]:
        """In the order of their times."""
        async with self.store.reading() as snapshot:
            query = select(ALERTS.c.body).order_by(ALERTS.c.at, ALERTS.c.id)
            rows = await snapshot.across_tenants().all(query)
        return [decode(row.body, Alert) for row in rows]

    async def events(self) -> list[str]:
        async with self.store.reading() as snapshot:
            rows = await snapshot.across_tenants().all(select(OUTBOX.c.aggregate))
        return [row.aggregate for row in rows]


def _received(one: Mention) -> Received:
    message = encode_mention(one)
    record = Record(LANE, 0, 0, b"", message.SerializeToString(), (), NOW)
    return Received(record, message)
