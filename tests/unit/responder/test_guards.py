"""What speaks against an answer, when it is asked for and when it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harken.domain.case import Case, CaseState, Post, PostSide
from harken.domain.ids import AgentId, MentionId, ReplyId
from harken.domain.mention import Mention, ReplyCapability, Visibility
from harken.domain.reply import Action
from harken.domain.reply import DeliveryState as State
from harken.domain.time import after, before, minutes, seconds
from harken.testing import builders
from services.responder.domain.guards import (
    PATIENCE,
    Guard,
    Intended,
    Situation,
    objection_to_sending,
    objections,
)

NOW = builders.NOW
IDA, JON = AgentId("agent-ida"), AgentId("agent-jon")
MENTION = builders.mention()
CASE = builders.case(MENTION, assignee=IDA, state=CaseState.ASSIGNED)


def intended(**changes: Any) -> Intended:
    made = Intended("We are sorry.", 13, Visibility.PUBLIC, Action.REPLY, IDA, authority=False)
    return replace(made, **changes)


def guards(
    intent: Intended | None = None, *, parent: Mention = MENTION, case: Case = CASE, **more: Any
) -> list[Guard]:
    found = objections(intent or intended(), Situation(case, parent, **more), NOW)
    return [objection.guard for objection in found]


def wrote_again(minutes_later: int = 1) -> Case:
    posts = tuple(
        Post(ref, PostSide.CUSTOMER, at, Visibility.PUBLIC)
        for ref, at in [
            (MENTION.id, MENTION.created_at),
            ("later", after(MENTION.created_at, minutes(minutes_later))),
        ]
    )
    return replace(CASE, latest_mention=MentionId("later"), posts=posts)


def test_nothing_speaks_against_an_ordinary_answer() -> None:
    assert guards() == []


@pytest.mark.parametrize(
    ("parent", "guard"),
    [
        (builders.mention(echo=True), Guard.OWN_POST),
        (builders.mention(historical=True), Guard.HISTORICAL),
        (builders.retraction(MENTION), Guard.RETRACTED),
        (builders.mention(capability=builders.NO_REPLY), Guard.NOT_ANSWERABLE),
        (
            builders.mention(capability=replace(builders.OPEN_REPLY, until=NOW)),
            Guard.NOT_ANSWERABLE,
        ),
        (
            builders.mention(capability=replace(builders.OPEN_REPLY, by_person_only=True)),
            Guard.NOT_ANSWERABLE,
        ),
        (
            builders.mention(capability=replace(builders.OPEN_REPLY, public=False)),
            Guard.NOT_ANSWERABLE,
        ),
    ],
)
def test_places_that_take_no_answer(parent: Mention, guard: Guard) -> None:
    assert guards(parent=parent) == [guard]


def test_the_network_says_why_it_takes_no_answer() -> None:
    parent = builders.mention(capability=ReplyCapability(why_not="Articles take no replies."))
    [objection] = objections(intended(), Situation(CASE, parent), NOW)
    assert objection.detail == "Articles take no replies."


def test_length_is_in_the_networks_counting_and_0_is_no_limit() -> None:
    assert guards(intended(length=500)) == []
    assert guards(intended(length=501)) == [Guard.TOO_LONG]
    boundless = builders.mention(capability=replace(builders.OPEN_REPLY, max_length=0))
    assert guards(intended(length=501), parent=boundless) == []
    assert guards(intended(text=" \n", length=2)) == [Guard.EMPTY]


def test_an_edit_is_seen_by_its_revision() -> None:
    edited = builders.edited(MENTION, "It leaks and hisses.")
    assert guards(intended(seen_revision=1), parent=edited) == [Guard.EDITED]
    assert guards(intended(seen_revision=2), parent=edited) == []
    assert guards(intended(), parent=edited) == []


def test_who_wrote_again_is_answered_on_what_they_wrote_last() -> None:
    assert guards(case=wrote_again()) == [Guard.WROTE_AGAIN]
    last = replace(builders.mention(), id=MentionId("later"))
    assert guards(case=wrote_again(), parent=last) == []


@pytest.mark.parametrize(
    ("action", "state", "found"),
    [
        (Action.REPLY, State.PLANNED, [Guard.UNDER_WAY]),
        (Action.REPLY, State.ABSENT, [Guard.UNDER_WAY]),
        (Action.REPLY, State.SENT, [Guard.ALREADY_ANSWERED]),
        (Action.PRIVATE_REPLY, State.PLANNED, [Guard.ALREADY_ANSWERED]),
        (Action.PRIVATE_REPLY, State.SENT, [Guard.ALREADY_ANSWERED]),
        (Action.REPLY, State.REFUSED, []),
        (Action.REPLY, State.CANCELLED, []),
    ],
)
def test_other_answers_to_the_same(action: Action, state: State, found: list[Guard]) -> None:
    assert guards(answers=(builders.reply(action=action, state=state),)) == found


def test_answered_in_the_networks_own_app() -> None:
    assert guards(elsewhere=NOW) == [Guard.ANSWERED_ELSEWHERE]


def test_whose_case_it_is() -> None:
    assert guards(intended(agent=JON)) == [Guard.ASSIGNED_TO_ANOTHER]
    assert guards(intended(agent=None)) == [Guard.ASSIGNED_TO_ANOTHER]
    assert guards(intended(agent=JON, authority=True)) == []
    assert guards(intended(agent=JON), case=replace(CASE, assignee=None)) == []
    assert guards(intended(agent=JON), case=replace(CASE, state=CaseState.RESOLVED)) == []


def test_what_cannot_be_waived_comes_first() -> None:
    found = guards(intended(length=501), case=wrote_again(), elsewhere=NOW)
    assert found == [Guard.TOO_LONG, Guard.WROTE_AGAIN, Guard.ANSWERED_ELSEWHERE]


# --- right before sending

REPLY = builders.reply(MENTION, id=ReplyId("r1"), parent_revision=1)


def late(situation: Situation, capability: ReplyCapability = MENTION.capability) -> Guard | None:
    now = after(after(NOW, PATIENCE), seconds(1))
    found = objection_to_sending(REPLY, situation, capability, 13, now)
    return None if found is None else found.guard


def test_it_goes_out_where_nothing_happened_since() -> None:
    assert late(Situation(CASE, MENTION, answers=(REPLY,))) is None


def test_a_fresh_word_of_the_network_rules() -> None:
    assert late(Situation(CASE, MENTION), ReplyCapability()) is Guard.NOT_ANSWERABLE
    short = replace(MENTION.capability, max_length=12)
    assert late(Situation(CASE, MENTION), short) is Guard.TOO_LONG


def test_edited_or_deleted_meanwhile() -> None:
    assert late(Situation(CASE, builders.edited(MENTION, "No, it is fine!"))) is Guard.EDITED
    assert late(Situation(CASE, builders.retraction(MENTION))) is Guard.RETRACTED


def test_answered_meanwhile_and_not_before() -> None:
    sent = builders.reply(MENTION, id=ReplyId("r2"), state=State.SENT)
    before_it, since = before(NOW, seconds(1)), after(NOW, seconds(1))
    assert late(Situation(CASE, MENTION, (replace(sent, sent_at=before_it),))) is None
    assert late(Situation(CASE, MENTION, (replace(sent, sent_at=since),))) is Guard.ALREADY_ANSWERED
    assert late(Situation(CASE, MENTION, elsewhere=before_it)) is None
    assert late(Situation(CASE, MENTION, elsewhere=since)) is Guard.ANSWERED_ELSEWHERE


def test_a_private_answer_does_not_stop_the_public_one() -> None:
    private = builders.reply(MENTION, action=Action.PRIVATE_REPLY, state=State.SENT)
    private = replace(private, sent_at=after(NOW, seconds(1)))
    assert late(Situation(CASE, MENTION, (private,))) is None


def test_what_was_written_meanwhile_stops_only_an_answer_that_was_held_up() -> None:
    situation = Situation(wrote_again(minutes_later=2), MENTION)
    assert late(situation) is Guard.WROTE_AGAIN
    soon = after(NOW, seconds(5))
    assert objection_to_sending(REPLY, situation, MENTION.capability, 13, soon) is None
