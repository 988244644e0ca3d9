"""Raising an alert: what to add to the change set that decided it.

    alert = raised(source_alert(tenant, AlertKind.SOURCE_SILENT, source.id, since, title, text))
    change.add(*alert.writes)
    change.emit(*alert.events)

From then on it is delivered, whatever crashes: over ``GET /v1/events`` at once, and to webhooks
and mailboxes by `services.ingest.alert_delivery`, at least once each, under the same id.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from harken.domain.roles import Role
from harken.domain.time import rfc3339
from harken.store.body import encode
from harken.store.changes import InsertOnce, Outgoing, Write
from harken.store.schema.ingest import ALERTS
from services.ingest.domain.alert import Alert

SERVICE = "ingest"
EVENT = "alert"
"""The kind under which event streams show it."""
AUDIENCE = (Role.CRISIS, Role.SUPERVISOR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Raised:
    writes: tuple[Write, ...]
    events: tuple[Outgoing, ...]


def raised(alert: Alert) -> Raised:
    """Raised twice, it stays one alert; who follows the event stream knows it by its id."""
    return Raised((InsertOnce(ALERTS, _row(alert)),), (_event(alert),))


def _row(alert: Alert) -> dict[str, object]:
    return {
        "tenant": alert.tenant,
        "id": alert.id,
        "kind": alert.kind,
        "subject": alert.subject,
        "at": alert.at,
        "planned": 0,
        "body": encode(alert),
    }


def _event(alert: Alert) -> Outgoing:
    """Holds no personal text: who may see the mentions asks for them by their ids."""
    told = {
        "id": alert.id,
        "kind": alert.kind,
        "subject": alert.subject,
        "at": rfc3339(alert.at),
        "title": alert.title,
        "mentions": [quote.mention for quote in alert.quotes],
    }
    return Outgoing(
        SERVICE,
        alert.tenant,
        topic="",
        key=b"",
        aggregate=alert.id,
        revision=1,
        value=msgspec.json.encode(told),
        kind=EVENT,
        audience=",".join(AUDIENCE),
    )
