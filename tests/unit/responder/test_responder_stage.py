"""What the responder hears: our own posts coming back, edits, deletions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harken.channels.port import OutcomeUnknown
from harken.domain.mention import Change, Mention
from harken.domain.reply import DeliveryState as State
from harken.domain.time import minutes, seconds
from harken.testing import builders
from services.responder.domain.guards import Situation
from services.responder.situations import situation
from services.responder.stage import ResponderStage
from tests.unit.responder.desk import SORRY, Desk, received


async def hear(desk: Desk, *mentions: Mention) -> bool:
    """False where it changed nothing."""
    stage = ResponderStage(desk.store, 100)
    decided = await stage.handle([received(one, n) for n, one in enumerate(mentions)])
    await desk.store.submit(decided.change)
    return not decided.change.empty


def echo(desk: Desk, text: str = f"@ola {SORRY}", **changes: Any) -> Mention:
    """A post of ours under the customer's, as ingest hears it."""
    made = replace(
        builders.mention(text, author="us", source_id="post-1", network="fake"),
        connection=desk.mention.connection,
        parent=desk.mention.source_id,
        created_at=desk.clock.now(),
        echo=True,
    )
    return replace(made, **changes)


async def now_known(desk: Desk) -> Situation:
    async with desk.store.reading() as snapshot:
        return await situation(snapshot.for_tenant(desk.case.tenant), desk.case, desk.mention)


async def test_an_echo_binds_the_reply_whose_outcome_is_unknown(desk: Desk) -> None:
    desk.channel.failures = [OutcomeUnknown("the connection broke")]
    reply = await desk.plan()
    await desk.work()
    assert await hear(desk, echo(desk))
    bound = await desk.reply(reply)
    assert (bound.state, bound.network_id) == (State.SENT, "post-1")
    assert (await now_known(desk)).elsewhere is None


async def test_an_echo_of_what_was_sent_says_nothing_new(desk: Desk) -> None:
    reply = await desk.plan()
    await desk.work()
    sent = await desk.reply(reply)
    await hear(desk, echo(desk), echo(desk))
    assert await desk.reply(reply) == sent
    assert (await now_known(desk)).elsewhere is None


async def test_a_post_that_is_no_reply_of_ours_is_an_answer_given_elsewhere(desk: Desk) -> None:
    reply = await desk.plan()
    desk.clock.advance(seconds(1))
    assert await hear(desk, echo(desk, "@ola Send it back, please.", source_id="9"))
    assert (await now_known(desk)).elsewhere == desk.clock.now()
    await desk.work()
    assert (await desk.reply(reply)).state is State.WITHDRAWN


async def test_the_same_words_before_we_sent_anything_are_not_our_reply(desk: Desk) -> None:
    reply = await desk.plan()
    await hear(desk, echo(desk, source_id="9"))
    assert (await desk.reply(reply)).state is State.PLANNED
    assert (await now_known(desk)).elsewhere is not None


async def test_our_own_deleted_post_answers_nothing(desk: Desk) -> None:
    assert not await hear(desk, echo(desk, change=Change.RETRACTION, revision=2))


async def test_an_edit_withdraws_what_waits(desk: Desk) -> None:
    waiting = await desk.plan(state=State.AWAITING_APPROVAL)
    assert await hear(desk, builders.edited(desk.mention, "Never mind."))
    withdrawn = await desk.reply(waiting)
    assert (withdrawn.state, "edited" in withdrawn.why) == (State.WITHDRAWN, True)


async def test_a_reply_to_the_edited_text_stays(desk: Desk) -> None:
    reply = await desk.plan(parent_revision=2)
    assert not await hear(desk, builders.edited(desk.mention, "Never mind."))
    assert (await desk.reply(reply)).state is State.PLANNED


async def test_a_deletion_withdraws_what_waits_and_nothing_that_was_sent(desk: Desk) -> None:
    sent = await desk.plan()
    await desk.work()
    desk.clock.advance(minutes(1))
    waiting = await desk.plan(key="k-2")
    await hear(desk, builders.retraction(desk.mention))
    assert (await desk.reply(sent)).state is State.SENT
    assert (await desk.reply(waiting)).state is State.WITHDRAWN


async def test_several_changes_of_one_reply_in_one_batch_are_one_story(desk: Desk) -> None:
    reply = await desk.plan()
    await hear(
        desk, builders.edited(desk.mention, "Never mind."), builders.retraction(desk.mention)
    )
    assert (await desk.reply(reply)).revision == 2


async def test_customers_posts_do_not_concern_it(desk: Desk) -> None:
    assert not await hear(desk, builders.mention(), builders.direct_message())
