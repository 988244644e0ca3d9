"""Promises: kept, paused, warned of."""

from __future__ import annotations

from datetime import UTC
from types import MappingProxyType

from harken.domain.case import ClockKind
from harken.domain.facts import Notice, NoticeKind
from harken.domain.hours import BusinessHours, Span
from harken.domain.policy import SlaPolicy, Target
from harken.domain.time import hours, minutes, parse_rfc3339
from services.router.domain.commands import Resolve
from services.router.domain.policy import RoutingPolicy
from tests.unit.router.making import BOSS, DANGEROUS, Desk, delivered


def notices(desk: Desk) -> list[Notice]:
    return [notice for outcome in desk.outcomes for notice in outcome.notices]


def test_a_first_reply_is_promised_within_an_hour_and_in_a_crisis_within_15_minutes() -> None:
    desk = Desk()
    ordinary, critical = desk.place("m1", "a"), desk.place("m2", "b", facts=DANGEROUS)
    assert ordinary.clocks[0].due == desk.now + minutes(60)
    assert critical.clocks[0].due == desk.now + minutes(15)
    assert ordinary.clocks[0].kind is ClockKind.FIRST_REPLY


def test_what_cannot_be_answered_has_no_reply_promised() -> None:
    case = Desk().place("m1", answerable=False)
    assert [clock.kind for clock in case.clocks] == [ClockKind.RESOLUTION]


def test_warnings_come_at_50_75_and_100_percent() -> None:
    desk = Desk()
    desk.place("m1")
    desk.pass_time(minutes(61))
    assert [notice.at - desk.now + minutes(61) for notice in notices(desk)] == [
        minutes(30), minutes(45), minutes(60),
    ]  # fmt: skip
    kinds = [NoticeKind.SLA_WARNING, NoticeKind.SLA_WARNING, NoticeKind.SLA_BREACH]
    assert [notice.kind for notice in notices(desk)] == kinds


def test_a_promise_kept_is_warned_of_no_more() -> None:
    desk = Desk()
    case = desk.place("m1")
    desk.pass_time(minutes(31))
    desk.must(delivered(case.id, "r1", at=desk.now))
    first = desk.case(case.id).clocks[0]
    assert first.stopped_at == desk.now <= first.due
    desk.pass_time(hours(1))
    assert len(notices(desk)) == 1


def test_a_question_to_the_customer_pauses_the_resolution_alone() -> None:
    desk = Desk()
    case = desk.place("m1", thread_root="t")
    due = case.clocks[1].due
    desk.pass_time(minutes(10))
    desk.must(delivered(case.id, "r1", at=desk.now, asks=True))
    desk.pass_time(hours(30))
    assert notices(desk) == []
    case = desk.place("m2", thread_root="t")
    resolution = case.clocks[1]
    assert (resolution.due, resolution.paused_for) == (due + hours(30), hours(30))
    assert [c.kind for c in case.clocks if c.stopped_at is None] == [
        ClockKind.RESOLUTION,
        ClockKind.NEXT_REPLY,
    ]


def test_a_reply_that_asks_nothing_pauses_nothing() -> None:
    desk = Desk()
    case = desk.place("m1")
    desk.must(delivered(case.id, "r1", at=desk.now))
    assert desk.case(case.id).clocks[1].paused_at is None


def test_resolving_stops_every_clock() -> None:
    desk = Desk()
    case = desk.place("m1")
    desk.must(Resolve(BOSS, case.id))
    assert all(clock.stopped_at == desk.now for clock in desk.case(case.id).clocks)
    desk.pass_time(hours(48))
    assert notices(desk) == []


def test_business_hours_count_only_while_open() -> None:
    weekdays = ((Span(9 * 60, 17 * 60),),) * 5 + ((), ())
    sla = SlaPolicy(
        targets=(Target(ClockKind.FIRST_REPLY, hours(2), calendar="office"),),
        calendars=MappingProxyType({"office": BusinessHours(UTC, weekdays)}),
    )
    desk = Desk(RoutingPolicy(sla=sla))
    desk.now = parse_rfc3339("2026-01-02T16:00:00Z")  # a Friday
    case = desk.place("m1")
    assert case.clocks[0].due == parse_rfc3339("2026-01-05T10:00:00Z")
    desk.pass_time(hours(24 * 4))
    assert [notice.at for notice in notices(desk)] == [
        parse_rfc3339("2026-01-02T17:00:00Z"),
        parse_rfc3339("2026-01-05T09:30:00Z"),
        parse_rfc3339("2026-01-05T10:00:00Z"),
    ]
