"""`/v1/webhooks/{connection}`: the networks call here, each in its own way."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field

from harken.channels.port import Connection, InboundRequest, NotVerified, Unreadable
from harken.channels.registry import Channels
from harken.channels.vault import CannotOpen
from harken.domain.ids import ConnectionId
from harken.domain.time import Instant
from harken.http.models import ApiModel, examples
from harken.http.problem import Problem, not_found, unavailable
from harken.http.routing import public_router
from harken.store.changes import ChangeSet
from harken.store.port import Store
from harken.telemetry import tracing
from services.ingest.connections import find_connection
from services.ingest.domain.acceptable import refusal
from services.ingest.intake import Intake
from services.ingest.unreadable import dead_letter


class WebhookAnswer(ApiModel):
    """What became of a delivery's entries."""

    model_config = examples({"accepted": 1, "duplicates": 0, "unreadable": 0})

    accepted: int
    duplicates: int
    unreadable: Annotated[int, Field(description="Kept for a person to look at; do not repeat.")]


def webhook_routes(intake: Intake, store: Store, channels: Channels) -> APIRouter:
    router = public_router("Webhooks")

    @router.post(
        "/v1/webhooks/{connection}",
        operation_id="receive_webhook",
        summary="Receive a network's delivery",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"type": "object"},
                        "example": {"mentions": [{"id": "9", "text": "Thank you!"}]},
                    }
                },
            }
        },
    )
    async def receive_webhook(
        connection: Annotated[str, Path(max_length=100)], request: Request
    ) -> WebhookAnswer:
        """Signed as the network signs. Once verified, an entry that cannot be read is kept as a
        dead letter and the answer is 200 all the same: repeating would not mend it."""
        async with store.reading() as snapshot:
            rows = snapshot.across_tenants()
            found = await find_connection(rows, ConnectionId(connection), channels.vault)
            now = snapshot.now
        if found is None:
            raise not_found("connection")
        return await _take(found[1], await _inbound(request, now))

    async def _take(connection: Connection, inbound: InboundRequest) -> WebhookAnswer:
        channel = channels.of(connection.network)
        try:
            dict(connection.secrets)
            channel.verify(connection, inbound)
        except CannotOpen:
            # Ours to mend: the network is to come again.
            raise unavailable("Deliveries cannot be verified now.", retry_after=60.0) from None
        except NotVerified as why:
            raise Problem(401, "not-verified", "Signature refused", str(why)) from why
        parsed = channel.parse(connection, inbound.body, inbound.received_at)
        bad = list(parsed.unreadable)
        good = []
        for mention in parsed.mentions:
            if why_not := refusal(mention, inbound.received_at):
                bad.append(Unreadable(mention.source_id.encode("utf-8", "replace"), why_not))
            else:
                good.append(mention)
        taken = await intake.take(connection.tenant, good, tracing.carry())
        if bad:
            rows = (dead_letter(inbound.received_at, connection.id, entry) for entry in bad)
            await store.submit(ChangeSet(writes=list(rows)))
        return WebhookAnswer(
            accepted=len(taken.new), duplicates=len(taken.doubles), unreadable=len(bad)
        )

    return router


async def _inbound(request: Request, now: Instant) -> InboundRequest:
    return InboundRequest(
        method=request.method,
        headers={name.lower(): value for name, value in request.headers.items()},
        query=dict(request.query_params),
        body=await request.body(),
        received_at=now,
    )
