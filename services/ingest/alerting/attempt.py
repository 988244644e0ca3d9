"""One attempt to deliver an alert, and storing what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from harken.domain.time import NO_TIME, seconds
from harken.store.changes import ChangeSet, Fence
from harken.store.port import Store
from harken.telemetry import metrics
from harken.telemetry.logs import Log
from services.ingest.alerting.deliveries import Kept, find_alert, replace_delivery
from services.ingest.alerting.receivers import find_receiver
from services.ingest.alerting.sender import NotDelivered, Sender
from services.ingest.domain.alert_delivery import AlertDelivery, State, delivered, not_delivered
from services.ingest.domain.receiver import By

REMOVED = "the receiver was removed"
OURS = "a fault of ours; it was logged"

_log = Log(__name__)


class Attempt:
    def __init__(self, store: Store, senders: Mapping[By, Sender]) -> None:
        self._store = store
        self._senders = senders

    async def make(self, kept: Kept, fence: Fence) -> bool:
        """True where the receiver can take the next one. Raises `ChangeRefused`.

        A crash before the outcome is stored makes another attempt, under the same id.
        """
        revision, delivery = kept
        outcome = await self._outcome(delivery)
        change = ChangeSet(fence=fence, writes=[replace_delivery(outcome, revision)])
        await self._store.submit(change)
        metrics.ALERT_ATTEMPTS.labels(outcome.state.value).inc()
        _log.info(
            "alert delivery",
            tenant=outcome.tenant,
            aggregate=outcome.alert,
            attempt=outcome.attempts,
            outcome=outcome.state.value,
        )
        return outcome.state is State.DELIVERED

    async def _outcome(self, delivery: AlertDelivery) -> AlertDelivery:
        async with self._store.reading() as snapshot:
            rows, now = snapshot.for_tenant(delivery.tenant), snapshot.now
            alert = await find_alert(rows, delivery.alert)
            found = await find_receiver(rows, delivery.receiver)
        if alert is None or found is None:
            return not_delivered(delivery, now, REMOVED, wait=NO_TIME, final=True)
        receiver = found[1]
        try:
            note = await self._senders[receiver.by].send(receiver, alert, delivery.id, now)
        except NotDelivered as why:
            wait = seconds(why.wait)
            return not_delivered(delivery, now, str(why), wait=wait, final=why.final)
        except Exception as error:  # noqa: BLE001 - one alert must not stop all others
            _log.error("alert cannot be sent", error, tenant=alert.tenant, aggregate=alert.id)
            return not_delivered(delivery, now, OURS, wait=NO_TIME, final=False)
        return delivered(delivery, now, note)
