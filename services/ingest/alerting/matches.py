"""What is known of trackers' matches: read by the stage before it decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, select

from harken.domain.ids import MentionId, TenantId
from harken.domain.mention import Mention
from harken.domain.time import BEGINNING, Instant
from harken.store.body import decode, encode
from harken.store.changes import Insert, Replace
from harken.store.port import Rows
from harken.store.schema.ingest import TRACKER_MATCHES, TRACKER_RATES
from harken.store.schema.router import MENTIONS
from services.ingest.trackers.preview import read_tagged


@dataclass(frozen=True, slots=True)
class Rates:
    """Until when each rule of a tracker is quiet, by the rule's id."""

    quiet_until: Mapping[str, Instant] = field(default_factory=dict)

    def of(self, rule: str) -> Instant:
        return self.quiet_until.get(rule, BEGINNING)


async def counted(rows: Rows, mentions: Iterable[MentionId]) -> set[tuple[str, MentionId]]:
    """Which trackers counted them before."""
    table = TRACKER_MATCHES.c
    query = select(table.tracker, table.mention).where(table.mention.in_(list(mentions)))
    return {(row.tracker, MentionId(row.mention)) for row in await rows.all(query)}


async def times_around(
    rows: Rows, tracker: str, first: Instant, last: Instant, most: int
) -> list[Instant]:
    """Receipts of counted matches from ``first`` to ``last``, and of the ``most`` on either side
    of them."""
    table = TRACKER_MATCHES.c
    at = table.received_at
    query = select(at).where(table.tracker == tracker)
    before = query.where(at < first).order_by(at.desc()).limit(most)
    between = query.where(at >= first, at <= last)
    after = query.where(at > last).order_by(at).limit(most)
    found = [await rows.all(part) for part in (before, between, after)]
    return [Instant(row.received_at) for part in found for row in part]


async def find_rates(rows: Rows, trackers: Iterable[str]) -> dict[str, tuple[int, Rates]]:
    """Revision and state, by tracker."""
    table = TRACKER_RATES.c
    query = select(table.tracker, table.revision, table.body)
    found = await rows.all(query.where(table.tracker.in_(list(trackers))))
    return {row.tracker: (row.revision, decode(row.body, Rates)) for row in found}


async def last_matched(
    rows: Rows, tracker: str, until: Instant, in_hand: Mapping[MentionId, Mention], most: int
) -> Sequence[Mention]:
    """The newest matches received by then, the oldest first; without those not tagged yet."""
    table = TRACKER_MATCHES.c
    newest: Select[tuple[str, int]] = (
        select(table.mention, table.received_at)
        .where(table.tracker == tracker, table.received_at <= until)
        .order_by(table.received_at.desc())
        .limit(most)
    )
    earlier = [MentionId(row.mention) for row in await rows.all(newest)]
    held = {mention.id: mention for mention in in_hand.values() if mention.received_at <= until}
    absent = [each for each in earlier if each not in held]
    if absent:
        kept = await rows.all(select(MENTIONS.c.tagged).where(MENTIONS.c.id.in_(absent)))
        held |= {one.id: one for row in kept if (one := read_tagged(row.tagged)).text}
    return sorted(held.values(), key=lambda mention: (mention.received_at, mention.id))[-most:]


def match_row(tenant: TenantId, tracker: str, mention: Mention) -> Insert:
    """Refused where the match was counted meanwhile."""
    return Insert(
        TRACKER_MATCHES,
        {
            "tenant": tenant,
            "tracker": tracker,
            "mention": mention.id,
            "received_at": mention.received_at,
        },
    )


def replace_rates(tenant: TenantId, tracker: str, rates: Rates, expected: int) -> Replace:
    """Refused where another counted a match of the tracker meanwhile."""
    row = {
        "tenant": tenant,
        "tracker": tracker,
        "revision": expected + 1,
        "body": encode(rates),
    }
    return Replace(TRACKER_RATES, row, expected)
