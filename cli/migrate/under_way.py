"""What a data folder holds that is still under way: it would be lost with the folder's log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from harken.domain.mention import Lane
from harken.events.topics import LANES, Topic
from harken.log.port import EventLog, TopicPartition
from harken.store.port import Store
from harken.store.schema.infrastructure import OUTBOX, POSITIONS
from harken.store.schema.router import COMMANDS
from services.ingest.alerting.stage import TrackerAlerts
from services.responder.stage import ResponderStage
from services.router.rates.stages import RateCounting
from services.router.stage import RouterStage
from services.search.stage import Indexer

READERS: Mapping[str, Sequence[Topic]] = {
    **{f"sentiment.{lane.value}": [LANES[lane]] for lane in Lane},
    RouterStage.group: RouterStage.topics,
    RateCounting.group: RateCounting.topics,
    ResponderStage.group: ResponderStage.topics,
    Indexer.group: Indexer.topics,
    TrackerAlerts.group: TrackerAlerts.topics,
}
"""Every group that reads the folder's log, and what it reads."""


async def under_way(store: Store, log: EventLog) -> list[str]:
    """A line for each thing, for people; empty where the folder is drained.

    Alone in the folder one look is enough: what is being handled has not moved its position yet.
    """
    async with store.reading() as snapshot:
        rows = snapshot.across_tenants()
        positions = {
            (row.consumer_group, TopicPartition(row.topic, row.partition)): row.next
            for row in await rows.all(select(POSITIONS))
        }
        unsent = await rows.all(
            select(OUTBOX.c.service, func.count().label("rows"))
            .where(OUTBOX.c.sent_at.is_(None))
            .group_by(OUTBOX.c.service)
            .order_by(OUTBOX.c.service)
        )
        waiting = await rows.first(
            select(func.count().label("rows")).where(COMMANDS.c.applied_seq.is_(None))
        )
    lines = []
    for group, topics in READERS.items():
        for topic in topics:
            ends = await log.ends([topic.name])
            unread = sum(end - positions.get((group, place), 0) for place, end in ends.items())
            if unread:
                lines.append(f"{unread:,} records of {topic.name} that {group} has not read")
    lines += [f"{row.rows:,} events of {row.service} that were not sent" for row in unsent]
    if waiting is not None and waiting.rows:
        lines.append(f"{waiting.rows:,} commands that the router has not applied")
    return lines
