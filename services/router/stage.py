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
from harken.events.codec import decode_delivery, decode_tagged
from harken.events.topics import DELIVERIES, MENTIONS_TAGGED, Topic
from harken.log.port import Record
from harken.runtime.flow import InvalidRecord
from harken.runtime.stage import Decided, Received
from harken.store.changes import ChangeSet, InsertOnce, Statement, Write
from harken.store.schema.router import COMMANDS, MENTIONS
from harken.telemetry.tracing import traceparent
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
    """``handle`` reads nothing: what is there already is seen by the unique keys."""

    group = "router"
    topics: Sequence[Topic] = (MENTIONS_TAGGED, DELIVERIES)

    def __init__(self, clock: Clock, batch: int) -> None:
        self.batch = batch
        self._clock = clock

    async def handle(self, batch: Sequence[Received]) -> Decided:
        change = ChangeSet()
        for received in batch:
            change.add(*self._writes(received))
        return Decided(change)

    def _writes(self, received: Received) -> Iterable[Write]:
        record = received.record
        if record.topic == DELIVERIES.name:
            return self._of_delivery(decode_delivery(received.message), record)
        tagged = decode_tagged(received.message)
        if not (tagged.mention.tenant and tagged.mention.id):
            raise _invalid(record, "a mention without tenant or id")
        return self._of_mention(tagged, record)

    def _of_mention(self, tagged: TaggedMention, record: Record) -> Iterable[Write]:
        mention = tagged.mention
        row = mention_row(mention, record.value)
        yield InsertOnce(MENTIONS, row)
        if mention.revision > 1:
            yield _newer(row)
        command = command_of(tagged)
        origin = derive("mention", mention.tenant, mention.id, mention.revision)
        yield self._append(mention.tenant, origin, command, _priority(mention, command), record)

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


def _newer(row: Mapping[str, Any]) -> Statement:
    """The row of an older revision takes the content of this one; its case stays."""
    content = {
        name: row[name]
        for name in ("revision", "author", "thread_root", "created_at", "tagged")
        if name in ("revision", "tagged") or row[name]
    }
    table = MENTIONS.c
    return Statement(
        update(MENTIONS)
        .where(
            table.tenant == row["tenant"],
            table.id == row["id"],
            table.revision < row["revision"],
        )
        .values(content)
    )


def _priority(mention: Mention, command: Command) -> Priority:
    if mention.historical:
        ours = isinstance(command, AnsweredElsewhere)
        return Priority.AFTERWARDS if ours else Priority.WHENEVER
    risky = isinstance(command, PlaceMention) and bool(command.facts.risks)
    private = mention.visibility is Visibility.PRIVATE
    return Priority.NOW if risky or private else Priority.SOON


def _invalid(record: Record, reason: str) -> InvalidRecord:
    return InvalidRecord(record, reason)
