"""Alerts by webhook: JSON, signed by Standard Webhooks."""

from __future__ import annotations

import httpx
import msgspec

from harken.channels.exchange import AddressRefused, Answer, Clients, NeverSent, NoAnswer
from harken.channels.patience import patience
from harken.channels.vault import CannotOpen, Vault
from harken.channels.webhook.signature import sign
from harken.domain.time import Instant, rfc3339
from services.ingest.alerting.receivers import secret_place
from services.ingest.alerting.sender import NotDelivered
from services.ingest.domain.alert import Alert
from services.ingest.domain.receiver import Receiver

_GONE = 410


class WebhookSender:
    """``deadline`` is in seconds, for the whole exchange."""

    def __init__(self, clients: Clients, vault: Vault, deadline: float) -> None:
        self._clients = clients
        self._vault = vault
        self._deadline = deadline

    async def send(self, receiver: Receiver, alert: Alert, id_: str, now: Instant) -> str:
        body = payload(alert)
        try:
            secret = self._vault.open(receiver.secret, *secret_place(receiver.tenant, receiver.id))
        except CannotOpen as lost:
            raise NotDelivered(str(lost)) from lost
        headers = sign([secret], id_, now, body.decode())
        try:
            answer = await self._clients.exchange(
                "POST",
                httpx.URL(receiver.url),
                deadline=self._deadline,
                headers={**headers, "Content-Type": "application/json"},
                content=body,
            )
        except AddressRefused as refused:
            raise NotDelivered(str(refused), final=True) from refused
        except (NeverSent, NoAnswer) as failed:
            raise NotDelivered(str(failed)) from failed
        _check(answer, now)
        return ""


def payload(alert: Alert) -> bytes:
    """The body of a call: ``type``, ``timestamp`` and ``data``, as Standard Webhooks suggests."""
    told = {
        "type": alert.kind,
        "timestamp": rfc3339(alert.at),
        "data": {
            "id": alert.id,
            "subject": alert.subject,
            "title": alert.title,
            "text": alert.text,
            "mentions": [
                {
                    "id": quote.mention,
                    "network": quote.network,
                    "author": quote.author,
                    "text": quote.text,
                    "url": quote.url,
                    "created_at": rfc3339(quote.created_at),
                }
                for quote in alert.quotes
            ],
        },
    }
    return msgspec.json.encode(told)


def _check(answer: Answer, now: Instant) -> None:
    if answer.ok:
        return
    wait = patience(answer.headers, now, default=0.0)
    raise NotDelivered(f"it answered {answer.status}", wait, final=answer.status == _GONE)
