"""`/v1/alert-receivers`: webhooks and mailboxes that alerts are delivered to."""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.sql.functions import count

from harken.channels.settings import Misconfigured, address
from harken.http.etag import IfMatch, check_match, etag
from harken.http.idempotency import Idempotent
from harken.http.models import ApiModel, Id, Time, bounded, examples
from harken.http.pagination import Page, Paging
from harken.http.problem import conflict, invalid, not_found
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.changes import AlreadyExists, ChangeSet, Remove, RevisionConflict
from harken.store.port import Rows, Store
from harken.store.schema.ingest import ALERT_RECEIVERS
from services.ingest.alerting.access import Editor, Reader
from services.ingest.alerting.receivers import find_receiver, insert_receiver, replace_receiver
from services.ingest.domain.receiver import By, Receiver
from services.ingest.listing import list_by_id

MOST_RECEIVERS = 100
SECRET_BYTES = 32

Name = Annotated[str, bounded(200)]
Url = Annotated[str, bounded(2_000)]
# As browsers check them (the HTML standard's valid e-mail address): no names, no quoted parts.
Mailbox = Annotated[
    str, Field(max_length=254, pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$")
]
Mailboxes = Annotated[list[Mailbox], Field(min_length=1, max_length=20)]

_NEW: dict[str, Any] = {
    "name": "On call",
    "by": "webhook",
    "url": "https://pager.brivanta.example/harken",
    "sources": True,
}
_RECEIVER: dict[str, Any] = {
    "id": "0190a8a2-7a55-7cc0-9d0b-1c2d3e4f5a6b",
    "revision": 1,
    **_NEW,
    "to": None,
    "created_at": "2026-03-01T09:30:00Z",
}


class NewReceiver(ApiModel):
    """Where alerts go: a webhook of yours, or mailboxes."""

    model_config = examples(
        _NEW, {"name": "Press desk", "by": "email", "to": ["press@brivanta.example"]}
    )

    name: Name
    by: Literal["webhook", "email"]
    url: Url | None = None
    """Needed for a webhook, and for it alone: https, or http to this machine itself."""
    to: Mailboxes | None = None
    """Needed for e-mail, and for it alone."""
    sources: bool = False
    """Whether it also gets the alerts about sources: fallen silent, refused."""


class ReceiverEdit(ApiModel):
    """What is left out stays as it is."""

    model_config = examples({"url": "https://pager.brivanta.example/v2/harken"})

    name: Name | None = None
    url: Url | None = None
    to: Mailboxes | None = None
    sources: bool | None = None


class ReceiverAnswer(ApiModel):
    """A receiver, without its secret."""

    model_config = examples(_RECEIVER)

    id: str
    revision: int
    name: str
    by: Literal["webhook", "email"]
    url: str | None
    to: list[str] | None
    sources: bool
    created_at: Time


class NewReceiverAnswer(ReceiverAnswer):
    """A receiver that was just made."""

    model_config = examples(
        {**_RECEIVER, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}
    )

    secret: str | None
    """Signs the calls (Standard Webhooks). Shown this once: null for e-mail, and when the request
    is repeated with its `Idempotency-Key`."""


def receiver_routes(store: Store, *, mail: bool) -> APIRouter:
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
        receiver = Receiver(
            caller.tenant,
            once.origin,
            body.name,
            By(body.by),
            now,
            url=body.url or "",
            to=tuple(body.to or ()),
            sources=body.sources,
            secret=_new_secret() if body.by == "webhook" else "",
        )
        _check(receiver, mail)
        shown = receiver_answer(1, receiver).model_dump()
        to_repeats = NewReceiverAnswer(**shown, secret=None)
        change = ChangeSet(writes=[*once.writes(201, to_repeats), insert_receiver(receiver)])
        await _submit(store, change)
        response.headers["ETag"] = etag(1)
        return NewReceiverAnswer(**shown, secret=receiver.secret or None)

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
        edited = replace(
            found,
            name=found.name if body.name is None else body.name,
            url=found.url if body.url is None else body.url,
            to=found.to if body.to is None else tuple(body.to),
            sources=found.sources if body.sources is None else body.sources,
        )
        _check(edited, mail)
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


def receiver_answer(revision: int, receiver: Receiver) -> ReceiverAnswer:
    return ReceiverAnswer(
        id=receiver.id,
        revision=revision,
        name=receiver.name,
        by=receiver.by.value,
        url=receiver.url or None,
        to=list(receiver.to) or None,
        sources=receiver.sources,
        created_at=receiver.created_at,
    )


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


def _check(receiver: Receiver, mail: bool) -> None:
    """Raises the problem 422."""
    if receiver.by is By.EMAIL:
        if receiver.url or not receiver.to:
            raise invalid("E-mail needs `to`, and takes no `url`.")
        if not mail:
            raise invalid("No mail server is set up here: HARKEN_SMTP_HOST names it.")
        return
    if receiver.to or not receiver.url:
        raise invalid("A webhook needs `url`, and takes no `to`.")
    try:
        address(receiver.url, name="url", allow_http=False)
    except Misconfigured as wrong:
        raise invalid(str(wrong)) from None


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
