"""`/v1/alert-receivers`: webhooks and mailboxes that alerts are delivered to."""

from __future__ import annotations

import base64
import secrets

from fastapi import APIRouter, Response
from sqlalchemy import select
from sqlalchemy.sql.functions import count

from harken.channels.vault import Vault
from harken.http.etag import IfMatch, check_match, etag
from harken.http.idempotency import Idempotent
from harken.http.models import Id
from harken.http.pagination import Page, Paging
from harken.http.problem import conflict, not_found
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.changes import AlreadyExists, ChangeSet, Remove, RevisionConflict
from harken.store.port import Rows, Store
from harken.store.schema.ingest import ALERT_RECEIVERS
from services.ingest.alerting.access import Editor, Reader
from services.ingest.alerting.receivers import (
    find_receiver,
    insert_receiver,
    replace_receiver,
    secret_place,
)
from services.ingest.alerting.receivers_models import (
    NewReceiver,
    NewReceiverAnswer,
    ReceiverAnswer,
    ReceiverEdit,
    check_receiver,
    edited_receiver,
    new_receiver,
    receiver_answer,
)
from services.ingest.domain.receiver import Receiver
from services.ingest.listing import list_by_id

MOST_RECEIVERS = 100
SECRET_BYTES = 32


def receiver_routes(store: Store, vault: Vault, *, mail: bool) -> APIRouter:
    """``mail`` says that there is a mail server to send by."""
    router = api_router("Alerts")

    @router.post(
        "/v1/alert-receivers",
        status_code=201,
        operation_id="create_alert_receiver",
        summary="Add a receiver of alerts",
    )
    async def create(
        body: NewReceiver, caller: Editor, once: Idempotent, response: Response
    ) -> NewReceiverAnswer:
        """Trackers name it in their `alerts`. The answer holds a webhook's secret, once."""
        async with store.reading() as snapshot:
            rows, now = snapshot.for_tenant(caller.tenant), snapshot.now
            there = await rows.first(select(count()).select_from(ALERT_RECEIVERS))
        if there is not None and there[0] >= MOST_RECEIVERS:
            raise conflict("too-many-receivers", f"There are {MOST_RECEIVERS} receivers already.")
        secret = _new_secret() if body.by == "webhook" else ""
        place = secret_place(caller.tenant, once.origin)
        sealed = vault.seal(secret, *place) if secret else ""
        receiver = new_receiver(body, caller.tenant, once.origin, now, sealed)
        check_receiver(receiver, mail=mail)
        shown = receiver_answer(1, receiver).model_dump()
        to_repeats = NewReceiverAnswer(**shown, secret=None)
        change = ChangeSet(writes=[*once.writes(201, to_repeats), insert_receiver(receiver)])
        await _submit(store, change)
        response.headers["ETag"] = etag(1)
        return NewReceiverAnswer(**shown, secret=secret or None)

    @router.get(
        "/v1/alert-receivers", operation_id="list_alert_receivers", summary="Receivers of alerts"
    )
    async def receivers(caller: Reader, paging: Paging) -> Page[ReceiverAnswer]:
        """In the order of their ids."""
        return await list_by_id(
            store,
            ALERT_RECEIVERS,
            caller,
            paging,
            lambda row: receiver_answer(row.revision, decode(row.body, Receiver)),
        )

    @router.get(
        "/v1/alert-receivers/{receiver}",
        operation_id="get_alert_receiver",
        summary="One receiver of alerts",
    )
    async def get(receiver: Id, caller: Reader, response: Response) -> ReceiverAnswer:
        """Its secret stays with us."""
        async with store.reading() as snapshot:
            revision, found = await _known(snapshot.for_tenant(caller.tenant), receiver)
        response.headers["ETag"] = etag(revision)
        return receiver_answer(revision, found)

    @router.patch(
        "/v1/alert-receivers/{receiver}",
        operation_id="edit_alert_receiver",
        summary="Change a receiver of alerts",
    )
    async def edit(
        receiver: Id, body: ReceiverEdit, caller: Editor, match: IfMatch, response: Response
    ) -> ReceiverAnswer:
        """Alerts that wait for it go where it leads from now on. Its secret stays."""
        async with store.reading() as snapshot:
            revision, found = await _known(snapshot.for_tenant(caller.tenant), receiver)
        check_match(match, revision)
        edited = edited_receiver(found, body)
        check_receiver(edited, mail=mail)
        try:
            await _submit(store, ChangeSet(writes=[replace_receiver(edited, revision)]))
        except RevisionConflict:
            raise conflict("changed-meanwhile", "Somebody else changed it.") from None
        response.headers["ETag"] = etag(revision + 1)
        return receiver_answer(revision + 1, edited)

    @router.delete(
        "/v1/alert-receivers/{receiver}",
        status_code=204,
        operation_id="delete_alert_receiver",
        summary="Drop a receiver of alerts",
    )
    async def delete(receiver: Id, caller: Editor) -> None:
        """What waits for it is not delivered; trackers that name it tell the others."""
        async with store.reading() as snapshot:
            await _known(snapshot.for_tenant(caller.tenant), receiver)
        key = {"tenant": caller.tenant, "id": receiver}
        await store.submit(ChangeSet(writes=[Remove(ALERT_RECEIVERS, key)]))

    return router


async def _submit(store: Store, change: ChangeSet) -> None:
    try:
        await store.submit(change)
    except AlreadyExists as error:
        if error.table != ALERT_RECEIVERS.name:
            raise
        raise conflict("already-exists", "There is a receiver of this name.") from None


async def _known(rows: Rows, receiver: str) -> tuple[int, Receiver]:
    found = await find_receiver(rows, receiver)
    if found is None:
        raise not_found("receiver")
    return found


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
