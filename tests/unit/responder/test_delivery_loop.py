"""Replies on their way: what the loop does with what the network answers."""

from __future__ import annotations

import asyncio
from unittest.mock import ANY

import pytest

from harken.channels.port import NotNow, OutcomeUnknown, PublishRequest, Refused
from harken.domain.facts import Delivery
from harken.domain.ids import ReplyId
from harken.domain.mention import Visibility
from harken.domain.reply import Action
from harken.domain.reply import DeliveryState as State
from harken.domain.time import NO_TIME, Duration, hours, minutes, seconds
from harken.store.changes import ChangeSet, Remove, StoreUnavailable
from harken.store.schema.ingest import CONNECTIONS
from harken.testing import builders
from services.responder.delivery import PER_CONNECTION
from tests.unit.responder.desk import (
    CONNECTION,
    SORRY,
    TERMS,
    Desk,
    FailingStore,
    a_delivery,
    a_mention,
)

MINUTE, HOUR = minutes(1), hours(1)


async def test_a_reply_is_posted_once_and_told_of(desk: Desk) -> None:
    reply = await desk.plan()
    await desk.work()
    await desk.pass_time(MINUTE)

    [post] = desk.channel.posts
    assert post.request == PublishRequest(
        parent_source_id=desk.mention.source_id,
        parent_author_handle=desk.mention.author.handle,
        visibility=Visibility.PUBLIC,
        text=SORRY,
        language="en",
        key=reply.key,
        deadline=ANY,
    )
    assert 0 < post.request.deadline <= TERMS.deadline / 1_000_000
    sent = await desk.reply(reply)
    assert (sent.state, sent.network_id, sent.attempts) == (State.SENT, post.id, 1)
    *snapshots, fact = await desk.told()
    states = [one.state for one in snapshots]
    assert states == [State.PLANNED, State.CLAIMED, State.SENDING, State.SENT]
    assert isinstance(fact, Delivery)
    assert (fact.state, fact.asks, fact.network_id, fact.revision) == (State.SENT, True, post.id, 4)


async def test_two_loops_post_it_once(desk: Desk) -> None:
    await desk.plan()
    other = a_delivery(desk.store, desk.channel)
    await asyncio.gather(desk.delivery.round(desk.pulse), other.round(desk.pulse))
    await asyncio.gather(desk.delivery.idle(), other.idle())
    assert len(desk.channel.posts) == 1


async def test_what_the_network_refuses_is_refused_with_its_reason(desk: Desk) -> None:
    desk.channel.failures = [Refused("our account may not post here")]
    reply = await desk.plan()
    await desk.work()
    await desk.pass_time(HOUR)
    refused = await desk.reply(reply)
    assert (refused.state, refused.why) == (State.REFUSED, "our account may not post here")
    assert desk.channel.posts == []


async def test_a_busy_network_gets_it_when_it_asked_to(desk: Desk) -> None:
    desk.channel.failures = [NotNow("too many requests", retry_after=100.0)]
    reply = await desk.plan()
    await desk.work()
    waiting = await desk.reply(reply)
    assert (waiting.state, waiting.why) == (State.PLANNED, "too many requests")
    await desk.pass_time(seconds(95))
    assert desk.channel.posts == []
    await desk.pass_time(seconds(10))
    assert (await desk.reply(reply)).state is State.SENT


async def test_a_busy_network_is_asked_by_no_other_reply_meanwhile(desk: Desk) -> None:
    desk.channel.failures = [NotNow("too many requests", retry_after=100.0)] * 5
    await desk.plan()
    await desk.work()
    desk.mention = a_mention(desk.channel, desk.clock, "Mine too.")
    await desk.hear(desk.mention)
    desk.clock.advance(seconds(1))
    second = await desk.plan()
    await desk.work()
    assert (await desk.reply(second)).attempts == 0


async def test_an_answer_that_broke_off_after_the_post_is_found_by_reading_back(desk: Desk) -> None:
    desk.channel.failures = [OutcomeUnknown("the connection broke")]
    reply = await desk.plan()
    await desk.work()
    assert (await desk.reply(reply)).state is State.UNKNOWN
    await desk.pass_time(seconds(20))
    assert (await desk.reply(reply)).state is State.UNKNOWN, "send_by and the lag are not over"
    await desk.pass_time(seconds(10))
    found = await desk.reply(reply)
    assert (found.state, found.network_id) == (State.SENT, desk.channel.posts[0].id)
    assert found.sent_at == desk.channel.posts[0].created_at


@pytest.mark.parametrize(("keys_known", "ends"), [(NO_TIME, State.ABSENT), (HOUR, State.SENT)])
async def test_what_never_arrived_goes_out_again_only_where_keys_are_known(
    desk: Desk, keys_known: Duration, ends: State
) -> None:
    desk.channel.posted_unknown, desk.channel.keys_known = False, keys_known
    desk.channel.failures = [OutcomeUnknown("the connection broke")]
    reply = await desk.plan()
    await desk.work()
    await desk.pass_time(minutes(2))
    settled = await desk.reply(reply)
    assert (settled.state, len(desk.channel.posts)) == (ends, int(ends is State.SENT))


async def test_a_thread_that_cannot_be_read_goes_to_a_person_in_the_end(desk: Desk) -> None:
    desk.channel.failures, desk.channel.unreadable_back = [OutcomeUnknown("broke")], True
    reply = await desk.plan()
    await desk.work()
    await desk.pass_time(minutes(2))
    assert (await desk.reply(reply)).state is State.UNKNOWN
    await desk.pass_time(hours(2))
    absent = await desk.reply(reply)
    assert (absent.state, "cannot be read" in absent.why) == (State.ABSENT, True)


async def test_anything_else_that_a_channel_raises_is_unknown(desk: Desk) -> None:
    desk.channel.failures = [ZeroDivisionError("in our own code")]
    reply = await desk.plan()
    await desk.work()
    assert (await desk.reply(reply)).state is State.UNKNOWN


async def test_an_edit_before_it_is_sent_withdraws_it(desk: Desk) -> None:
    reply = await desk.plan()
    await desk.hear(builders.edited(desk.mention, "It does not leak after all."))
    await desk.work()
    withdrawn = await desk.reply(reply)
    assert (withdrawn.state, desk.channel.posts) == (State.WITHDRAWN, [])
    assert withdrawn.why == "The customer has edited what this answers."


async def test_a_text_that_became_too_long_is_refused_before_it_is_sent(desk: Desk) -> None:
    reply = await desk.plan("x" * 281)
    await desk.work()
    refused = await desk.reply(reply)
    assert (refused.state, desk.channel.posts) == (State.REFUSED, [])


async def test_without_its_connection_it_is_refused(desk: Desk) -> None:
    reply = await desk.plan()
    key = {"tenant": CONNECTION.tenant, "id": CONNECTION.id}
    await desk.store.submit(ChangeSet(writes=[Remove(CONNECTIONS, key)]))
    await desk.work()
    assert (await desk.reply(reply)).state is State.REFUSED


async def test_a_claim_of_a_dead_process_runs_out(desk: Desk) -> None:
    due = desk.clock.now() + TERMS.lease
    reply = await desk.plan(state=State.CLAIMED, fence=1, due=due)
    await desk.work()
    assert (await desk.reply(reply)).state is State.CLAIMED
    await desk.pass_time(seconds(40))
    assert (await desk.reply(reply)).state is State.SENT


async def test_sending_of_a_dead_process_becomes_unknown(desk: Desk) -> None:
    send_by = desk.clock.now() + TERMS.deadline
    reply = await desk.plan(
        state=State.SENDING, fence=1, attempts=1, send_by=send_by, due=send_by,
        first_attempt_at=desk.clock.now(),
    )  # fmt: skip
    await desk.pass_time(seconds(10))
    assert (await desk.reply(reply)).state is State.SENDING
    await desk.pass_time(seconds(5))
    assert (await desk.reply(reply)).state is State.UNKNOWN


async def test_a_connection_gets_only_so_many_at_once(desk: Desk) -> None:
    desk.channel.gate = asyncio.Event()
    for n in range(PER_CONNECTION + 3):
        desk.mention = a_mention(desk.channel, desk.clock, f"Number {n}")
        await desk.hear(desk.mention)
        desk.clock.advance(seconds(1))
        await desk.plan()
    for _ in range(3):
        await desk.delivery.round(desk.pulse)
        await asyncio.sleep(0.05)
    assert desk.channel.waiting == PER_CONNECTION
    desk.channel.gate.set()
    await desk.delivery.idle()
    await desk.work()
    assert len(desk.channel.posts) == PER_CONNECTION + 3


async def test_what_is_known_is_written_down_however_long_the_store_is_away(desk: Desk) -> None:
    failing = FailingStore(desk.store)
    delivery = a_delivery(failing, desk.channel)
    reply = await desk.plan()
    # The claim and the beginning succeed; of the outcome nobody knows whether it was stored.
    failing.failures = [None, None, StoreUnavailable("the disk is full"), StoreUnavailable("again")]
    await delivery.round(desk.pulse)
    await delivery.idle()
    assert (await desk.reply(reply)).state is State.SENT


async def test_nothing_is_written_where_the_beginning_may_not_be_stored(desk: Desk) -> None:
    failing = FailingStore(desk.store)
    delivery = a_delivery(failing, desk.channel)
    reply = await desk.plan()
    failing.failures = [None, StoreUnavailable("the disk is full")]
    await delivery.round(desk.pulse)
    await delivery.idle()
    assert (await desk.reply(reply)).state is State.CLAIMED
    assert desk.channel.posts == []


async def test_nothing_is_written_where_storing_the_beginning_took_the_time(desk: Desk) -> None:
    """The stopwatch runs from before the store's clock was read."""
    stopwatch, slow = [0.0], FailingStore(desk.store)
    delivery = a_delivery(slow, desk.channel, monotonic=lambda: stopwatch[0])

    def take_long() -> None:
        stopwatch[0] += 0.8 * TERMS.deadline / 1_000_000

    slow.submitted = take_long
    reply = await desk.plan()
    await delivery.round(desk.pulse)
    await delivery.idle()
    waiting = await desk.reply(reply)
    assert (waiting.state, waiting.why) == (State.PLANNED, "our own store took too long")
    assert desk.channel.posts == []


async def test_a_stop_lets_what_was_begun_come_to_its_end(desk: Desk) -> None:
    desk.channel.gate = asyncio.Event()
    reply = await desk.plan()
    running = asyncio.create_task(desk.delivery.run(desk.pulse))
    await desk.channel.reached.wait()
    desk.pulse.stopping.set()
    later = await desk.plan(id=ReplyId("later"), action=Action.PRIVATE_REPLY, key="k-2")
    desk.channel.gate.set()
    await running
    assert (await desk.reply(reply)).state is State.SENT
    assert (await desk.reply(later)).state is State.PLANNED
