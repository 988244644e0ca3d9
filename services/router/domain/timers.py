"""What happens when a timer is due."""

from __future__ import annotations

from dataclasses import replace

from harken.domain.case import Case, CaseState, SlaClock
from harken.domain.facts import NoticeKind
from harken.domain.ids import AgentId, CaseId, OfferId
from services.router.domain import clocks
from services.router.domain.commands import TimerFired
from services.router.domain.desk import agent_silent, lease_over, offer_missed
from services.router.domain.outcome import Result
from services.router.domain.placement import attend
from services.router.domain.timer import TimerKey, TimerKind
from services.router.domain.turn import Turn


def timer_fired(turn: Turn, fired: TimerFired) -> Result:
    """One of an older generation, or before its time, does nothing."""
    key = TimerKey(fired.aggregate, fired.kind)
    timer = turn.state.timers.get(key)
    if timer is None or timer.generation != fired.generation or timer.due > turn.now:
        return turn.done(fired.aggregate)
    turn.state.remove_timer(key)
    turn.outcome.timers[key] = None
    match fired.kind:
        case TimerKind.CLOCK:
            _warn(turn, turn.state.cases[CaseId(fired.aggregate)])
        case TimerKind.LEASE:
            lease_over(turn, CaseId(fired.aggregate))
        case TimerKind.SNOOZE:
            _wake(turn, turn.state.cases[CaseId(fired.aggregate)])
        case TimerKind.RETRY:
            _ask_again(turn, turn.state.cases[CaseId(fired.aggregate)])
        case TimerKind.OFFER:
            offer_missed(turn, OfferId(fired.aggregate))
        case TimerKind.SILENCE:
            agent_silent(turn, AgentId(fired.aggregate))
    case = turn.state.cases.get(CaseId(fired.aggregate))
    if case is not None:
        turn.set_timers(case)
    return turn.done(fired.aggregate)


def _warn(turn: Turn, case: Case) -> None:
    warned, news = clocks.warned(case, turn.now, turn.policy.sla)
    turn.put(warned)
    for clock, percent in news:
        breach = percent >= clocks.WHOLE
        kind = NoticeKind.SLA_BREACH if breach else NoticeKind.SLA_WARNING
        turn.notify(kind, case, _detail(clock, percent), clock.kind, clock.started_at, percent)


def _detail(clock: SlaClock, percent: int) -> str:
    return f"{clock.kind.value}: {percent} % of the time allowed is over"


def _wake(turn: Turn, case: Case) -> None:
    if case.state is CaseState.SNOOZED:
        attend(turn, case, "the snooze is over")


def _ask_again(turn: Turn, case: Case) -> None:
    """Exclusions that are over are forgotten; it was in the line all the time."""
    if case.state is CaseState.QUEUED:
        kept = tuple((agent, until) for agent, until in case.excluded if until > turn.now)
        turn.put(replace(case, excluded=kept))
