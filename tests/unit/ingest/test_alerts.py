"""An alert that was decided is in the store and on the event stream, as one change."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from harken.store.body import decode
from harken.store.changes import ChangeSet
from harken.store.schema.infrastructure import OUTBOX
from harken.store.schema.ingest import ALERTS
from harken.testing.builders import NOW, TENANT, mention
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from services.ingest.alerts import raised
from services.ingest.domain.alert import (
    BEGINNING_LENGTH,
    MOST_QUOTES,
    Alert,
    AlertKind,
    quoted,
    source_alert,
)

SILENT = source_alert(TENANT, AlertKind.SOURCE_SILENT, "source-9", NOW, "A source is silent")


async def test_raised_twice_it_stays_one_alert(tmp_path: Path) -> None:
    change = ChangeSet()
    for _ in range(2):
        alert = raised(SILENT)
        change.add(*alert.writes)
        change.emit(*alert.events)
    async with store_in(tmp_path, FakeClock()) as store:
        await store.submit(change)
        async with store.reading() as snapshot:
            [row] = await snapshot.for_tenant(TENANT).all(select(ALERTS))
            events = await snapshot.for_tenant(TENANT).all(select(OUTBOX))
    assert decode(row.body, Alert) == SILENT
    assert {event.aggregate for event in events} == {SILENT.id}


def test_the_event_names_mentions_and_holds_no_word_of_theirs() -> None:
    one = mention("My kettle sings.")
    [event] = raised(replace(SILENT, quotes=quoted([one]))).events
    assert json.loads(event.value)["mentions"] == [one.id]
    assert b"sings" not in event.value
    assert event.audience == "crisis,supervisor,auditor"


def test_an_alert_quotes_the_beginnings_of_the_newest_few() -> None:
    texts = [f"{number} " + "word\n" * 200 for number in range(MOST_QUOTES + 3)]
    quotes = quoted([mention(text, source_id=text) for text in texts])
    assert [quote.text[0] for quote in quotes] == ["7", "6", "5", "4", "3"]
    assert all(len(quote.text) == BEGINNING_LENGTH and "\n" not in quote.text for quote in quotes)
