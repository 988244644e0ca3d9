"""Timers: (aggregate, kind, generation, due), fired in the change set that changes the aggregate.

Setting a timer again under the same aggregate and kind replaces it. A handler compares the
generation with the aggregate's own and returns an empty change set for one that is out of date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, delete, select

from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.store.changes import Put, Remove, Statement
from harken.store.port import Rows
from harken.store.schema.infrastructure import TIMERS


@dataclass(frozen=True, slots=True)
class Timer:
    """``body`` is the setter's own, often ""."""

    tenant: TenantId
    service: str
    aggregate: str
    kind: str
    generation: int
    due: Instant
    body: str = ""


def set_timer(timer: Timer) -> Put:
    return Put(
        TIMERS,
        {
            "tenant": timer.tenant,
            "service": timer.service,
            "aggregate": timer.aggregate,
            "kind": timer.kind,
            "generation": timer.generation,
            "due": timer.due,
            "body": timer.body,
        },
    )


def cancel_timer(tenant: TenantId, service: str, aggregate: str, kind: str) -> Remove:
    key = {"tenant": tenant, "service": service, "aggregate": aggregate, "kind": kind}
    return Remove(TIMERS, key)


def fired(timer: Timer) -> Statement:
    """Goes first into the change set that the timer causes.

    That is refused with ``RevisionConflict`` where the timer was set anew, cancelled, or fired
    by another replica in the meantime.
    """
    table = TIMERS.c
    return Statement(
        delete(TIMERS).where(
            table.tenant == timer.tenant,
            table.service == timer.service,
            table.aggregate == timer.aggregate,
            table.kind == timer.kind,
            table.generation == timer.generation,
            table.due == timer.due,
        ),
        rows=1,
    )


async def due_timers(rows: Rows, service: str, now: Instant, limit: int) -> Sequence[Timer]:
    """The earliest first. From a tenant's view they are that tenant's."""
    return [_read(row) for row in await rows.all(_next(service, limit).where(TIMERS.c.due <= now))]


async def next_due(rows: Rows, service: str) -> Instant | None:
    found = await rows.first(_next(service, 1))
    return None if found is None else Instant(found.due)


def _next(service: str, limit: int) -> Select[Any]:
    return select(TIMERS).where(TIMERS.c.service == service).order_by(TIMERS.c.due).limit(limit)


def _read(row: Row[Any]) -> Timer:
    return Timer(
        tenant=TenantId(row.tenant),
        service=row.service,
        aggregate=row.aggregate,
        kind=row.kind,
        generation=row.generation,
        due=Instant(row.due),
        body=row.body,
    )
