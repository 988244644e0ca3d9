"""Who gets a case, and why."""

from __future__ import annotations

import pytest

from harken.domain.case import CaseState, SkillLevel
from harken.domain.facts import DecisionKind, NoticeKind
from harken.domain.ids import AgentId, CaseId, QueueId
from harken.domain.mention import Visibility
from harken.domain.severity import SeverityClass
from harken.domain.time import Instant, days, minutes, seconds
from services.router.domain.apply import apply
from services.router.domain.commands import (
    AcceptOffer,
    AgentActive,
    Appended,
    Assign,
    DeclineOffer,
    OverrideSeverity,
    Resolve,
    RetireAgent,
    Snooze,
    Tag,
    Transfer,
    UpsertQueue,
)
from services.router.domain.offer import Offer, OfferState
from services.router.domain.outcome import Decision
from services.router.domain.people import Status
from services.router.domain.policy import LanguageFallback, RoutingPolicy, Rule, Weight
from tests.unit.router.making import ANGRY, BOSS, DANGEROUS, Desk, agent, by, mention, status

EVA, JAN = AgentId("eva"), AgentId("jan")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def decision(desk: Desk) -> Decision:
    """The latest."""
    return [made for outcome in desk.outcomes for made in outcome.decisions][-1]


def open_offer(desk: Desk) -> Offer:
    (offer,) = (o for o in desk.state.offers.values() if o.state is OfferState.OPEN)
    return offer


# --- choosing


def test_the_most_proficient_is_chosen(desk: Desk) -> None:
    desk.at_work("eva", ("language:pl", 2))
    desk.at_work("jan", ("language:pl", 4))
    assert desk.place("m1", language="pl").assignee == "jan"


def test_of_equals_the_customers_last_agent_is_chosen_within_a_time(desk: Desk) -> None:
    desk.at_work("jan")
    first = desk.place("m1")
    desk.at_work("eva")
    desk.must(Resolve(by("jan"), first.id))
    assert desk.place("m2").assignee == "jan"
    assert decision(desk).candidates[0].known_to_customer
    desk.pass_time(days(9))
    for name in ("eva", "jan"):
        desk.must(status(name))
    assert desk.place("m3").assignee == "eva"


def test_of_strangers_the_longest_idle_is_chosen(desk: Desk) -> None:
    desk.at_work("eva")
    desk.at_work("jan")
    assert [desk.place(f"m{n}", f"u{n}").assignee for n in range(3)] == ["eva", "jan", "eva"]


def test_every_exclusion_has_its_reason(desk: Desk) -> None:
    desk.at_work("full", ("language:cs", 1), capacity=0)
    desk.at_work("away", ("language:cs", 1))
    desk.must(status("away", Status.BREAK))
    desk.at_work("mute")
    desk.at_work("elsewhere", ("language:cs", 1), queues=(QueueId("billing"),))
    desk.place("m1", language="cs")
    assert decision(desk).kind is DecisionKind.QUEUED
    assert dict(decision(desk).excluded) == {
        "no_capacity": ("full",),
        "status:break": ("away",),
        "skill:language:cs:1": ("mute",),
        "other_queues": ("elsewhere",),
    }


def test_a_language_that_nobody_has_may_be_answered_by_anybody(desk: Desk) -> None:
    desk.at_work("eva", ("language:en", 5))
    assert desk.place("m1", language="lv").assignee == "eva"


def test_a_language_that_somebody_has_waits_for_them(desk: Desk) -> None:
    desk.at_work("eva")
    desk.must(agent("jan", ("language:lv", 1)))
    case = desk.place("m1", language="lv")
    assert case.state is CaseState.QUEUED
    desk.must(status("jan"))
    assert desk.case(case.id).assignee == "jan"


def test_a_policy_may_send_unknown_languages_to_supervisors() -> None:
    desk = Desk(RoutingPolicy(language_fallback=LanguageFallback.SUPERVISORS))
    desk.at_work("eva")
    outcome = desk.do(mention("m1", language="lv"))
    assert [notice.kind for notice in outcome.notices] == [NoticeKind.NOBODY_AVAILABLE]
    assert decision(desk).kind is DecisionKind.ESCALATED


def test_the_first_rule_that_fits_decides() -> None:
    rules = (
        Rule("bills", QueueId("billing"), contact_reasons=("invoice",)),
        Rule("private", QueueId("chat"), visibility=(Visibility.PRIVATE,)),
        Rule("legal", QueueId("legal"), (SkillLevel("legal", 3),), risk_topics=("fire_safety",)),
        Rule("press", QueueId("press"), trackers=("tracker-papers", "tracker-radio")),
    )
    desk = Desk(RoutingPolicy(rules=rules))
    assert desk.place("m1", "a", contact_reason="invoice").queue == "billing"
    assert desk.place("m2", "b", visibility=Visibility.PRIVATE).queue == "chat"
    dangerous = desk.place("m3", "c", facts=DANGEROUS)
    assert (dangerous.queue, dangerous.required) == ("legal", (SkillLevel("legal", 3),))
    assert desk.place("m4", "d", trackers=("tracker-brand",)).queue == "general"
    tracked = desk.place("m5", "e", trackers=("tracker-brand", "tracker-radio"))
    assert (tracked.queue, tracked.trackers) == ("press", ("tracker-brand", "tracker-radio"))


def test_weights_say_how_much_fits() -> None:
    desk = Desk(RoutingPolicy(weights=(Weight(3, visibility=(Visibility.PRIVATE,)),)))
    desk.at_work("eva", capacity=4)
    assert desk.place("m1", "a", visibility=Visibility.PRIVATE).assignee == "eva"
    assert desk.place("m2", "b", visibility=Visibility.PRIVATE).assignee is None
    assert desk.place("m3", "c").assignee == "eva"


# --- order


def test_the_line_is_served_by_deadline_and_critical_work_first(desk: Desk) -> None:
    for n in range(3):
        desk.place(f"m{n}", f"u{n}")
        desk.pass_time(minutes(1))
    critical = desk.place("m9", "u9", facts=DANGEROUS)
    desk.at_work("eva", ("crisis", 1), capacity=1)
    assert open_offer(desk).case == critical.id
    desk.must(AcceptOffer(by("eva"), open_offer(desk).id))
    served = []
    current: CaseId | None = critical.id
    while current is not None:
        desk.must(Resolve(by("eva"), current))
        current = next(iter(desk.state.assigned[EVA]), None)
        served.append(desk.case(current).posts[0].ref if current else None)
    assert served == ["m0", "m1", "m2", None]


def test_work_of_a_pull_only_queue_is_taken_not_given(desk: Desk) -> None:
    desk.must(UpsertQueue(BOSS, QueueId("general"), "General", pull_only=True))
    desk.at_work("eva")
    case = desk.place("m1")
    assert case.state is CaseState.QUEUED
    desk.must(Assign(by("eva"), case.id, EVA))
    assert desk.case(case.id).assignee == "eva"


# --- offers


def test_critical_work_is_offered_and_accepted(desk: Desk) -> None:
    desk.at_work("eva", ("crisis", 1))
    case = desk.place("m1", facts=DANGEROUS)
    assert (case.state, case.assignee) == (CaseState.OFFERED, None)
    desk.must(AcceptOffer(by("eva"), open_offer(desk).id))
    assert desk.case(case.id).assignee == "eva"


def test_only_those_authorised_are_offered_critical_work(desk: Desk) -> None:
    desk.at_work("jan", ("language:en", 5))
    outcome = desk.do(mention("m1", facts=DANGEROUS))
    kinds = [notice.kind for notice in outcome.notices]
    assert kinds == [NoticeKind.CRITICAL_CASE, NoticeKind.NOBODY_AVAILABLE]


def test_supervisors_are_told_once_of_a_case_that_nobody_can_take(desk: Desk) -> None:
    desk.at_work("jan")
    desk.place("m1", thread_root="t", facts=DANGEROUS)
    desk.must(Tag(BOSS, next(iter(desk.state.cases)), ("seen",)))
    again = desk.do(mention("m2", thread_root="t", facts=DANGEROUS, received_at=desk.now))
    assert again.notices == []


def test_a_late_accept_is_refused(desk: Desk) -> None:
    desk.at_work("eva", ("crisis", 1))
    desk.at_work("jan", ("crisis", 1))
    case = desk.place("m1", facts=DANGEROUS)
    first = open_offer(desk)
    desk.pass_time(seconds(31))
    assert open_offer(desk).agent != first.agent
    late = desk.do(AcceptOffer(by(first.agent), first.id))
    assert (late.result.status, late.result.kind) == (409, "offer-over")
    desk.must(AcceptOffer(by(open_offer(desk).agent), open_offer(desk).id))
    assert desk.case(case.id).assignee != first.agent


def test_an_accept_in_time_counts_however_late_it_is_applied(desk: Desk) -> None:
    desk.at_work("eva", ("crisis", 1))
    case = desk.place("m1", facts=DANGEROUS)
    accept = AcceptOffer(by("eva"), open_offer(desk).id)
    in_time = Appended("in-time", Instant(desk.now + seconds(29)), accept)
    outcome = apply(desk.state, in_time, Instant(desk.now + seconds(40)))
    assert outcome.result.status == 200
    assert desk.case(case.id).assignee == "eva"


def test_who_declined_is_left_out_for_a_time_unless_nobody_else_is_left(desk: Desk) -> None:
    desk.at_work("eva", ("crisis", 5))
    desk.at_work("jan", ("crisis", 1))
    desk.place("m1", facts=DANGEROUS)
    desk.must(DeclineOffer(by("eva"), open_offer(desk).id))
    assert open_offer(desk).agent == "jan"
    desk.must(DeclineOffer(by("jan"), open_offer(desk).id))
    assert open_offer(desk).agent == "eva"


def test_who_declined_is_asked_again_after_a_time(desk: Desk) -> None:
    desk.at_work("eva", ("crisis", 1))
    desk.at_work("jan", ("crisis", 1), capacity=1)
    desk.place("m1", facts=DANGEROUS)
    desk.must(DeclineOffer(by("eva"), open_offer(desk).id))
    desk.must(status("jan", Status.BREAK))
    assert open_offer(desk).agent == "eva"


def test_missing_offers_without_any_other_sign_of_life_is_a_pause(desk: Desk) -> None:
    desk.at_work("eva", ("crisis", 1))
    desk.place("m1", facts=DANGEROUS)
    desk.pass_time(seconds(61))
    assert desk.state.agents[EVA].status is Status.BREAK


def test_who_is_active_elsewhere_is_not_paused(desk: Desk) -> None:
    desk.at_work("eva", ("crisis", 1))
    desk.place("m1", facts=DANGEROUS)
    for _ in range(4):
        desk.pass_time(seconds(20))
        desk.must(AgentActive(EVA))
    assert desk.state.agents[EVA].status is Status.AVAILABLE


def test_critical_work_takes_the_place_of_lesser_work(desk: Desk) -> None:
    desk.at_work("eva", ("crisis", 1), capacity=1)
    lesser = desk.place("m1", "ben")
    case = desk.place("m2", facts=DANGEROUS)
    desk.must(AcceptOffer(by("eva"), open_offer(desk).id))
    assert desk.case(case.id).assignee == "eva"
    assert desk.case(lesser.id).state is CaseState.QUEUED
    assert desk.case(lesser.id).deadline == lesser.deadline


def test_a_case_that_outgrows_its_agent_goes_to_somebody_authorised(desk: Desk) -> None:
    desk.at_work("jan")
    case = desk.place("m1", thread_root="t")
    worse = desk.place("m2", thread_root="t", facts=DANGEROUS)
    assert worse.assignee == "jan"
    desk.at_work("eva", ("crisis", 1))
    desk.place("m3", thread_root="t", facts=DANGEROUS)
    assert desk.case(case.id).state is CaseState.OFFERED
    assert open_offer(desk).agent == "eva"


# --- holding and giving back


def test_silence_returns_an_assignment_with_its_age(desk: Desk) -> None:
    desk.at_work("eva")
    desk.at_work("jan")
    case = desk.place("m1")
    for _ in range(4):
        desk.pass_time(minutes(5))
        for name in ("eva", "jan"):
            desk.must(AgentActive(AgentId(name)))
    back = desk.case(case.id)
    assert (back.assignee, back.deadline) == ("jan", case.deadline)


def test_activity_keeps_an_assignment(desk: Desk) -> None:
    desk.at_work("eva")
    case = desk.place("m1")
    for _ in range(12):
        desk.pass_time(minutes(5))
        desk.must(AgentActive(EVA, (case.id,)))
    assert (desk.case(case.id).assignee, desk.case(case.id).fence) == ("eva", 1)


def test_an_agent_without_any_sign_of_life_goes_offline(desk: Desk) -> None:
    desk.at_work("eva")
    desk.pass_time(minutes(11))
    assert desk.state.agents[EVA].status is Status.OFFLINE


def test_who_leaves_hands_over_everything(desk: Desk) -> None:
    desk.at_work("eva", ("crisis", 1))
    desk.at_work("jan", ("crisis", 1))
    ordinary, critical = desk.place("m1", "a"), desk.place("m2", "b", facts=DANGEROUS)
    desk.must(RetireAgent(BOSS, desk.case(ordinary.id).assignee or EVA))
    desk.must(RetireAgent(BOSS, open_offer(desk).agent))
    assert desk.case(ordinary.id).state is CaseState.QUEUED
    assert desk.case(critical.id).state is CaseState.QUEUED


def test_a_case_handed_back_goes_to_somebody_else(desk: Desk) -> None:
    desk.at_work("eva", ("language:en", 5))
    desk.at_work("jan", ("language:en", 1))
    case = desk.place("m1", language="en")
    desk.must(Transfer(by("eva"), case.id))
    assert desk.case(case.id).assignee == "jan"


def test_a_snoozed_case_comes_back_to_the_same_agent(desk: Desk) -> None:
    desk.at_work("eva", capacity=1)
    case = desk.place("m1", "ana")
    desk.must(Snooze(by("eva"), case.id, Instant(desk.now + minutes(5))))
    assert desk.state.load(EVA) == 0
    desk.pass_time(minutes(6))
    assert desk.case(case.id).state is CaseState.ASSIGNED


# --- taking and giving


def test_agents_take_what_nobody_has(desk: Desk) -> None:
    desk.must(agent("eva"))
    desk.must(agent("jan"))
    case = desk.place("m1")
    desk.must(Assign(by("eva"), case.id, EVA))
    taken = desk.do(Assign(by("jan"), case.id, JAN))
    assert (taken.result.status, taken.result.kind) == (409, "taken")


@pytest.mark.parametrize(
    ("skills", "capacity", "kind"), [((), 5, "skill-missing"), ((("crisis", 1),), 0, "no-capacity")]
)
def test_skills_and_capacity_rule_for_takers_too(
    desk: Desk, skills: tuple[tuple[str, int], ...], capacity: int, kind: str
) -> None:
    desk.must(agent("eva", *skills, capacity=capacity))
    case = desk.place("m1", facts=DANGEROUS)
    assert desk.do(Assign(by("eva"), case.id, EVA)).result.kind == kind


def test_supervisors_take_over(desk: Desk) -> None:
    desk.at_work("eva")
    case = desk.place("m1")
    desk.must(agent("jan"))
    assert desk.do(Assign(by("jan"), case.id, JAN)).result.status == 409
    desk.must(Assign(BOSS, case.id, JAN))
    assert (desk.case(case.id).assignee, desk.case(case.id).fence) == ("jan", 2)


def test_only_who_has_a_case_or_a_supervisor_decides_over_it(desk: Desk) -> None:
    desk.at_work("eva")
    desk.must(agent("jan"))
    case = desk.place("m1")
    assert desk.do(Resolve(by("jan"), case.id)).result.status == 403
    desk.must(Resolve(BOSS, case.id))


def test_an_edit_based_on_an_old_revision_is_refused(desk: Desk) -> None:
    case = desk.place("m1")
    desk.must(Tag(BOSS, case.id, ("a",), expected=case.revision))
    stale = desk.do(Tag(BOSS, case.id, ("b",), expected=case.revision))
    assert (stale.result.status, stale.result.revision) == (412, case.revision + 1)
    assert desk.case(case.id).tags == ("a",)


def test_not_a_crisis_is_one_call(desk: Desk) -> None:
    desk.at_work("eva")
    case = desk.place("m1", facts=DANGEROUS)
    desk.must(OverrideSeverity(by("eva"), case.id, 10))
    calm = desk.case(case.id)
    assert (calm.queue, calm.required, calm.assignee) == ("general", (), "eva")
    assert calm.deadline == case.deadline


def test_a_person_may_make_a_case_critical(desk: Desk) -> None:
    desk.at_work("eva", ("crisis", 1), capacity=0)
    case = desk.place("m1", facts=ANGRY)
    outcome = desk.must(OverrideSeverity(BOSS, case.id, 95))
    assert desk.case(case.id).severity.severity_class is SeverityClass.CRITICAL
    assert [n.kind for n in outcome.notices][:1] == [NoticeKind.CRITICAL_CASE]
