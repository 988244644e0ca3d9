"""Key figures over case histories. Each formula has a version: it changes when the formula does.

All of them look at a half-open period [since, until) and leave historical cases out. Times are
wall time in seconds. Automatic posts (holding replies, bot answers) never count as responses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harken.domain.case import Case, ClockKind, Post, PostSide, SlaClock
from harken.domain.time import Instant, elapsed

FORMULAS: Mapping[str, int] = {
    "volume": 1,
    "first_response": 1,
    "resolution": 1,
    "sla_attainment": 1,
}


@dataclass(frozen=True, slots=True)
class Period:
    since: Instant
    until: Instant

    def holds(self, at: Instant | None) -> bool:
        return at is not None and self.since <= at < self.until


@dataclass(frozen=True, slots=True)
class Volume:
    """Customers' posts in the period, in all and by facet; ``cases`` opened in it."""

    posts: int
    cases: int
    by_network: Mapping[str, int]
    by_polarity: Mapping[str, int]
    by_contact_reason: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Times:
    """Of ``of`` cases, ``count`` have the time; the figures in seconds are over these."""

    count: int
    of: int
    mean: float | None
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Attainment:
    """Promises that came due or were kept in the period; ``share`` is None where there are none."""

    met: int
    missed: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    volume: Volume
    first_response: Times
    resolution: Times
    sla_attainment: Mapping[ClockKind, Attainment]


def figures(cases: Sequence[Case], period: Period) -> Figures:
    """``cases`` are all that opened, spoke or closed in the period; others change nothing."""
    live = [case for case in cases if not case.historical]
    return Figures(
        volume(live, period),
        first_response(live, period),
        resolution(live, period),
        sla_attainment(live, period),
    )


def volume(cases: Iterable[Case], period: Period) -> Volume:
    """Counts each customer's post by its own time, and each case by its opening."""
    networks: Counter[str] = Counter()
    polarities: Counter[str] = Counter()
    contact_reasons: Counter[str] = Counter()
    opened = 0
    for case in cases:
        opened += period.holds(case.opened_at)
        spoken = [post for post in _customer(case) if period.holds(post.at)]
        networks[case.network] += len(spoken)
        contact_reasons[case.contact_reason or "unknown"] += len(spoken)
        polarities.update(str(post.polarity or "unknown") for post in spoken)
    return Volume(
        sum(networks.values()),
        opened,
        dict(+networks),
        dict(+polarities),
        dict(+contact_reasons),
    )


def first_response(cases: Iterable[Case], period: Period) -> Times:
    """Cases opened in the period: from the customer's first post to our first human post."""
    waits: list[float] = []
    asked = 0
    for case in cases:
        first = min((post.at for post in _customer(case)), default=None)
        if first is None or case.no_reply_needed or not period.holds(case.opened_at):
            continue
        asked += 1
        answers = [post.at for post in _human(case) if post.at >= first]
        if answers:
            waits.append(elapsed(first, min(answers)) / 1_000_000)
    return _times(waits, asked)


def resolution(cases: Iterable[Case], period: Period) -> Times:
    """Cases resolved in the period: from opening to the resolution that held."""
    resolved = [case for case in cases if period.holds(case.resolved_at)]
    seconds = [
        elapsed(case.opened_at, case.resolved_at) / 1_000_000
        for case in resolved
        if case.resolved_at is not None
    ]
    return _times(seconds, len(resolved))


def sla_attainment(cases: Iterable[Case], period: Period) -> Mapping[ClockKind, Attainment]:
    """A clock counts where it was decided: when it stopped, or when its time ran out first."""
    met: Counter[ClockKind] = Counter()
    missed: Counter[ClockKind] = Counter()
    for case in cases:
        for clock in case.clocks:
            decided = _decided(clock, period.until)
            if decided is None or not period.holds(decided):
                continue
            (met if _kept(clock) else missed)[clock.kind] += 1
    return {
        kind: Attainment(met[kind], missed[kind], met[kind] / (met[kind] + missed[kind]))
        for kind in ClockKind
        if met[kind] + missed[kind]
    }


def _decided(clock: SlaClock, by: Instant) -> Instant | None:
    if _kept(clock):
        return clock.stopped_at
    if clock.paused_at is not None and clock.stopped_at is None:
        return None
    return clock.due if clock.due < by else None


def _kept(clock: SlaClock) -> bool:
    return clock.stopped_at is not None and clock.stopped_at <= clock.due


def _customer(case: Case) -> Iterable[Post]:
    return (post for post in case.posts if post.side is PostSide.CUSTOMER and not post.historical)


def _human(case: Case) -> Iterable[Post]:
    return (post for post in case.posts if post.side is PostSide.BRAND and not post.automatic)


def _times(seconds: list[float], of: int) -> Times:
    if not seconds:
        return Times(0, of, None, None, None)
    ordered = sorted(seconds)
    mean = sum(ordered) / len(ordered)
    return Times(len(ordered), of, mean, _quantile(ordered, 0.5), _quantile(ordered, 0.9))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Linear between the two nearest ranks (type 7 of Hyndman and Fan, 1996)."""
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
