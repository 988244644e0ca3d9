"""What the API says and takes of receivers of alerts."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from harken.channels.settings import Misconfigured, address, is_loopback
from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.http.models import ApiModel, Time, bounded, examples
from harken.http.problem import invalid
from services.ingest.domain.receiver import By, Receiver

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
    """Whether it also gets the alerts about sources: silent, failing, refused, recovered."""


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


def new_receiver(
    body: NewReceiver, tenant: TenantId, id_: str, now: Instant, sealed: str
) -> Receiver:
    """``sealed`` is its secret, "" where it has none. Not checked yet."""
    return Receiver(
        tenant,
        id_,
        body.name,
        By(body.by),
        now,
        url=body.url or "",
        to=tuple(body.to or ()),
        sources=body.sources,
        secret=sealed,
    )


def edited_receiver(found: Receiver, body: ReceiverEdit) -> Receiver:
    """Not checked yet."""
    return replace(
        found,
        name=found.name if body.name is None else body.name,
        url=found.url if body.url is None else body.url,
        to=found.to if body.to is None else tuple(body.to),
        sources=found.sources if body.sources is None else body.sources,
    )


def check_receiver(receiver: Receiver, *, mail: bool) -> None:
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
        url = address(receiver.url, name="url", allow_http=True)
    except Misconfigured as wrong:
        raise invalid(str(wrong)) from None
    if url.scheme == "http" and not is_loopback(url.host):
        raise invalid("'url' is plain http; use https, or http to this machine itself")
