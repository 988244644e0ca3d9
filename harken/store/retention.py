"""Removes rows that have served their time, a little at once so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, Row, Select, Table, delete, func, select, tuple_

from harken.domain.time import Duration, Instant, before, days, hours
from harken.log.port import TopicPartition
from harken.store.changes import ChangeSet, Fence, Fenced, Position, Statement
from harken.store.port import Rows, Store
from harken.store.schema.infrastructure import DEAD_LETTERS, IDEMPOTENCY, OUTBOX, POSITIONS
from harken.store.schema.ingest import ALERT_DELIVERIES, ALERTS, SEEN, TRACKER_MATCHES
from harken.store.schema.router import COMMANDS, DECISIONS, PRESENCE, RATES

ROWS_AT_ONCE = 500
LEASE = "retention"
LEASE_SECONDS = 300.0
"""Whoever takes longer over one table is fenced off, and another goes on."""

_THREE_DAYS, _A_MONTH, _TWO_MONTHS, _MORE_THAN_A_YEAR = days(3), days(30), days(60), days(400)


@dataclass(frozen=True, slots=True)
class Kept:
    """How long. ``events`` are those of the outbox: streams and webhooks resume from them.

    ``commands``, once applied, are the recorded history; with their results they also answer
    repeated requests, so they stay longer than idempotency keys.
    """

    events: Duration = _THREE_DAYS
    commands: Duration = _MORE_THAN_A_YEAR
    decisions: Duration = _MORE_THAN_A_YEAR
    rates: Duration = _TWO_MONTHS
    seen: Duration = _A_MONTH
    dead_letters: Duration = _A_MONTH


USUAL = Kept()
KEYS_KEPT = hours(24)
TRACKER_MATCHES_KEPT = days(7)
ALERTS_KEPT = days(90)

_GROUP = "retention"
_FLOOR = TopicPartition("outbox", 0)


async def maintain(store: Store, now: Instant, kept: Kept = USUAL) -> None:
    """One caller at a time, of all processes; the others return at once.

    A clock of ours that is ahead of the store's removes nothing early. Raises `StoreUnavailable`.
    """
    async with store.reading() as snapshot:
        now = min(now, snapshot.now)
    aged: tuple[tuple[Table, Column[int], Duration], ...] = (
        (IDEMPOTENCY, IDEMPOTENCY.c.created_at, KEYS_KEPT),
        (SEEN, SEEN.c.at, kept.seen),
        (DEAD_LETTERS, DEAD_LETTERS.c.at, kept.dead_letters),
        (DECISIONS, DECISIONS.c.at, kept.decisions),
        (RATES, RATES.c.minute, kept.rates),
        (PRESENCE, PRESENCE.c.until, KEYS_KEPT),
        (TRACKER_MATCHES, TRACKER_MATCHES.c.received_at, TRACKER_MATCHES_KEPT),
        (ALERT_DELIVERIES, ALERT_DELIVERIES.c.at, ALERTS_KEPT),
        (ALERTS, ALERTS.c.at, ALERTS_KEPT),
    )
    holder = uuid4().hex
    try:
        for table, at, length in aged:
            fence = await _claim(store, holder)
            await _remove_aged(store, fence, table, at, before(now, length))
        fence = await _claim(store, holder)
        await _remove_applied(store, fence, before(now, kept.commands))
        fence = await _claim(store, holder)
        await _remove_sent(store, fence, before(now, kept.events))
    except (_NotOurTurn, Fenced):
        return
    finally:
        await store.release(LEASE, holder)


async def removed_below(rows: Rows) -> int:
    """No outbox row of this transaction or a later one was removed; 0 where none ever was.

    What was not sent stays, so that older rows may still stand there, with gaps between them.
    """
    found = await rows.first(_FLOOR_QUERY)
    return 0 if found is None else int(found.next)


class _NotOurTurn(Exception):
    pass


async def _claim(store: Store, holder: str) -> Fence:
    epoch = await store.claim(LEASE, holder, LEASE_SECONDS)
    if epoch is None:
        raise _NotOurTurn
    return Fence(LEASE, epoch)


async def _remove_aged(
    store: Store, fence: Fence, table: Table, at: Column[int], until: Instant
) -> None:
    key, old = list(table.primary_key), at < until
    query = select(*key).where(old).order_by(at).limit(ROWS_AT_ONCE)
    while True:
        found = await _all(store, query)
        if found:
            # Whoever renewed a row in the meantime keeps it.
            gone = delete(table).where(tuple_(*key).in_([tuple(row) for row in found]), old)
            await store.submit(ChangeSet(fence=fence, writes=[Statement(gone)]))
        if len(found) < ROWS_AT_ONCE:
            return


async def _remove_applied(store: Store, fence: Fence, until: Instant) -> None:
    """What was not applied stays however old it is, as does each tenant's last: its next is
    numbered after it. In the order of their creation: what was made after ``until`` cannot have
    been applied before it."""
    table, others = COMMANDS.c, COMMANDS.alias("others")
    last = select(func.max(others.c.applied_seq)).where(others.c.tenant == table.tenant)
    served = (table.applied_at < until) & (table.applied_seq < last.scalar_subquery())
    query = select(table.seq, table.appended_at, served.label("served")).order_by(table.seq)
    above = 0
    while True:
        found = await _all(store, query.where(table.seq > above).limit(ROWS_AT_ONCE))
        gone = [row.seq for row in found if row.served]
        if gone:
            remove = delete(COMMANDS).where(table.seq.in_(gone))
            await store.submit(ChangeSet(fence=fence, writes=[Statement(remove)]))
        if len(found) < ROWS_AT_ONCE or found[-1].appended_at >= until:
            return
        above = found[-1].seq


async def _remove_sent(store: Store, fence: Fence, until: Instant) -> None:
    """In the order in which event streams read, and only what they can have read; how far it came
    is written down with each removal, so that no stream resumes over a gap."""
    place = tuple_(OUTBOX.c.txid, OUTBOX.c.id)
    columns = (OUTBOX.c.txid, OUTBOX.c.id, OUTBOX.c.created_at, OUTBOX.c.sent_at)
    query = select(*columns).order_by(OUTBOX.c.txid, OUTBOX.c.id).limit(ROWS_AT_ONCE)
    above = (0, 0)
    while True:
        async with store.reading() as snapshot:
            below = OUTBOX.c.txid < await snapshot.horizon()
            rows = snapshot.across_tenants()
            found = await rows.all(query.where(tuple_(*above) < place, below))
            floor = await rows.first(_FLOOR_QUERY)
        gone = [row for row in found if row.created_at < until and row.sent_at is not None]
        if gone:
            reached = max(gone[-1].txid + 1, 0 if floor is None else floor.next)
            moved = Position(_GROUP, _FLOOR, None if floor is None else floor.next, reached)
            remove = delete(OUTBOX).where(OUTBOX.c.id.in_([row.id for row in gone]))
            change = ChangeSet([moved], fence, [Statement(remove)])
            await store.submit(change)
        if len(found) < ROWS_AT_ONCE or found[-1].created_at >= until:
            return
        above = (found[-1].txid, found[-1].id)


_FLOOR_QUERY = select(POSITIONS.c.next).where(
    POSITIONS.c.consumer_group == _GROUP,
    POSITIONS.c.topic == _FLOOR.topic,
    POSITIONS.c.partition == _FLOOR.partition,
)


async def _all(store: Store, query: Select[Any]) -> Sequence[Row[Any]]:
    async with store.reading() as snapshot:
        return await snapshot.across_tenants().all(query)
