"""Signing and verifying by Standard Webhooks: id, time and body under a shared secret."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from standardwebhooks import Webhook

from harken.channels.port import NotVerified
from harken.domain.time import Instant, minutes, to_datetime

TOLERANCE = minutes(5)
_SECOND = 1_000_000


def sign(secrets: Sequence[str], message_id: str, at: Instant, body: str) -> dict[str, str]:
    """The three headers, with one signature for each secret."""
    moment = to_datetime(at)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(
            _signature(each, message_id, moment, body) for each in secrets
        ),
    }


def verify(
    secrets: Sequence[str], headers: Mapping[str, str], body: bytes, received_at: Instant
) -> None:
    """Any of the call's signatures, by any of our secrets. Header names are lower case.

    Raises `NotVerified`, also for a body that is not UTF-8, which no signature can cover.
    """
    message_id = headers.get("webhook-id", "")
    signatures = headers.get("webhook-signature", "").split()
    if not message_id or not signatures:
        raise NotVerified("the headers webhook-id and webhook-signature are required")
    moment = _moment(headers.get("webhook-timestamp", ""), received_at)
    try:
        text = body.decode()
        expected = [_signature(each, message_id, moment, text).encode() for each in secrets]
    except UnicodeError:
        raise NotVerified("the call is not UTF-8") from None
    given = [each.encode("utf-8", "replace") for each in signatures]
    if not any(hmac.compare_digest(ours, theirs) for ours in expected for theirs in given):
        raise NotVerified("no signature matches")


def _moment(text: str, received_at: Instant) -> datetime:
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise NotVerified("the header webhook-timestamp must be seconds since 1970")
    at = Instant(int(text) * _SECOND)
    if abs(at - received_at) > TOLERANCE:
        raise NotVerified("the header webhook-timestamp is more than five minutes away")
    return to_datetime(at)


def _signature(secret: str, message_id: str, moment: datetime, body: str) -> str:
    signature: str = Webhook(secret).sign(message_id, moment, body)
    return signature
