"""A source's own rhythm: how often it speaks at which hour of the week, and when it is too silent.

Time is cut into slots of five minutes. In each hour of the week (UTC) a source speaks in some share
of its slots; that share is estimated from what was observed, drawn towards the share of that hour
on all days, and that towards the share of all hours (pseudo-counts, as in the posterior mean of a
Beta prior). Old weeks fade.

The *surprise* of a silence is −ln of its probability, were the slots independent: the sum over its
slots of −ln(1 − p(slot)), in nats. Slots in which the source hardly ever speaks add nothing, so
that quiet nights and weekends surprise nobody. It is the rescaling of time by the process's own
intensity (E. N. Brown et al., "The time-rescaling theorem and its application to neural spike
train data analysis", Neural Computation 14, 2002), in discrete time: a source whose slots were
independent had silences that are exponential with mean 1. Real sources speak in bursts; so a
silence must also be twice as surprising as the greatest that this source got over before, which
fades as the weeks do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

from harken.domain.time import BEGINNING, Duration, Instant, hours, minutes

SLOT: Duration = minutes(5)
LEAST_ITEMS = 50
LEAST_SURPRISE = 16.0
TIMES_ITS_GREATEST = 2.0

_PER_HOUR = hours(1) // SLOT
_HOURS = 24
_WEEK = 7 * _HOURS
LEAST_SLOTS = _WEEK * _PER_HOUR
"""A week listened to; before that nothing is said."""
_LONGEST_LEAP = _HOURS * _PER_HOUR

_FADES = 0.5 ** (1 / (4 * _PER_HOUR))
"""For each slot of one hour of the week: half is forgotten after four weeks."""
_GREATEST_FADES = 0.5 ** (1 / (8 * LEAST_SLOTS))
_PRIOR = 0.5
"""Slots that the wider view counts for."""
_LISTENED_BEFORE = 6.0
"""Slots of an hour of the week; one that was hardly listened to before surprises nobody."""
_SUREST = 0.95


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``spoke`` and ``heard`` are faded counts of slots for each hour of the week: those in which
    it spoke, and those in which we listened. ``slot`` is the one that has begun; ``speaks`` says
    whether it spoke in it. ``surprise`` is that of the silence that lasts, ``greatest`` the
    greatest of those that ended. ``items`` and ``slots`` count all, without fading.
    """

    spoke: tuple[float, ...] = (0.0,) * _WEEK
    heard: tuple[float, ...] = (0.0,) * _WEEK
    slot: int = 0
    speaks: bool = False
    last_at: Instant = BEGINNING
    surprise: float = 0.0
    greatest: float = 0.0
    items: int = 0
    slots: int = 0

    @property
    def known(self) -> bool:
        return self.items >= LEAST_ITEMS and self.slots >= LEAST_SLOTS

    @property
    def too_silent(self) -> bool:
        return self.known and self.surprise > max(
            LEAST_SURPRISE, TIMES_ITS_GREATEST * self.greatest
        )


def spoken(rhythm: Rhythm, now: Instant, items: int) -> Rhythm:
    """It said ``items`` things, heard just now."""
    rhythm = listened(rhythm, now)
    return replace(
        rhythm,
        speaks=True,
        last_at=max(now, rhythm.last_at),
        surprise=0.0,
        greatest=max(rhythm.greatest, rhythm.surprise),
        items=rhythm.items + items,
    )


def listened(rhythm: Rhythm, now: Instant) -> Rhythm:
    """Time passed in which we listened. A leap of more than a day is time in which we did not."""
    slot = now // SLOT
    if not 0 <= slot - rhythm.slot <= _LONGEST_LEAP:
        return absent(rhythm, now)
    if slot == rhythm.slot:
        return rhythm
    spoke, heard = list(rhythm.spoke), list(rhythm.heard)
    surprise, speaks = rhythm.surprise, rhythm.speaks
    for passed in range(rhythm.slot, slot):
        hour = _hour_of_week(passed)
        if speaks:
            surprise = 0.0
        elif heard[hour] >= _LISTENED_BEFORE:
            surprise -= log(1.0 - _share(spoke, heard, hour))
        spoke[hour] = spoke[hour] * _FADES + speaks
        heard[hour] = heard[hour] * _FADES + 1.0
        speaks = False
    passed = slot - rhythm.slot
    return replace(
        rhythm,
        spoke=tuple(spoke),
        heard=tuple(heard),
        slot=slot,
        speaks=False,
        surprise=surprise,
        greatest=rhythm.greatest * _GREATEST_FADES**passed,
        slots=rhythm.slots + passed,
    )


def absent(rhythm: Rhythm, now: Instant) -> Rhythm:
    """Time passed in which we did not listen: the source can have been neither loud nor silent."""
    return replace(rhythm, slot=max(now // SLOT, rhythm.slot), speaks=False)


def _share(spoke: list[float], heard: list[float], hour: int) -> float:
    """Of this hour's slots in which the source speaks: each wider view counts `_PRIOR` slots."""
    of_all = (sum(spoke) + 0.5) / (sum(heard) + 1.0)
    alike = range(hour % _HOURS, _WEEK, _HOURS)
    of_day = (sum(spoke[h] for h in alike) + _PRIOR * of_all) / (
        sum(heard[h] for h in alike) + _PRIOR
    )
    return min((spoke[hour] + _PRIOR * of_day) / (heard[hour] + _PRIOR), _SUREST)


def _hour_of_week(slot: int) -> int:
    return slot // _PER_HOUR % _WEEK
