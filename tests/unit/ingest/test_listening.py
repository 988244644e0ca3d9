"""Sources that are followed, polled, taken over and left, against a real local Mastodon."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from harken.channels.exchange import Clients
from harken.channels.mastodon.channel import MastodonChannel
from harken.channels.mastodon.live import Pace
from harken.domain.mention import Change
from harken.domain.time import minutes
from harken.events.v1.mention_pb2 import CHANGE_RETRACTION
from harken.store.changes import ChangeSet
from harken.store.schema.ingest import ALERTS
from harken.testing.mastodon.faults import Fault
from harken.testing.mastodon.streaming import Behaviour, Way
from harken.testing.secrecy import open_vault
from services.ingest.connections import SourceRow, replace_connection, replace_source
from services.ingest.held import lease_of
from services.ingest.listener import Rhythm
from services.ingest.sources import Mode
from tests.unit.ingest.streams import SWIFT, Town, town

STREAM_ONLY = Pace(silent=60.0, again=3_600.0, settled=3_600.0, beat=0.02)
NO_POLLS = Rhythm(quiet=3_600.0, longest=3_600.0, again=0.01)


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as here:
        yield here


async def streaming(there: Town, count: int = 1) -> None:
    await there.eventually(lambda: len(there.mastodon.streams.open) == count)


async def test_a_stream_brings_posts_edits_and_deletions_without_waiting_for_a_poll(
    there: Town,
) -> None:
    there.replica(STREAM_ONLY, NO_POLLS).start()
    await streaming(there)
    status = there.say("it leaks")
    await there.hears(status, "it leaks")
    there.edit(status, "it leaks badly")
    await there.hears(status, "it leaks", "it leaks badly")
    there.delete(status)
    await there.hears(status, "it leaks", "it leaks badly", "")
    first, edit, gone = there.published(status)
    assert first.revision == 1 < edit.revision < gone.revision
    assert gone.change == CHANGE_RETRACTION
    assert gone.author.id == first.author.id, "it goes the way of the post"
    await there.shows(lambda state: state.mode is Mode.STREAM and state.heard_at)


async def test_our_accounts_stream_brings_what_names_us_alone(tmp_path: Path) -> None:
    async with town(tmp_path, "notifications") as there:
        instance = there.mastodon.instance
        brand, mara = instance.register("northkettle"), instance.register("mara")
        instance.follow(brand, mara)
        there.replica(STREAM_ONLY, NO_POLLS).start()
        await streaming(there)
        aside, named = there.say("good morning"), there.say("@northkettle it leaks")
        there.delete(aside)
        there.edit(named, "@northkettle it leaks badly")
        there.delete(named)
        await there.eventually(lambda: len(there.published(named)) == 3)
        assert there.published(aside) == []
        assert all(mention.direct for mention in there.published(named)[:2])


async def test_where_there_is_no_stream_it_is_polled_until_there_is_one(there: Town) -> None:
    there.mastodon.streams.behaviour = Behaviour(offered=())
    there.replica().start()
    status = there.say("it leaks")
    await there.hears(status, "it leaks")
    await there.shows(lambda state: state.mode is Mode.POLL and "404" in state.notice)
    there.edit(status, "it leaks badly")
    await there.hears(status, "it leaks", "it leaks badly")
    there.mastodon.streams.behaviour = Behaviour()
    await streaming(there)
    there.delete(status)
    await there.hears(status, "it leaks", "it leaks badly", "")
    await there.shows(lambda state: state.mode is Mode.STREAM and not state.notice)


async def test_a_stream_that_stays_refused_is_polled_meanwhile(there: Town) -> None:
    there.mastodon.streams.behaviour = Behaviour(offered=())
    there.replica(replace(SWIFT, refused=3_600.0)).start()
    for number in range(3):
        status = there.say(str(number))
        await there.hears(status, str(number))
    there.edit(status, "it leaks")
    await there.hears(status, "2", "it leaks")
    await there.shows(lambda state: state.mode is Mode.POLL and "404" in state.notice)
    assert there.mastodon.streams.opened == 0


@pytest.mark.parametrize("way", ["events", "websocket"])
async def test_what_happens_before_the_stream_begins_to_tell_is_found_once_it_is_settled(
    there: Town, way: Way
) -> None:
    there.mastodon.streams.behaviour = Behaviour(offered=(way,), deaf=True)
    edited, deleted = there.say("first"), there.say("second")
    clients = Clients(private_addresses=True)
    channel = MastodonChannel(there.clock, clients, replace(STREAM_ONLY, settled=0.0))
    async with aclosing(channel.follow(there.connection, there.source, "")) as pages:
        read = await anext(pages)
        assert len(read.parsed.mentions) == 2
        new = there.say("third")
        there.edit(edited, "better")
        there.delete(deleted)
        found = [each for _ in range(2) for each in (await anext(pages)).parsed.mentions]
    await channel.close()
    assert {(each.source_id, each.change) for each in found} == {
        (str(new.id), Change.CONTENT),
        (str(edited.id), Change.CONTENT),
        (str(deleted.id), Change.RETRACTION),
    }


async def test_a_stream_without_a_sign_of_life_counts_as_cut(there: Town) -> None:
    there.mastodon.streams.behaviour = Behaviour(heartbeat=0.0)
    there.replica(replace(STREAM_ONLY, silent=0.1)).start()
    await there.eventually(lambda: there.mastodon.streams.opened > 2)
    status = there.say("it leaks")
    await there.hears(status, "it leaks")


async def test_what_happened_while_nobody_listened_is_found_afterwards(there: Town) -> None:
    first = there.replica()
    first.start()
    kept, edited, deleted = (there.say(f"it leaks {n}") for n in range(3))
    for status in (kept, edited, deleted):
        await there.eventually(lambda status=status: bool(there.published(status)))  # type: ignore[misc]
    await first.stop()
    there.edit(edited, "it leaks badly")
    there.delete(deleted)
    new = there.say("mine too")
    there.replica(name="two").start()
    await there.hears(new, "mine too")
    await there.hears(edited, "it leaks 1", "it leaks badly")
    await there.hears(deleted, "it leaks 2", "")
    await there.hears(kept, "it leaks 0")


async def test_a_post_that_federates_behind_many_others_is_found_by_looking_again(
    there: Town,
) -> None:
    there.mastodon.streams.behaviour = Behaviour(offered=())
    there.replica().start()
    world = there.mastodon.instance.world
    for number in range(40):
        last = there.say(str(number))
        world.ids.seen(last.id + 9)
    await there.eventually(lambda: bool(there.published(last)))
    late = there.say("written long ago")
    # It takes its place twenty items back, as ids made of times do.
    order = list(world.statuses)
    place = order[-21] + 5
    status = world.statuses.pop(late.id)
    world.posted[status.account].remove(late.id)
    status.id = place
    world.statuses = dict(sorted({**world.statuses, place: status}.items()))
    await there.hears(status, "written long ago")


async def test_many_mentions_cost_few_writes(there: Town) -> None:
    there.replica(STREAM_ONLY, NO_POLLS).start()
    await streaming(there)
    before = (await there.kept()).revision
    statuses = [there.say(str(number)) for number in range(120)]
    await there.eventually(lambda: bool(there.published(statuses[-1])))
    assert (await there.kept()).revision - before < len(statuses) / 4


async def test_a_log_that_is_away_holds_the_stream_up_and_loses_nothing(there: Town) -> None:
    there.replica(STREAM_ONLY, NO_POLLS).start()
    await streaming(there)
    there.log.away = True
    statuses = [there.say(str(number)) for number in range(30)]
    await there.shows(lambda state: state.failures and "disk is full" in state.error)
    there.log.away = False
    for status in statuses:
        await there.eventually(lambda status=status: bool(there.published(status)))  # type: ignore[misc]
    counts = Counter(mention.id for mention in there.log.mentions)
    assert set(counts.values()) == {1}
    assert there.mastodon.streams.opened == 1, "it was not cut"


async def test_one_replica_listens_and_the_other_takes_over_where_it_was(there: Town) -> None:
    """No page is taken in by both, and the cursor never goes back."""
    there.mastodon.streams.behaviour = Behaviour(offered=())
    one, two = there.replica(name="one"), there.replica(name="two")
    one.start()
    await there.shows(lambda state: state.holder == "one")
    two.start()
    statuses = [there.say(str(number)) for number in range(50)]
    await there.eventually(lambda: bool(there.published(statuses[-1])))
    await there.shows(lambda state: state.accepted == len(statuses))
    assert (await there.kept()).state.holder == "one"
    revision = (await there.kept()).revision
    # Its time is over and it does not know.
    await there.store.release(lease_of(there.key), "one")
    assert await there.store.claim(lease_of(there.key), "two", 60.0) is not None
    late = there.say("after the change")
    await one.stop()
    await two.stop()
    assert (await there.kept()).revision == revision, "it was fenced"
    three = there.replica(name="three")
    await there.store.release(lease_of(there.key), "two")
    three.start()
    await there.hears(late, "after the change")
    counts = Counter(mention.id for mention in there.log.mentions)
    assert len(counts) == 51
    assert counts[there.published(statuses[0])[0].id] == 1


async def test_a_paused_source_is_left_alone_and_read_on_afterwards(there: Town) -> None:
    there.replica().start()
    await streaming(there)
    paused = SourceRow(2, True, there.source)
    await there.store.submit(ChangeSet(writes=[replace_source(paused, 1)]))
    await streaming(there, 0)
    status = there.say("meanwhile")
    await asyncio.sleep(0.2)
    assert there.published(status) == []
    again = SourceRow(3, False, there.source)
    await there.store.submit(ChangeSet(writes=[replace_source(again, 2)]))
    await there.hears(status, "meanwhile")


async def test_a_connection_that_is_edited_is_used_anew(there: Town) -> None:
    there.replica().start()
    await streaming(there)
    wrong = replace(there.connection, secrets={"access_token": "mistyped"})
    await there.store.submit(ChangeSet(writes=[replace_connection(wrong, 1, open_vault())]))
    await there.shows(lambda state: "401" in state.error)
    await there.store.submit(
        ChangeSet(writes=[replace_connection(there.connection, 2, open_vault())])
    )
    await streaming(there)


async def test_people_are_told_of_a_source_that_refuses_us(there: Town) -> None:
    there.mastodon.faults.arm(Fault(status=403, method="GET", path="/api/", times=5))
    there.replica().start()
    status = there.say("it leaks")
    await there.hears(status, "it leaks")
    await there.shows(lambda state: state.mode and not state.told)
    async with there.store.reading() as snapshot:
        alerts = await snapshot.across_tenants().all(select(ALERTS).order_by(ALERTS.c.at))
    assert [alert.kind for alert in alerts] == ["source.refused", "source.recovered"]
    state = (await there.kept()).state
    assert (state.failures, state.told) == (0, ())
    assert state.error_at is not None


async def test_an_instance_that_was_away_leaves_a_gap_that_is_bridged(there: Town) -> None:
    replica = there.replica(SWIFT)
    replica.start()
    await there.shows(lambda state: state.looked_at)
    await replica.stop()
    kept = await there.kept()
    assert kept.state.due_at is not None
    assert kept.state.gaps == ()
    # As if it had been an hour.
    there.clock.leap = minutes(60)
    there.replica(name="two").start()
    await there.shows(lambda state: state.gaps and state.gaps[0].bridged_at)
