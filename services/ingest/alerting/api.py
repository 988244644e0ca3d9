"""`/v1/alerts`: what was told, and whether it arrived."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select, tuple_

from harken.http.models import ApiModel, Id, Time, bounded, examples
from harken.http.pagination import Cursor, Page, Paging, page
from harken.http.problem import not_found
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.port import Store
from harken.store.schema.ingest import ALERTS
from services.ingest.alerting.access import Reader
from services.ingest.alerting.deliveries import deliveries_of, find_alert
from services.ingest.domain.alert import Alert, AlertKind
from services.ingest.domain.alert_delivery import AlertDelivery, State

_MENTION: dict[str, Any] = {
    "id": "0f0f9a52-6f0b-5a7e-9f39-6d6a3c1f8f10",
    "network": "forum",
    "author": "hollis",
    "text": "My Brivanta kettle leaks since yesterday.",
    "url": "https://forum.example/t/48121",
    "created_at": "2026-03-01T09:30:00Z",
}
_DELIVERY: dict[str, Any] = {
    "receiver": "0190a8a2-7a55-7cc0-9d0b-1c2d3e4f5a6b",
    "state": "waiting",
    "attempts": 2,
    "error": "it answered 503",
    "due": "2026-03-01T09:32:10Z",
    "changed_at": "2026-03-01T09:31:10Z",
}
_ALERT: dict[str, Any] = {
    "id": "7d0f6d6e-51f4-5c0e-9a63-0c7d3f9e2b11",
    "kind": "tracker.rate",
    "subject": "0190a8a2-9b11-7d2a-8c77-3e5f60718293",
    "at": "2026-03-01T09:31:05Z",
    "title": "Leaking kettles: 20 matches within 10 minutes",
    "text": "",
    "mentions": [_MENTION],
    "deliveries": [_DELIVERY],
}


class AlertedMention(ApiModel):
    """A mention as the alert showed it."""

    model_config = examples(_MENTION)

    id: str
    network: str
    author: str
    """The author's handle."""
    text: str
    """The beginning of what was written."""
    url: str
    created_at: Time


class DeliveryAnswer(ApiModel):
    """An alert on its way to a receiver."""

    model_config = examples(_DELIVERY)

    receiver: str
    state: State
    attempts: int
    error: str
    """Why the last attempt failed; of one that arrived, what was refused in part."""
    due: Time | None
    """When it is tried next; null where it is not."""
    changed_at: Time


class AlertAnswer(ApiModel):
    """An alert. Whether it was seen on `GET /v1/events` is not known here."""

    model_config = examples(_ALERT)

    id: str
    kind: AlertKind
    subject: str
    """The id of the tracker or source that it is about."""
    at: Time
    title: str
    text: str
    mentions: list[AlertedMention]
    """The newest few."""
    deliveries: list[DeliveryAnswer]


class AlertCursor(Cursor, frozen=True):
    at: int
    id: str


def alert_routes(store: Store) -> APIRouter:
    router = api_router("Alerts")

    @router.get("/v1/alerts", operation_id="list_alerts", summary="What alerted")
    async def list_alerts(
        caller: Reader,
        paging: Paging,
        kind: Annotated[AlertKind | None, Query(description="Only of this kind.")] = None,
        subject: Annotated[
            Annotated[str, bounded(200)] | None,
            Query(description="Only about this tracker or source."),
        ] = None,
    ) -> Page[AlertAnswer]:
        """The newest first, with the state of each delivery; kept for 90 days."""
        table = ALERTS.c
        query = select(table.at, table.id, table.body)
        if kind is not None:
            query = query.where(table.kind == kind.value)
        if subject is not None:
            query = query.where(table.subject == subject)
        if (after := paging.after(AlertCursor)) is not None:
            query = query.where(tuple_(table.at, table.id) < tuple_(after.at, after.id))
        query = query.order_by(table.at.desc(), table.id.desc()).limit(paging.limit + 1)
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            found = await rows.all(query)
            deliveries: dict[str, list[AlertDelivery]] = defaultdict(list)
            for delivery in await deliveries_of(rows, [row.id for row in found]):
                deliveries[delivery.alert].append(delivery)
        return page(
            found,
            paging,
            lambda row: _answer(decode(row.body, Alert), deliveries[row.id]),
            lambda row: AlertCursor(row.at, row.id),
        )

    @router.get("/v1/alerts/{alert}", operation_id="get_alert", summary="One alert")
    async def get_alert(alert: Id, caller: Reader) -> AlertAnswer:
        """With the state of each delivery."""
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            found = await find_alert(rows, alert)
            deliveries = await deliveries_of(rows, [alert])
        if found is None:
            raise not_found("alert")
        return _answer(found, deliveries)

    return router


def _answer(alert: Alert, deliveries: Sequence[AlertDelivery]) -> AlertAnswer:
    return AlertAnswer(
        id=alert.id,
        kind=alert.kind,
        subject=alert.subject,
        at=alert.at,
        title=alert.title,
        text=alert.text,
        mentions=[
            AlertedMention(
                id=quote.mention,
                network=quote.network,
                author=quote.author,
                text=quote.text,
                url=quote.url,
                created_at=quote.created_at,
            )
            for quote in alert.quotes
        ],
        deliveries=[_delivery(one) for one in deliveries],
    )


def _delivery(delivery: AlertDelivery) -> DeliveryAnswer:
    return DeliveryAnswer(
        receiver=delivery.receiver,
        state=delivery.state,
        attempts=delivery.attempts,
        error=delivery.error,
        due=delivery.due if delivery.state is State.WAITING else None,
        changed_at=delivery.changed_at,
    )
