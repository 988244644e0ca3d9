"""Plans a delivery to each receiver of each alert that was decided."""

from __future__ import annotations

from harken.store.changes import ChangeSet, Fence
from harken.store.port import Rows, Store
from services.ingest.alerting.deliveries import insert_delivery, planned, unplanned_alerts
from services.ingest.alerting.receivers import all_receivers
from services.ingest.domain.alert import Alert
from services.ingest.domain.alert_delivery import plan

AT_ONCE = 100


async def plan_deliveries(store: Store, fence: Fence) -> bool:
    """Of the oldest alerts; True where there may be more. Raises `ChangeRefused`."""
    change = ChangeSet(fence=fence)
    async with store.reading() as snapshot:
        alerts = await unplanned_alerts(snapshot.across_tenants(), AT_ONCE)
        for alert in alerts:
            change.add(planned(alert))
            for receiver in await _receivers(alert, snapshot.for_tenant(alert.tenant)):
                change.add(insert_delivery(plan(alert.tenant, alert.id, receiver, snapshot.now)))
    if alerts:
        await store.submit(change)
    return len(alerts) == AT_ONCE


async def _receivers(alert: Alert, rows: Rows) -> list[str]:
    """Those named, also where they are gone by now: that shows as a failed delivery."""
    if alert.receivers is not None:
        return list(alert.receivers)
    return [receiver.id for receiver in await all_receivers(rows) if receiver.sources]
