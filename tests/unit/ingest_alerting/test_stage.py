"""What trackers match is told as their alerts say, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from harken.domain.mention import Mention
from harken.domain.time import after, minutes, seconds
from harken.events.codec import encode_mention
from harken.events.v1.tone_pb2 import TaggedMention
from harken.store.changes import AlreadyExists, ChangeSet, Insert, RevisionConflict
from harken.store.schema.router import MENTIONS
from harken.testing.builders import NOW, OTHER_TENANT, edited, retraction
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from harken.testing.rows import row_of
from services.ingest.domain.alert import AlertKind
from tests.unit.ingest_alerting.following import Following, each, keep, match, rate, tracker


def held(one: Mention) -> Insert:
    """As the router would."""
    tagged = TaggedMention(mention=encode_mention(one)).SerializeToString()
    return Insert(MENTIONS, row_of(MENTIONS, tenant=one.tenant, id=one.id, tagged=tagged))


@pytest.fixture
async def following(tmp_path: Path) -> AsyncIterator[Following]:
    async with store_in(tmp_path, FakeClock()) as store:
        yield Following(store)


async def test_each_match_is_told_once_with_its_beginning(following: Following) -> None:
    await keep(following.store, tracker(each("desk")))
    first = match("1", text="My kettle leaks.")
    await following.handle(first, match("2"))
    await following.handle(first)
    alerts = await following.alerts()
    assert {alert.quotes[0].text for alert in alerts} == {"My kettle leaks.", "It leaks."}
    assert len(alerts) == len(await following.events()) == 2
    assert {(alert.kind, alert.receivers) for alert in alerts} == {
        (AlertKind.TRACKER_MATCHED, ("desk",))
    }


async def test_an_edit_of_what_was_told_is_no_second_match(following: Following) -> None:
    await keep(following.store, tracker(each()))
    first = match("1")
    await following.handle(first, edited(first, "It leaks badly."))
    await following.handle(edited(first, "It leaks no more."))
    assert len(await following.alerts()) == 1


async def test_history_and_our_own_posts_and_retractions_never_alert(following: Following) -> None:
    await keep(following.store, tracker(each(), rate(2, 5, 5)))
    await following.handle(
        match("1", historical=True),
        match("2", historical=True),
        match("3", echo=True),
        retraction(match("4")),
        match("5", trackers=()),
    )
    assert await following.alerts() == []


async def test_a_tracker_without_alerts_and_another_tenants_tell_nobody(
    following: Following,
) -> None:
    await keep(following.store, tracker())
    await following.handle(match("1"), match("2", tenant=OTHER_TENANT))
    assert (await following.decide([match("3")])).empty
    assert await following.alerts() == []


async def test_a_rate_is_told_with_the_newest_matches_and_then_quiet(following: Following) -> None:
    await keep(following.store, tracker(rate(3, 10, 30, "pager")))
    await following.store.submit(ChangeSet(writes=[held(match("1", text="Leak 1"))]))
    for number in range(13):
        one = match(str(number), after(NOW, minutes(3 * number)), f"Leak {number}")
        await following.handle(one)
    first, second = await following.alerts()
    assert (first.at, second.at) == (after(NOW, minutes(6)), after(NOW, minutes(36)))
    assert first.title == "Leaks: 3 matches within 10 minutes"
    assert first.receivers == ("pager",)
    # The one in hand, and the one before it that the router holds by now.
    assert [quote.text for quote in first.quotes] == ["Leak 2", "Leak 1"]


async def test_late_matches_complete_a_window_that_lies_back(following: Following) -> None:
    await keep(following.store, tracker(rate(3, 1, 60)))
    await following.handle(match("1"), match("3", after(NOW, seconds(50))))
    await following.handle(match("4", after(NOW, minutes(30))))
    await following.handle(match("2", after(NOW, seconds(20))))
    [alert] = await following.alerts()
    assert alert.at == after(NOW, seconds(50))


async def test_two_who_count_at_once_cannot_both_miss_the_last_match(following: Following) -> None:
    await keep(following.store, tracker(rate(2, 5, 5)))
    here = await following.decide([match("1")])
    there = await following.decide([match("2")])
    await following.store.submit(here)
    with pytest.raises(RevisionConflict):
        await following.store.submit(there)
    await following.store.submit(await following.decide([match("2")]))
    assert len(await following.alerts()) == 1


async def test_two_who_see_the_same_mention_tell_once(following: Following) -> None:
    await keep(following.store, tracker(each()))
    here, there = [await following.decide([match("1")]) for _ in range(2)]
    await following.store.submit(here)
    with pytest.raises(AlreadyExists):
        await following.store.submit(there)
    assert (await following.decide([match("1")])).empty
    assert len(await following.events()) == 1


async def test_who_is_told_may_change_without_ending_the_quiet_time(following: Following) -> None:
    assert rate(3, 10, 30, "a").id == rate(3, 10, 30, "b").id
    assert rate(3, 10, 30).id != rate(4, 10, 30).id
