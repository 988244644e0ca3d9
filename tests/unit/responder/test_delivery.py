"""The delivery of one reply, step by step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harken.domain.reply import DeliveryState as State
from harken.domain.reply import Reply
from harken.domain.time import Instant, after, before, hours, minutes, seconds
from harken.testing import builders
from services.responder.domain.delivery import advance, may_begin
from services.responder.domain.delivery_events import (
    Approved,
    Began,
    Cancelled,
    Claimed,
    Declined,
    Event,
    Lapsed,
    Lost,
    NotFound,
    Posted,
    Postponed,
    Rejected,
    Resent,
    Unreadable,
    Withdrawn,
)
from services.responder.domain.delivery_terms import (
    USUAL,
    Impossible,
    PostedTwice,
    Superseded,
)

NOW = builders.NOW
DAY = after(NOW, hours(24))

PLANNED = builders.reply()
CLAIMED = advance(PLANNED, Claimed(), NOW)
SENDING = advance(CLAIMED, Began(1), NOW)
UNKNOWN = advance(SENDING, Lost(1, "the connection broke"), NOW)
SENT = advance(SENDING, Posted("2002", "https://hearth.example/2002"), NOW)
REFUSED = advance(SENDING, Declined(1, "it is too long"), NOW)


def not_found_twice(reply: Reply, keys_kept: int) -> Reply:
    once = advance(reply, NotFound(hours(keys_kept)), reply.due)
    return advance(once, NotFound(hours(keys_kept)), once.due)


ABSENT = not_found_twice(UNKNOWN, keys_kept=0)
AGAIN = not_found_twice(UNKNOWN, keys_kept=1)
AWAITING = replace(PLANNED, state=State.AWAITING_APPROVAL)

EVENTS: tuple[Event, ...] = (
    Approved("a"), Rejected("a"), Claimed(), Began(1), Postponed(1, seconds(5), "busy"),
    Declined(1, "no"), Withdrawn("edited"), Lost(1, "broke"), Lapsed(), Posted("2002"),
    NotFound(), Unreadable(seconds(5), "away"), Cancelled("a"), Resent("a"),
)  # fmt: skip
POSSIBLE: dict[State, set[type[Event]]] = {
    State.AWAITING_APPROVAL: {Approved, Rejected, Withdrawn, Cancelled},
    State.PLANNED: {Claimed, Withdrawn, Cancelled},
    State.CLAIMED: {Began, Postponed, Declined, Withdrawn, Cancelled, Lapsed},
    State.SENDING: {Posted, Postponed, Declined, Lost, Lapsed},
    State.UNKNOWN: {Posted, NotFound, Unreadable},
    State.ABSENT: {Posted, Cancelled, Resent},
    State.SENT: {Posted},
    State.REFUSED: set(),
}


@pytest.mark.parametrize(
    "reply", [AWAITING, PLANNED, CLAIMED, SENDING, UNKNOWN, ABSENT, SENT, REFUSED]
)
@pytest.mark.parametrize("event", EVENTS)
def test_only_these_events_are_possible(reply: Reply, event: Event) -> None:
    """At the only time at which each of them could be: leases end, and begin before that."""
    now = before(reply.due, seconds(1)) if isinstance(event, Began) else max(reply.due, NOW)
    if type(event) in POSSIBLE[reply.state]:
        advance(reply, event, now)
    else:
        with pytest.raises(Impossible):
            advance(reply, event, now)


def test_each_step_is_a_revision_and_nothing_new_is_none() -> None:
    assert [r.revision for r in (PLANNED, CLAIMED, SENDING, SENT)] == [1, 2, 3, 4]
    assert advance(SENT, Posted("2002"), DAY) is SENT


def test_a_text_and_its_key_never_change() -> None:
    for reply in (CLAIMED, SENDING, UNKNOWN, ABSENT, AGAIN, SENT, REFUSED):
        assert (reply.text, reply.key) == (PLANNED.text, PLANNED.key)


def test_an_earlier_claim_has_no_say() -> None:
    lapsed = advance(CLAIMED, Lapsed(), CLAIMED.due)
    taken_over = advance(lapsed, Claimed(), lapsed.due)
    with pytest.raises(Superseded):
        advance(taken_over, Began(1), lapsed.due)


def test_a_lease_that_ran_out_cannot_begin() -> None:
    with pytest.raises(Impossible):
        advance(CLAIMED, Began(1), CLAIMED.due)


def test_what_nobody_ended_is_unknown_and_not_before() -> None:
    assert SENDING.send_by == after(NOW, USUAL.deadline)
    with pytest.raises(Impossible):
        advance(SENDING, Lapsed(), Instant(SENDING.due - 1))
    assert advance(SENDING, Lapsed(), SENDING.due).state is State.UNKNOWN


def test_the_thread_is_read_after_send_by_and_the_lag_even_if_the_answer_broke_off_at_once() -> (
    None
):
    assert SENDING.send_by is not None
    assert UNKNOWN.due == after(SENDING.send_by, USUAL.lag)
    with pytest.raises(Impossible):
        advance(UNKNOWN, NotFound(), Instant(UNKNOWN.due - 1))


def test_absence_is_believed_after_two_looks_only() -> None:
    once = advance(UNKNOWN, NotFound(), UNKNOWN.due)
    assert (once.state, once.read_backs) == (State.UNKNOWN, 1)
    assert once.due == after(UNKNOWN.due, USUAL.between)
    assert advance(once, NotFound(), once.due).state is State.ABSENT


def test_the_same_key_goes_out_again_only_while_the_network_surely_knows_it() -> None:
    assert AGAIN.state is State.PLANNED
    assert AGAIN.retry_until == before(after(NOW, hours(1)), USUAL.margin)
    last = Instant(AGAIN.retry_until - USUAL.deadline)
    assert may_begin(AGAIN, last)
    assert not may_begin(AGAIN, Instant(last + 1))
    claimed = advance(AGAIN, Claimed(), last)
    with pytest.raises(Impossible):
        advance(claimed, Began(2), Instant(last + 1))


def test_the_window_counts_from_the_first_attempt() -> None:
    claimed = advance(AGAIN, Claimed(), AGAIN.due)
    lost = advance(advance(claimed, Began(2), AGAIN.due), Lost(2, "broke"), AGAIN.due)
    assert not_found_twice(lost, keys_kept=1).retry_until == AGAIN.retry_until


def test_a_person_decides_after_some_tries() -> None:
    reply, tries = UNKNOWN, 1
    while (reply := not_found_twice(reply, keys_kept=24)).state is State.PLANNED:
        tries += 1
        claimed = advance(reply, Claimed(), reply.due)
        sending = advance(claimed, Began(claimed.fence), reply.due)
        reply = advance(sending, Lost(claimed.fence, "broke again"), reply.due)
    assert (reply.state, tries) == (State.ABSENT, USUAL.tries)


def test_in_doubt_nothing_promises_that_it_is_not_there() -> None:
    again = advance(advance(AGAIN, Claimed(), AGAIN.due), Began(2), AGAIN.due)
    assert advance(again, Declined(2, "too long"), AGAIN.due).state is State.ABSENT
    assert advance(AGAIN, Withdrawn("edited"), AGAIN.due).state is State.ABSENT
    assert advance(PLANNED, Withdrawn("edited"), NOW).state is State.WITHDRAWN


@pytest.mark.parametrize("reply", [SENDING, UNKNOWN, AGAIN, ABSENT])
def test_what_may_be_there_is_sent_wherever_it_is_found(reply: Reply) -> None:
    found = advance(reply, Posted("2002", at=NOW), DAY)
    assert (found.state, found.network_id, found.sent_at) == (State.SENT, "2002", NOW)


def test_found_after_a_person_gave_up_it_is_sent_all_the_same() -> None:
    cancelled = advance(ABSENT, Cancelled("key-1"), ABSENT.due)
    assert advance(cancelled, Posted("2002"), DAY).state is State.SENT


def test_the_networks_clock_cannot_put_it_before_the_attempt_or_after_now() -> None:
    assert advance(UNKNOWN, Posted("1", at=Instant(0)), DAY).sent_at == NOW
    assert advance(UNKNOWN, Posted("1", at=after(DAY, hours(9))), DAY).sent_at == DAY


def test_a_second_post_is_told_apart_from_a_repeat() -> None:
    with pytest.raises(PostedTwice):
        advance(SENT, Posted("2003"), DAY)


def test_a_person_who_knows_no_id_is_believed_and_completed_by_the_echo() -> None:
    confirmed = advance(ABSENT, Posted("", by="key-1"), DAY)
    assert (confirmed.state, confirmed.decided_by) == (State.SENT, "key-1")
    assert advance(confirmed, Posted("2002"), DAY).network_id == "2002"


def test_a_thread_that_stays_unreadable_goes_to_a_person() -> None:
    later = after(UNKNOWN.due, minutes(5))
    waiting = advance(UNKNOWN, Unreadable(minutes(5), "no connection"), UNKNOWN.due)
    assert (waiting.state, waiting.due, waiting.read_backs) == (State.UNKNOWN, later, 0)
    assert advance(waiting, Unreadable(minutes(5), "no connection"), DAY).state is State.ABSENT


def test_a_busy_network_gets_it_later() -> None:
    later = after(NOW, minutes(5))
    postponed = advance(SENDING, Postponed(1, minutes(5), "too many requests"), NOW)
    assert (postponed.state, postponed.due) == (State.PLANNED, later)
    with pytest.raises(Impossible):
        advance(postponed, Claimed(), Instant(later - 1))


def test_a_network_that_takes_nothing_is_left_alone_for_longer_and_longer() -> None:
    reply, pauses = PLANNED, []
    for _ in range(12):
        claimed = advance(reply, Claimed(), reply.due)
        sending = advance(claimed, Began(claimed.fence), reply.due)
        now = reply.due
        reply = advance(sending, Postponed(claimed.fence, seconds(3), "no connection"), now)
        pauses.append(reply.due - now)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (seconds(3), minutes(5))


def test_nobody_but_an_approver_gets_it_out() -> None:
    approved = advance(AWAITING, Approved("key-2"), NOW)
    assert (approved.state, approved.decided_by) == (State.PLANNED, "key-2")
    rejected = advance(AWAITING, Rejected("key-2", "not our tone"), NOW)
    assert (rejected.state, rejected.why) == (State.CANCELLED, "not our tone")
