"""Every consumer is run on every example of its topics, one by one and all at once.

None of them may choke on one, and what they decide must be storable: an example is what some
producer, older or newer than this code, really sends.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from harken.clock import Clock
from harken.domain.mention import Lane
from harken.domain.time import Instant
from harken.events.topics import LANES, MENTIONS_TAGGED, Topic
from harken.events.v1 import tone_pb2
from harken.log.port import Record
from harken.runtime.stage import Decided, Received, Stage
from harken.search.port import Query
from harken.store.changes import ChangeSet, InsertOnce
from harken.store.schema.router import COMMANDS
from harken.store.sqlite import SqliteStore
from harken.testing.builders import TENANT
from harken.testing.examples import Example, examples
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.search_index import FakeSearchIndex
from harken.testing.fakes.store import store_in
from harken.testing.fakes.tone_model import NullTone
from services.ingest.alerting.stage import TrackerAlerts
from services.ingest.domain.tracker import AlertRule, Tracker, When
from services.ingest.trackers.rows import TrackerSet, insert_tracker
from services.responder.stage import ResponderStage
from services.router.rates.stages import RateCounting, RateIntake
from services.router.stage import RouterStage
from services.search.documents import FIELDS
from services.search.stage import Indexer
from services.sentiment.stage import SentimentStage, speaks
from services.sentiment.tagger import Tagger

CONSUMERS = (
    "sentiment.urgent",
    "sentiment.live",
    "sentiment.bulk",
    "router",
    "responder",
    "search",
    "alerts",
    "rates",
    "router.rates",
)


@dataclass(slots=True)
class Bench:
    clock: Clock
    store: SqliteStore
    index: FakeSearchIndex

    def consumers(self) -> dict[str, Stage]:
        tagger = Tagger(NullTone(), chunk=8)
        stages: list[Stage] = [SentimentStage(lane, tagger, self.clock, 100) for lane in Lane]
        stages += [
            RouterStage(self.store, self.clock, 100),
            ResponderStage(self.store, 100),
            Indexer(self.store, self.index, 100),
            TrackerAlerts(self.store, 100),
            RateCounting(self.store, 100),
            RateIntake(self.store, 100),
        ]
        return {stage.group: stage for stage in stages}

    async def run(self, stage: Stage, batch: Sequence[Received]) -> Decided:
        decided = await stage.handle(batch)
        await self.store.submit(decided.change)
        return decided


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    clock = FakeClock()
    async with store_in(tmp_path, clock) as store:
        yield Bench(clock, store, FakeSearchIndex(FIELDS))


def received(found: Sequence[Example]) -> list[Received]:
    return [
        Received(
            Record(one.topic.name, 0, offset, one.record().key, one.value, (), Instant(0)),
            one.message(),
        )
        for offset, one in enumerate(found)
    ]


def of(topics: Sequence[Topic]) -> list[Received]:
    return received([example for topic in topics for example in examples(topic)])


def test_all_consumers_are_here() -> None:
    assert len(CONSUMERS) == len(LANES) + 6


@pytest.mark.parametrize("group", CONSUMERS)
async def test_no_example_is_too_much(bench: Bench, group: str) -> None:
    stage = bench.consumers()[group]
    batch = of(stage.topics)
    assert len(batch) >= 4
    for one in batch:
        await bench.run(stage, [one])
    await bench.run(stage, batch)
    await bench.run(stage, batch[::-1])


@pytest.mark.parametrize("lane", Lane)
async def test_each_mention_is_passed_on_whole_and_has_a_tone_if_it_speaks(
    bench: Bench, lane: Lane
) -> None:
    batch = of([LANES[lane]])
    decided = await bench.consumers()[f"sentiment.{lane.value}"].handle(batch)
    assert len(decided.publish) == len(batch)
    for one, sent in zip(batch, decided.publish, strict=True):
        tagged = tone_pb2.TaggedMention.FromString(sent.value)
        assert sent.topic == MENTIONS_TAGGED.name
        assert sent.key == one.record.key
        assert tagged.mention.SerializeToString() == one.record.value
        assert tagged.HasField("tone") is speaks(one.message)


async def test_each_tagged_mention_becomes_one_command_however_often_it_comes(
    bench: Bench,
) -> None:
    batch = of([MENTIONS_TAGGED])
    decided = await bench.consumers()["router"].handle([*batch, *batch])
    origins = [
        write.row["origin"]
        for write in decided.change.writes
        if isinstance(write, InsertOnce) and write.table is COMMANDS
    ]
    wanted = {(m.message.mention.id, m.message.mention.revision) for m in batch}
    assert len(set(origins)) == len(wanted)


async def test_what_the_index_takes_can_be_found(bench: Bench) -> None:
    stage = bench.consumers()["search"]
    await bench.run(stage, of(stage.topics))
    tenants = {one.message.tenant for one in of([stage.topics[1]])}
    kinds = ("mention", "case", "reply")
    for tenant in tenants:
        assert (await bench.index.search(Query(tenant, kinds))).total > 0


async def test_what_a_tracker_matched_alerts_once_however_often_it_comes(bench: Bench) -> None:
    rule = AlertRule(When.EACH)
    tracker = Tracker(TENANT, "tracker-brand", "Brand", "tarn", Instant(0), (rule,))
    await bench.store.submit(ChangeSet(writes=[insert_tracker(tracker, TrackerSet())]))
    stage = bench.consumers()["alerts"]
    batch = of(stage.topics)
    told = [(await bench.run(stage, batch)).change.outbox for _ in range(2)]
    wanted = {
        one.message.id
        for one in batch
        if tracker.id in one.message.trackers and not one.message.historical
    }
    assert len(told[0]) == len(wanted) > 0
    assert told[1] == []
