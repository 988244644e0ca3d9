"""Which case a mention belongs to, and what it does there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harken.domain.case import Case, CaseState, ClockKind, PostSide
from harken.domain.facts import NoticeKind
from harken.domain.ids import MentionId
from harken.domain.mention import Visibility
from harken.domain.risk import RiskFound, RiskTopic
from harken.domain.time import Instant, days, hours, minutes, seconds
from harken.domain.tone import Polarity
from services.router.domain.commands import (
    AnsweredElsewhere,
    CorrectTone,
    Merge,
    OverrideSeverity,
    ReplyFailed,
    Resolve,
    RetractMention,
    Snooze,
)
from services.router.domain.policy import RoutingPolicy
from services.router.domain.posts import FIRST_POSTS, MOST_POSTS
from tests.unit.router.making import (
    ANGRY,
    BOSS,
    CALM,
    CONNECTION,
    DANGEROUS,
    START,
    Desk,
    by,
    case_of,
    delivered,
    mention,
)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def refs(case: Case) -> list[str]:
    return [post.ref for post in case.posts]


def echo(name: str, parent: str, **given: object) -> AnsweredElsewhere:
    fields = {
        "mention": MentionId(name), "revision": 1, "connection": CONNECTION,
        "source_id": f"s-{name}", "thread_root": "", "parent": parent,
        "visibility": Visibility.PUBLIC, "created_at": START,
    }  # fmt: skip
    return AnsweredElsewhere(**{**fields, **given})  # type: ignore[arg-type]


# --- joining


def test_the_same_thread_is_the_same_case(desk: Desk) -> None:
    first = desk.place("m1", thread_root="t")
    assert desk.place("m2", thread_root="t").id == first.id


def test_an_answer_to_ones_own_post_is_the_same_case(desk: Desk) -> None:
    first = desk.place("m1")
    assert desk.place("m2", parent="s-m1").id == first.id


def test_an_answer_to_our_reply_is_the_same_case(desk: Desk) -> None:
    first = desk.place("m1")
    desk.must(delivered(first.id, "r1", None))
    assert desk.place("m2", parent="n-r1").id == first.id


def test_a_post_without_a_thread_begins_one(desk: Desk) -> None:
    first = desk.place("m1")
    assert desk.place("m2", thread_root="s-m1").id == first.id
    assert desk.place("m3").id != first.id


def test_two_authors_in_one_thread_have_two_cases(desk: Desk) -> None:
    ours = desk.place("m1", "ana", thread_root="t")
    assert desk.place("m2", "ben", thread_root="t").id != ours.id


def test_private_messages_are_one_channel_apart_from_public_posts(desk: Desk) -> None:
    public = desk.place("m1", thread_root="t")
    private = desk.place("m2", thread_root="t", visibility=Visibility.PRIVATE)
    assert private.id != public.id
    assert desk.place("m3", visibility=Visibility.PRIVATE).id == private.id


def test_a_missing_parent_is_no_obstacle(desk: Desk) -> None:
    assert desk.place("m2", parent="s-never-seen").state is CaseState.QUEUED


def test_a_message_soon_after_resolution_reopens_the_case(desk: Desk) -> None:
    case = desk.place("m1", thread_root="t")
    desk.must(Resolve(BOSS, case.id))
    desk.pass_time(days(2))
    again = desk.place("m2", thread_root="t")
    assert (again.id, again.state, again.reopened) == (case.id, CaseState.QUEUED, 1)
    assert again.resolved_at is None


def test_a_message_long_after_resolution_opens_a_new_case_with_new_clocks(desk: Desk) -> None:
    case = desk.place("m1", thread_root="t")
    desk.must(Resolve(BOSS, case.id))
    desk.pass_time(days(8))
    again = desk.place("m2", thread_root="t")
    assert again.id != case.id
    assert again.previous == case.id
    assert [clock.started_at for clock in again.clocks] == [desk.now, desk.now]


def test_a_merged_case_leads_to_the_one_it_went_into(desk: Desk) -> None:
    old, new = desk.place("m1", thread_root="t1"), desk.place("m2", thread_root="t2")
    desk.must(Merge(BOSS, old.id, new.id))
    assert desk.place("m3", thread_root="t1").id == new.id
    merged = desk.case(new.id)
    assert refs(merged) == ["m1", "m2", "m3"]
    assert desk.case(old.id).merged_into == new.id
    assert merged.opened_at == old.opened_at


# --- revisions, retractions, echoes


def test_a_revision_replaces_its_post(desk: Desk) -> None:
    desk.place("m1", facts=ANGRY)
    desk.must(mention("m1", revision=2, facts=CALM))
    case = desk.case(case_of("m1"))
    assert [post.polarity for post in case.posts] == [Polarity.NEUTRAL]


def test_an_older_revision_changes_nothing(desk: Desk) -> None:
    desk.place("m1", revision=2, facts=CALM)
    assert desk.must(mention("m1", revision=1, facts=ANGRY)).cases == {}


def test_posts_lie_in_the_order_in_which_they_were_written(desk: Desk) -> None:
    desk.pass_time(hours(1))
    desk.place("m2", thread_root="t")
    late = desk.place("m1", thread_root="t", created_at=START)
    assert refs(late) == ["m1", "m2"]
    assert late.latest_mention == "m2"


def test_a_post_from_the_future_was_written_now(desk: Desk) -> None:
    case = desk.place("m1", created_at=Instant(START + days(400)))
    assert case.posts[0].at == desk.now


def test_taking_back_the_only_post_closes_the_case(desk: Desk) -> None:
    case = desk.place("m1")
    desk.must(RetractMention(MentionId("m1"), 2))
    case = desk.case(case.id)
    assert (case.state, case.no_reply_needed, refs(case)) == (CaseState.RESOLVED, True, [])


def test_a_retraction_of_one_of_several_posts_keeps_the_case(desk: Desk) -> None:
    desk.place("m1", thread_root="t")
    case = desk.place("m2", thread_root="t")
    desk.must(RetractMention(MentionId("m1"), 2))
    assert (desk.case(case.id).state, refs(desk.case(case.id))) == (CaseState.QUEUED, ["m2"])


def test_a_retraction_before_its_mention_prevents_the_case(desk: Desk) -> None:
    desk.must(RetractMention(MentionId("m1"), 2))
    desk.must(mention("m1", revision=1))
    assert desk.state.cases == {}


def test_an_echo_of_our_delivery_changes_nothing(desk: Desk) -> None:
    case = desk.place("m1")
    desk.must(delivered(case.id, "r1", None, network_id="s-e1"))
    assert desk.must(echo("e1", "s-m1")).cases == {}


def test_a_delivery_replaces_the_echo_that_came_before_it(desk: Desk) -> None:
    case = desk.place("m1")
    desk.must(echo("e1", "s-m1"))
    assert refs(desk.case(case.id)) == ["e1", "m1"]
    desk.must(delivered(case.id, "r1", network_id="s-e1"))
    assert refs(desk.case(case.id)) == ["m1", "r1"]


def test_an_answer_given_elsewhere_counts_as_one(desk: Desk) -> None:
    case = desk.place("m1")
    desk.pass_time(minutes(5))
    desk.must(echo("e1", "s-m1", created_at=desk.now))
    case = desk.case(case.id)
    assert case.state is CaseState.WAITING
    assert [clock.stopped_at for clock in case.clocks] == [desk.now, None]
    assert case.posts[-1].side is PostSide.BRAND


def test_a_post_of_our_own_to_nobody_opens_no_case(desk: Desk) -> None:
    desk.must(echo("e1", ""))
    assert desk.state.cases == {}


# --- history


def test_history_never_pages_and_starts_no_clock(desk: Desk) -> None:
    desk.at_work("eva", ("crisis", 1))
    outcome = desk.must(mention("m1", facts=DANGEROUS, historical=True))
    case = desk.case(case_of("m1"))
    assert (case.state, case.clocks, case.assignee) == (CaseState.RESOLVED, (), None)
    assert not outcome.notices
    assert not outcome.decisions


def test_a_live_message_makes_history_into_work(desk: Desk) -> None:
    desk.place("m1", thread_root="t", historical=True)
    case = desk.place("m2", thread_root="t")
    assert (case.state, case.historical, case.reopened) == (CaseState.QUEUED, False, 0)
    assert {clock.kind for clock in case.clocks} == {ClockKind.FIRST_REPLY, ClockKind.RESOLUTION}


def test_a_policy_may_route_history_still_without_paging() -> None:
    desk = Desk(RoutingPolicy(route_history=True))
    desk.at_work("eva", ("crisis", 1))
    case = desk.place("m1", facts=DANGEROUS, historical=True)
    assert (case.state, case.assignee, case.clocks) == (CaseState.ASSIGNED, "eva", ())
    assert all(not outcome.notices for outcome in desk.outcomes)


# --- severity


def test_a_case_is_as_severe_as_its_worst_mention(desk: Desk) -> None:
    desk.place("m1", thread_root="t", facts=ANGRY)
    worst = desk.case(case_of("m1")).severity.score
    assert desk.place("m2", thread_root="t", facts=CALM).severity.score == worst


def test_danger_moves_a_case_to_the_crisis_queue_and_forward(desk: Desk) -> None:
    before = desk.place("m1", thread_root="t")
    desk.pass_time(minutes(1))
    outcome = desk.must(mention("m2", thread_root="t", facts=DANGEROUS, received_at=desk.now))
    case = desk.case(before.id)
    assert (case.queue, case.risk_topics) == ("crisis", ("fire_safety",))
    assert case.deadline == before.opened_at + minutes(15)
    assert case.clocks[0].due == before.opened_at + minutes(15)
    assert NoticeKind.CRITICAL_CASE in {notice.kind for notice in outcome.notices}


def test_a_persons_word_stands_until_a_new_risk_comes_up(desk: Desk) -> None:
    case = desk.place("m1", thread_root="t", facts=DANGEROUS)
    desk.must(OverrideSeverity(BOSS, case.id, 10))
    calm = desk.place("m2", thread_root="t", facts=DANGEROUS)
    assert (calm.severity.score, calm.severity.overridden_by) == (10, "key-boss")
    injury = replace(DANGEROUS, risks=(RiskFound(RiskTopic.INJURY, "bleeding"),))
    worse = desk.place("m3", thread_root="t", facts=injury)
    assert worse.severity.score >= 80
    assert worse.severity.overridden_by == ""


def test_a_corrected_tone_is_sure_and_recorded(desk: Desk) -> None:
    case = desk.place("m1", facts=ANGRY)
    outcome = desk.must(CorrectTone(by("eva"), case.id, MentionId("m1"), Polarity.NEUTRAL))
    post = desk.case(case.id).posts[0]
    assert (post.polarity, post.certainty) == (Polarity.NEUTRAL, 1.0)
    assert [c.polarity for c in outcome.corrections] == [Polarity.NEUTRAL]


# --- answers


def test_waiting_for_the_customer_frees_capacity_and_the_answer_takes_it_again(
    desk: Desk,
) -> None:
    desk.at_work("eva", capacity=1)
    case = desk.place("m1", thread_root="t")
    desk.pass_time(minutes(1))
    desk.must(delivered(case.id, "r1", at=desk.now))
    other = desk.place("m2", "ben")
    assert (desk.case(case.id).state, other.assignee) == (CaseState.WAITING, "eva")
    desk.must(Resolve(by("eva"), other.id))
    desk.pass_time(minutes(1))
    back = desk.place("m3", thread_root="t")
    assert (back.state, back.assignee, back.fence) == (CaseState.ASSIGNED, "eva", 2)


def test_a_reply_that_crossed_a_new_message_leaves_work_to_do(desk: Desk) -> None:
    desk.at_work("eva")
    case = desk.place("m1", thread_root="t")
    desk.pass_time(minutes(5))
    desk.place("m2", thread_root="t")
    desk.must(delivered(case.id, "r1", at=Instant(desk.now - seconds(10))))
    case = desk.case(case.id)
    assert (case.state, case.assignee) == (CaseState.ASSIGNED, "eva")
    running = [clock.kind for clock in case.clocks if clock.stopped_at is None]
    assert running == [ClockKind.RESOLUTION, ClockKind.NEXT_REPLY]


def test_a_holding_reply_is_no_response(desk: Desk) -> None:
    case = desk.place("m1")
    desk.must(delivered(case.id, "r1", None, automatic=True))
    case = desk.case(case.id)
    assert case.state is CaseState.QUEUED
    assert all(clock.stopped_at is None for clock in case.clocks)


def test_the_same_delivery_counts_once(desk: Desk) -> None:
    case = desk.place("m1")
    desk.must(delivered(case.id, "r1"))
    assert desk.must(delivered(case.id, "r1", revision=4)).cases == {}


def test_a_reply_that_failed_brings_the_case_back(desk: Desk) -> None:
    desk.at_work("eva")
    case = desk.place("m1")
    desk.must(Resolve(by("eva"), case.id))
    desk.must(ReplyFailed(delivered(case.id, "r1").delivery))
    case = desk.case(case.id)
    assert (case.state, case.assignee) == (CaseState.ASSIGNED, "eva")


def test_a_message_wakes_a_snoozed_case(desk: Desk) -> None:
    desk.at_work("eva")
    case = desk.place("m1", thread_root="t")
    desk.must(Snooze(by("eva"), case.id, Instant(desk.now + days(1))))
    assert desk.place("m2", thread_root="t").state is CaseState.ASSIGNED


def test_a_very_long_case_keeps_its_beginning_and_its_end(desk: Desk) -> None:
    for n in range(MOST_POSTS + 10):
        desk.now = Instant(desk.now + seconds(1))
        desk.place(f"m{n}", thread_root="t")
    case = desk.case(case_of("m0"))
    assert (len(case.posts), case.posts_left_out) == (MOST_POSTS, 10)
    assert case.posts[FIRST_POSTS - 1].ref == f"m{FIRST_POSTS - 1}"
    assert case.posts[-1].ref == f"m{MOST_POSTS + 9}"
