"""Key figures, worked out by hand on small histories."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harken.domain.case import Case, CaseState, ClockKind, Post, PostSide, SlaClock
from harken.domain.ids import AgentId, AuthorId, CaseId, ConnectionId, QueueId, TenantId
from harken.domain.mention import Visibility
from harken.domain.severity import Severity, SeverityClass
from harken.domain.time import Instant, after, hours, minutes
from harken.domain.tone import Polarity
from services.search.domain.kpis import Period, figures

START = Instant(1_760_000_000_000_000)
PERIOD = Period(START, after(START, hours(24)))


def at(n: float) -> Instant:
    """Minutes after the period's start."""
    return after(START, minutes(n))


def customer(n: float, polarity: Polarity = Polarity.NEGATIVE) -> Post:
    return Post(f"m{n}", PostSide.CUSTOMER, at(n), Visibility.PUBLIC, polarity, 0.9)


def brand(n: float, *, automatic: bool = False) -> Post:
    agent = None if automatic else AgentId("ana")
    return Post(f"r{n}", PostSide.BRAND, at(n), Visibility.PUBLIC, automatic=automatic, agent=agent)


def promise(due: float, stopped: float | None, paused: float | None = None) -> SlaClock:
    return SlaClock(
        ClockKind.FIRST_REPLY,
        at(0),
        minutes(60),
        at(due),
        paused_at=None if paused is None else at(paused),
        stopped_at=None if stopped is None else at(stopped),
    )


def case(*posts: Post, opened: float = 0, **changes: object) -> Case:
    base = Case(
        tenant=TenantId("aurora"),
        id=CaseId(f"case-{opened}-{len(posts)}"),
        revision=1,
        network="mastodon",
        connection=ConnectionId("c"),
        author=AuthorId("a"),
        visibility=Visibility.PUBLIC,
        thread_root="1",
        language="pl",
        state=CaseState.ASSIGNED,
        severity=Severity(40, SeverityClass.NORMAL),
        queue=QueueId("general"),
        opened_at=at(opened),
        updated_at=at(opened),
        deadline=at(opened + 60),
        posts=posts,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_a_holding_reply_is_no_response() -> None:
    held = case(customer(0), brand(1, automatic=True), brand(30))
    times = figures([held], PERIOD).first_response
    assert (times.count, times.of, times.median) == (1, 1, 30 * 60.0)


def test_unanswered_cases_stay_in_the_denominator() -> None:
    answered = [case(customer(0), brand(wait)) for wait in (10, 20, 60)]
    times = figures([*answered, case(customer(0))], PERIOD).first_response
    assert (times.count, times.of) == (3, 4)
    assert times.mean == pytest.approx(30 * 60)
    assert times.median == pytest.approx(20 * 60)
    assert times.p90 == pytest.approx(52 * 60)


def test_what_needs_no_reply_waits_for_none() -> None:
    thanks = case(customer(0, Polarity.POSITIVE), no_reply_needed=True)
    assert figures([thanks], PERIOD).first_response.of == 0


def test_volume_counts_posts_by_their_own_time() -> None:
    spoke = case(customer(-5), customer(5), customer(6, Polarity.NEUTRAL), brand(7), opened=-5)
    other = case(customer(1), network="webhook", contact_reason="delivery", opened=1)
    volume = figures([spoke, other], PERIOD).volume
    assert (volume.posts, volume.cases) == (3, 1)
    assert volume.by_network == {"mastodon": 2, "webhook": 1}
    assert volume.by_polarity == {"negative": 2, "neutral": 1}
    assert volume.by_contact_reason == {"unknown": 2, "delivery": 1}


def test_history_is_not_counted() -> None:
    assert figures([case(customer(0), historical=True)], PERIOD).volume.posts == 0


def test_resolution_counts_cases_that_closed_in_the_period() -> None:
    closed = case(customer(0), resolved_at=at(90), state=CaseState.RESOLVED)
    earlier = case(customer(-99), opened=-99, resolved_at=at(-1))
    times = figures([closed, earlier, case(customer(0))], PERIOD).resolution
    assert (times.count, times.of, times.median) == (1, 1, 90 * 60.0)


@pytest.mark.parametrize(
    ("clock", "met", "missed"),
    [
        (promise(due=60, stopped=59), 1, 0),
        (promise(due=60, stopped=60), 1, 0),
        (promise(due=60, stopped=61), 0, 1),
        (promise(due=60, stopped=None), 0, 1),
        (promise(due=60 * 24 + 1, stopped=None), 0, 0),
        (promise(due=60, stopped=None, paused=30), 0, 0),
        (promise(due=-1, stopped=5), 0, 0),
    ],
)
def test_a_promise_counts_when_it_is_decided(clock: SlaClock, met: int, missed: int) -> None:
    attained = figures([case(customer(0), clocks=(clock,))], PERIOD).sla_attainment
    found = attained.get(ClockKind.FIRST_REPLY)
    assert (found.met if found else 0, found.missed if found else 0) == (met, missed)


def test_nothing_gives_no_figure_rather_than_a_zero() -> None:
    empty = figures([], PERIOD)
    assert empty.first_response.mean is None
    assert empty.sla_attainment == {}
