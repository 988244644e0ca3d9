"""SLA clocks: promises that start, pause, stop and warn."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from harken.domain.case import Case, ClockKind, SlaClock
from harken.domain.policy import SlaPolicy, Target
from harken.domain.time import Duration, Instant, after, elapsed

MOST_CLOCKS = 32
"""The oldest kept or missed promises beyond that are dropped."""
WHOLE = 100


def running(case: Case, kind: ClockKind) -> SlaClock | None:
    fitting = (c for c in case.clocks if c.kind is kind and c.stopped_at is None)
    return next(fitting, None)


def started(case: Case, at: Instant, sla: SlaPolicy, *kinds: ClockKind) -> Case:
    """With a running clock of each kind for which the policy promises anything."""
    fresh = [
        SlaClock(kind, at, target.within, due, calendar=target.calendar)
        for kind in kinds
        if running(case, kind) is None and (target := _target(case, kind, sla)) is not None
        for due in (_ends(at, target.within, target.calendar, sla),)
    ]
    return replace(case, clocks=_bounded((*case.clocks, *fresh))) if fresh else case


def stopped(
    case: Case, at: Instant, sla: SlaPolicy, kinds: Collection[ClockKind] = tuple(ClockKind)
) -> Case:
    """Every running clock of these kinds ends, not before it started; a pause ends with it."""

    def stop(clock: SlaClock) -> SlaClock:
        if clock.kind not in kinds:
            return clock
        return replace(_gone_on(clock, at, sla), stopped_at=max(at, clock.started_at))

    return _each(case, stop)


def paused(case: Case, at: Instant) -> Case:
    """We asked the customer something: the promise of a resolution waits for the answer."""
    return _each(
        case,
        lambda clock: (
            replace(clock, paused_at=max(at, clock.started_at))
            if clock.kind is ClockKind.RESOLUTION and clock.paused_at is None
            else clock
        ),
    )


def resumed(case: Case, at: Instant, sla: SlaPolicy) -> Case:
    return _each(case, lambda clock: _gone_on(clock, at, sla))


def tightened(case: Case, sla: SlaPolicy) -> Case:
    """After the severity rose or the queue changed: running promises may become shorter."""

    def shorten(clock: SlaClock) -> SlaClock:
        target = _target(case, clock.kind, sla)
        if target is None:
            return clock
        shorter = replace(clock, target=target.within, calendar=target.calendar)
        shorter = replace(shorter, due=reached(shorter, WHOLE, sla))
        return shorter if shorter.due < clock.due else clock

    return _each(case, shorten)


def reached(clock: SlaClock, percent: int, sla: SlaPolicy) -> Instant:
    """When that share of the time allowed is over, pauses so far added."""
    allowed = Duration(clock.target * percent // WHOLE + clock.paused_for)
    return _ends(clock.started_at, allowed, clock.calendar, sla)


def next_warning(case: Case, sla: SlaPolicy) -> Instant | None:
    """When the next percentage is reached that was not announced yet, over all promises."""
    instants = [
        reached(clock, percent, sla)
        for clock in case.clocks
        if clock.stopped_at is None and clock.paused_at is None
        for percent in sla.warnings
        if percent not in clock.warned
    ]
    return min(instants, default=None)


def warned(case: Case, now: Instant, sla: SlaPolicy) -> tuple[Case, list[tuple[SlaClock, int]]]:
    """The case with all percentages reached by now as announced, and what to announce.

    Of several that were reached at once (after a standstill), only the greatest is announced.
    """
    news: list[tuple[SlaClock, int]] = []

    def mark(clock: SlaClock) -> SlaClock:
        if clock.paused_at is not None:
            return clock
        new = [
            percent
            for percent in sla.warnings
            if percent not in clock.warned and reached(clock, percent, sla) <= now
        ]
        if not new:
            return clock
        clock = replace(clock, warned=tuple(sorted({*clock.warned, *new})))
        news.append((clock, max(new)))
        return clock

    return _each(case, mark), news


def _target(case: Case, kind: ClockKind, sla: SlaPolicy) -> Target | None:
    return sla.target(kind, case.severity.severity_class, case.queue, case.network)


def _ends(start: Instant, allowed: Duration, calendar: str, sla: SlaPolicy) -> Instant:
    """In wall time where the calendar is "" or gone from the policy."""
    hours = sla.calendars.get(calendar)
    return after(start, allowed) if hours is None else hours.after(start, allowed)


def _gone_on(clock: SlaClock, at: Instant, sla: SlaPolicy) -> SlaClock:
    if clock.paused_at is None:
        return clock
    hours = sla.calendars.get(clock.calendar)
    span = hours.between if hours else elapsed
    pause = Duration(max(0, span(clock.paused_at, at)))
    clock = replace(clock, paused_at=None, paused_for=Duration(clock.paused_for + pause))
    return replace(clock, due=reached(clock, WHOLE, sla))


def _each(case: Case, change: Callable[[SlaClock], SlaClock]) -> Case:
    """The case with every running clock changed; itself where nothing changed."""
    clocks = tuple(c if c.stopped_at is not None else change(c) for c in case.clocks)
    if all(new is old for new, old in zip(clocks, case.clocks, strict=True)):
        return case
    return replace(case, clocks=clocks)


def _bounded(clocks: tuple[SlaClock, ...]) -> tuple[SlaClock, ...]:
    surplus = len(clocks) - MOST_CLOCKS
    if surplus <= 0:
        return clocks
    old = [clock for clock in clocks if clock.stopped_at is not None][:surplus]
    return tuple(clock for clock in clocks if clock not in old)
