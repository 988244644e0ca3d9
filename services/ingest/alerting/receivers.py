"""Receivers of alerts as rows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from harken.domain.ids import TenantId
from harken.store.body import decode, encode
from harken.store.changes import Insert, Replace
from harken.store.port import Rows
from harken.store.schema.ingest import ALERT_RECEIVERS
from services.ingest.domain.receiver import Receiver


def secret_place(tenant: TenantId, receiver: str) -> tuple[str, ...]:
    """What its secret is sealed for."""
    return ("alert receiver", tenant, receiver)


async def find_receiver(rows: Rows, receiver: str) -> tuple[int, Receiver] | None:
    """Its revision and the receiver, its secret sealed."""
    table = ALERT_RECEIVERS.c
    row = await rows.first(select(table.revision, table.body).where(table.id == receiver))
    return None if row is None else (row.revision, decode(row.body, Receiver))


async def find_receivers(rows: Rows, wanted: Iterable[str]) -> dict[str, Receiver]:
    table = ALERT_RECEIVERS.c
    query = select(table.id, table.body).where(table.id.in_(sorted(wanted)))
    return {row.id: decode(row.body, Receiver) for row in await rows.all(query)}


async def all_receivers(rows: Rows) -> list[Receiver]:
    """Of a tenant."""
    query = select(ALERT_RECEIVERS.c.body).order_by(ALERT_RECEIVERS.c.id)
    return [decode(row.body, Receiver) for row in await rows.all(query)]


def insert_receiver(receiver: Receiver) -> Insert:
    return Insert(ALERT_RECEIVERS, _row(receiver, revision=1))


def replace_receiver(receiver: Receiver, expected: int) -> Replace:
    return Replace(ALERT_RECEIVERS, _row(receiver, expected + 1), expected)


def _row(receiver: Receiver, revision: int) -> dict[str, object]:
    return {
        "tenant": receiver.tenant,
        "id": receiver.id,
        "revision": revision,
        "name": receiver.name,
        "body": encode(receiver),
    }
