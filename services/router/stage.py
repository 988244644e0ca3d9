"""Takes in tagged mentions and deliveries: each becomes one command, exactly once.

The mention's row with its personal text is written here, together with the command; the decider
adds its case to the row. Commands hold facts only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import update

from harken.clock import Clock
from harken.domain.facts import Delivery, TaggedMention
from harken.domain.ids import TenantId, derive
from harken.domain.mention import Mention, Visibility
from harken.domain.reply import DeliveryState
from harken.domain.revision import FIRST
from harken.events.codec import decode_delivery, decode_tagged
from harken.events.topics import DELIVERIES, MENTIONS_TAGGED, Topic
from harken.events.v1 import tone_pb2
from harken.log.port import Record
from harken.runtime.flow import InvalidRecord
from harken.runtime.stage import Decided, Received
from harken.store.changes import ChangeSet, InsertOnce, Replace, Statement, Write
from harken.store.port import Store
from harken.store.schema.router import COMMANDS, MENTIONS
from harken.telemetry.tracing import traceparent
from services.router.arrivals import Arrivals, origin_of
from services.router.command_log import Priority, command_row
from services.router.domain.commands import (
    AnsweredElsewhere,
    Appended,
    Command,
    PlaceMention,
    ReplyDelivered,
    ReplyFailed,
)
from services.router.facts import command_of

_OUTCOMES: Mapping[DeliveryState, type[ReplyDelivered | ReplyFailed]] = {
    DeliveryState.SENT: ReplyDelivered,
    DeliveryState.REFUSED: ReplyFailed,
    DeliveryState.ABSENT: ReplyFailed,
    DeliveryState.WITHDRAWN: ReplyFailed,
}


class RouterStage:
    """Only mentions without a number cost a look at the store: ingest may not have seen that they
    are edits. All else that is there already is seen by the unique keys."""

    group = "router"
    topics: Sequence[Topic] = (MENTIONS_TAGGED, DELIVERIES)

    def __init__(self, store: Store, clock: Clock, batch: int) -> None:
        self.batch = batch
        self._store = store
        self._clock = clock

    async def handle(self, batch: Sequence[Received]) -> Decided:
        heard = [(one, _tagged(one)) for one in batch]
        mentions = [tagged.mention for _, tagged in heard if tagged is not None]
        async with self._store.reading() as snapshot:
            arrivals = await Arrivals.load(snapshot, mentions)
        change = ChangeSet()
        for received, tagged in heard:
            if tagged is None:
                delivery = decode_delivery(received.message)
                change.add(*self._of_delivery(delivery, received.record))
            else:
                change.add(*self._of_mention(received, tagged, arrivals))
        return Decided(change)

    def _of_mention(
        self, received: Received, tagged: TaggedMention, arrivals: Arrivals
    ) -> Iterable[Write]:
        heard, record = tagged.mention, received.record
        news = arrivals.news(heard)
        if news is None:
            return
        before = arrivals.before(heard)
        arrivals.keep(heard, news)
        row = mention_row(news, record.value if news is heard else _renumbered(received, news))
        if news is not heard:
            yield _newer(row, before)
        elif news.revision == FIRST and not before:
            # Refused where another content came meanwhile: then this is looked at again.
            yield Replace(MENTIONS, row, expected=0)
        else:
            yield InsertOnce(MENTIONS, row)
            yield _newer(row)
        command = command_of(TaggedMention(news, tagged.tone, tagged.tagged_at))
        priority = _priority(news, command)
        yield self._append(news.tenant, origin_of(heard), command, priority, record)

    def _of_delivery(self, delivery: Delivery, record: Record) -> Iterable[Write]:
        if not (delivery.tenant and delivery.reply):
            raise _invalid(record, "a delivery without tenant or reply")
        outcome = _OUTCOMES.get(delivery.state)
        if outcome is not None:
            origin = derive("delivery", delivery.tenant, delivery.reply, delivery.revision)
            command = outcome(delivery)
            yield self._append(delivery.tenant, origin, command, Priority.NOW, record)

    def _append(
        self, tenant: TenantId, origin: str, command: Command, priority: Priority, record: Record
    ) -> InsertOnce:
        appended = Appended(origin, self._clock.now(), command)
        trace = traceparent(record.headers)
        return InsertOnce(COMMANDS, command_row(tenant, appended, priority, trace))


def mention_row(mention: Mention, tagged: bytes) -> dict[str, Any]:
    return {
        "tenant": mention.tenant,
        "id": mention.id,
        "revision": mention.revision,
        "network": mention.network,
        "connection": mention.connection,
        "author": mention.author.id,
        "case_id": "",
        "source_id": mention.source_id,
        "thread_root": mention.thread_root,
        "created_at": mention.created_at,
        "placed_revision": 0,
        "tagged": tagged,
        "severity": "",
    }


def _tagged(received: Received) -> TaggedMention | None:
    """None for a delivery."""
    if received.record.topic == DELIVERIES.name:
        return None
    tagged = decode_tagged(received.message)
    if not (tagged.mention.tenant and tagged.mention.id):
        raise _invalid(received.record, "a mention without tenant or id")
    return tagged


def _renumbered(received: Received, news: Mention) -> bytes:
    """As it came, but for the number."""
    message = tone_pb2.TaggedMention()
    message.CopyFrom(received.message)
    message.mention.revision = news.revision
    return message.SerializeToString()


def _newer(row: Mapping[str, Any], over: int | None = None) -> Statement:
    """The row of an older revision takes the content of this one; its case stays.

    ``over``: the revision that must be there, None for any.
    """
    content = {
        name: row[name]
        for name in ("revision", "author", "thread_root", "created_at", "tagged")
        if name in ("revision", "tagged") or row[name]
    }
    table = MENTIONS.c
    older = table.revision < row["revision"] if over is None else table.revision == over
    statement = update(MENTIONS).where(table.tenant == row["tenant"], table.id == row["id"], older)
    return Statement(statement.values(content), None if over is None else 1)


def _priority(mention: Mention, command: Command) -> Priority:
    if mention.historical:
        ours = isinstance(command, AnsweredElsewhere)
        return Priority.AFTERWARDS if ours else Priority.WHENEVER
    risky = isinstance(command, PlaceMention) and bool(command.facts.risks)
    private = mention.visibility is Visibility.PRIVATE
    return Priority.NOW if risky or private else Priority.SOON


def _invalid(record: Record, reason: str) -> InvalidRecord:
    return InvalidRecord(record, reason)
