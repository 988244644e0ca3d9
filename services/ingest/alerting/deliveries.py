"""Deliveries of alerts as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import literal, select, update

from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.store.body import decode, encode
from harken.store.changes import InsertOnce, Replace, Statement
from harken.store.port import Rows
from harken.store.schema.ingest import ALERT_DELIVERIES, ALERTS
from services.ingest.domain.alert import Alert
from services.ingest.domain.alert_delivery import AlertDelivery, State

Kept = tuple[int, AlertDelivery]
"""Its revision and the delivery."""


async def unplanned_alerts(rows: Rows, most: int) -> Sequence[Alert]:
    """Of all tenants, the oldest first."""
    # Spelt out in the SQL: in PostgreSQL a plan that is kept for any parameter passes the index by.
    unplanned = ALERTS.c.planned == literal(0, literal_execute=True)
    query = select(ALERTS.c.body).where(unplanned).order_by(ALERTS.c.at).limit(most)
    return [decode(row.body, Alert) for row in await rows.all(query)]


def planned(alert: Alert) -> Statement:
    table = ALERTS.c
    this_one = (table.tenant == alert.tenant, table.id == alert.id, table.planned == 0)
    return Statement(update(ALERTS).where(*this_one).values(planned=1), rows=1)


async def due_deliveries(
    rows: Rows, now: Instant, resting: Iterable[tuple[TenantId, str]], most: int
) -> Sequence[Kept]:
    """Of all tenants, the longest due first, without those to receivers that are ``resting``."""
    table = ALERT_DELIVERIES.c
    waiting = table.state == literal(State.WAITING.value, literal_execute=True)
    query = select(table.revision, table.body).where(waiting, table.due <= now)
    for tenant, receiver in resting:
        query = query.where((table.tenant != tenant) | (table.receiver != receiver))
    found = await rows.all(query.order_by(table.due).limit(most))
    return [(row.revision, decode(row.body, AlertDelivery)) for row in found]


async def deliveries_of(rows: Rows, alerts: Iterable[str]) -> Sequence[AlertDelivery]:
    """Of a tenant's alerts."""
    table = ALERT_DELIVERIES.c
    query = select(table.body).where(table.alert.in_(list(alerts)))
    found = await rows.all(query.order_by(table.alert, table.receiver))
    return [decode(row.body, AlertDelivery) for row in found]


async def find_alert(rows: Rows, alert: str) -> Alert | None:
    row = await rows.first(select(ALERTS.c.body).where(ALERTS.c.id == alert))
    return None if row is None else decode(row.body, Alert)


def insert_delivery(delivery: AlertDelivery) -> InsertOnce:
    return InsertOnce(ALERT_DELIVERIES, _row(delivery, revision=1))


def replace_delivery(delivery: AlertDelivery, expected: int) -> Replace:
    return Replace(ALERT_DELIVERIES, _row(delivery, expected + 1), expected)


def _row(delivery: AlertDelivery, revision: int) -> dict[str, object]:
    return {
        "tenant": delivery.tenant,
        "alert": delivery.alert,
        "receiver": delivery.receiver,
        "revision": revision,
        "at": delivery.planned_at,
        "state": delivery.state.value,
        "due": delivery.due,
        "body": encode(delivery),
    }
