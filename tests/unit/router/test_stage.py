"""The way in: which facts become commands, and that each becomes one only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harken.domain.reply import DeliveryState
from harken.events.codec import encode_delivery, encode_mention, tag
from harken.events.topics import DELIVERIES, MENTIONS_TAGGED
from harken.log.port import Record
from harken.runtime.stage import Received
from harken.store.changes import InsertOnce
from harken.store.schema.router import COMMANDS
from harken.store.sqlite import SqliteStore
from harken.testing.builders import NOW, delivery, mention, tone
from harken.testing.fakes.clock import FakeClock
from services.router.stage import RouterStage


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (DeliveryState.SENT, "reply_delivered"),
        (DeliveryState.REFUSED, "reply_failed"),
        (DeliveryState.ABSENT, "reply_failed"),
        (DeliveryState.WITHDRAWN, "reply_failed"),
        (DeliveryState.CANCELLED, None),
    ],
)
async def test_what_became_of_a_reply_reaches_its_case(
    store: SqliteStore, state: DeliveryState, kind: str | None
) -> None:
    record = Record(DELIVERIES.name, 0, 0, b"", b"", (), NOW)
    received = Received(record, encode_delivery(delivery(state=state)))
    decided = await RouterStage(store, FakeClock(), batch=10).handle([received, received])
    commands = [
        write
        for write in decided.change.writes
        if isinstance(write, InsertOnce) and write.table is COMMANDS
    ]
    assert {command.row["kind"] for command in commands} == ({kind} if kind else set())
    assert len({command.row["origin"] for command in commands}) <= 1


async def test_our_answers_in_history_come_after_what_they_answer(store: SqliteStore) -> None:
    """Both may be read at once, from different partitions, the answer first."""
    asked = mention(source_id="1", historical=True)
    answer = replace(mention(source_id="2", author="tarn", historical=True), parent="1", echo=True)
    record = Record(MENTIONS_TAGGED.name, 0, 0, b"", b"", (), NOW)
    received = [Received(record, tag(encode_mention(one), tone(), NOW)) for one in (answer, asked)]
    decided = await RouterStage(store, FakeClock(), batch=10).handle(received)
    commands = [
        write.row
        for write in decided.change.writes
        if isinstance(write, InsertOnce) and write.table is COMMANDS
    ]
    commands.sort(key=lambda row: row["priority"])
    assert [row["kind"] for row in commands] == ["place_mention", "answered_elsewhere"]
