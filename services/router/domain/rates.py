"""Counts what is said, by tenant, tracker, topic and minute: what crises are detected by.

Each partition of the tagged mentions is counted on its own, into *partial counts* that name the
last record that they know. They only grow: a record at or before that one changes nothing, and of
two partial counts of one bucket the larger numbers hold. So they may come again, in any order, from
whatever position a counter was started anew; the sum over the partitions is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from harken.domain.facts import TaggedMention
from harken.domain.ids import TenantId
from harken.domain.mention import Change
from harken.domain.rates import ALL, NONE, PartialCounts, Series, Tally
from harken.domain.risk import find_risks
from harken.domain.time import Duration, Instant, after, hours, minutes
from harken.domain.tone import Polarity

MINUTE = minutes(1)
LATE = hours(6)
"""What was heard longer than this after its writing is not counted: it is no news any more."""
FIRST = 1
"""The revision that counts: an edit says nothing that is counted a second time."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What counting needs to know of a mention: no text, no person."""

    tenant: TenantId
    minute: Instant
    series: tuple[Series, ...]
    negative: bool


def minute_of(at: Instant) -> Instant:
    """The beginning of the minute in UTC."""
    return Instant(at - at % MINUTE)


def heard(tagged: TaggedMention) -> Heard | None:
    """None for what is not counted: history, our own posts, edits, retractions, and what is late.

    The minute is that of the writing, of the receipt for what claims to come from the future.
    """
    mention = tagged.mention
    news = mention.revision == FIRST and mention.change is Change.CONTENT
    if not mention.tenant or not news or mention.historical or mention.echo:
        return None
    at = min(mention.created_at, mention.received_at)
    if after(at, LATE) < mention.received_at:
        return None
    trackers = (ALL, *sorted(set(mention.trackers) - {ALL}))
    topics = (ALL, *(risk.topic.value for risk in find_risks(mention.text)))
    return Heard(
        mention.tenant,
        minute_of(at),
        tuple(Series(tracker, topic) for tracker in trackers for topic in topics),
        negative=tagged.tone is not None and tagged.tone.polarity is Polarity.NEGATIVE,
    )


def counted(known: PartialCounts, one: Heard, offset: int) -> PartialCounts:
    """With this record of the bucket's partition; the same where it was counted before."""
    if offset <= known.highest:
        return known
    tallies = dict(known.tallies)
    for series in one.series:
        tally = tallies.get(series, NONE)
        tallies[series] = Tally(tally.mentions + 1, tally.negative + one.negative)
    return replace(known, highest=offset, tallies=tallies)


def larger(one: PartialCounts, other: PartialCounts) -> PartialCounts:
    """Of the same bucket: the larger of each number."""
    tallies = dict(one.tallies)
    for series, tally in other.tallies.items():
        known = tallies.get(series, NONE)
        tallies[series] = Tally(
            max(known.mentions, tally.mentions), max(known.negative, tally.negative)
        )
    return PartialCounts(one.bucket, max(one.highest, other.highest), tallies)


def summed(partials: Iterable[PartialCounts]) -> dict[Series, Tally]:
    """Over the partitions of one minute."""
    sums: dict[Series, Tally] = {}
    for partial in partials:
        for series, tally in partial.tallies.items():
            known = sums.get(series, NONE)
            sums[series] = Tally(known.mentions + tally.mentions, known.negative + tally.negative)
    return sums


def forgotten(minute: Instant, received: Instant) -> bool:
    """Whether a counter that has come to a mention received then may forget the minute. It waits
    another while: what is heard meanwhile comes through lanes that are not in step."""
    return after(open_until(minute), LATE) <= received


def open_until(minute: Instant) -> Instant:
    """What is heard from then on is too late for the minute: its counts grow no more, but for
    what was heard before and still waits to be counted."""
    return after(minute, Duration(MINUTE + LATE))
