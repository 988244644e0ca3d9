"""What a connection of the generic webhook network needs."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from harken.channels.port import Connection, Source
from harken.channels.settings import HANDLE, Misconfigured, address, required, switched_on
from harken.domain.addressing import handles_of

NETWORK = "webhook"
DELIVERIES = "deliveries"
_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Peer:
    """The other side. Without ``reply_url`` it takes no answers; ``max_length`` 0 is no limit.

    ``scope`` is what its ids are unique within.
    """

    scope: str
    secrets: tuple[str, ...] = field(repr=False)
    reply_url: httpx.URL | None = None
    replies_url: httpx.URL | None = None
    max_length: int = 0
    handles: frozenset[str] = frozenset()


def read_peer(connection: Connection) -> Peer:
    """Secret ``secret`` (several, apart by spaces, while one replaces another); settings
    ``reply_url``, ``replies_url``, ``max_length``, ``scope``, ``handle`` (our own, several apart by
    spaces) and ``allow_http``, all optional.

    Raises `Misconfigured` with every problem.
    """
    problems: list[str] = []
    secrets: tuple[str, ...] = ()
    try:
        secrets = _secrets(connection)
    except Misconfigured as wrong:
        problems += wrong.problems
    addresses: dict[str, httpx.URL | None] = {}
    for name in ("reply_url", "replies_url"):
        try:
            addresses[name] = _address(connection, name)
        except Misconfigured as wrong:
            problems += wrong.problems
    most = connection.settings.get("max_length", "0").strip() or "0"
    if not (most.isascii() and most.isdigit() and int(most) <= _LONGEST):
        problems.append("'max_length' must be a whole number")
    if problems:
        raise Misconfigured(*problems)
    scope = connection.settings.get("scope", "").strip() or connection.id
    handles = handles_of(connection.settings.get(HANDLE, ""))
    return Peer(
        scope, secrets, addresses["reply_url"], addresses["replies_url"], int(most), handles
    )


def read_source(source: Source) -> None:
    """Raises `Misconfigured`."""
    if source.kind != DELIVERIES:
        raise Misconfigured(f"'{source.kind}' is no kind of source here: deliveries")


def _secrets(connection: Connection) -> tuple[str, ...]:
    text = required(connection.secrets, "secret", "a Standard Webhooks secret, whsec_…")
    secrets = tuple(text.split())
    for secret in secrets:
        try:
            Webhook(secret)
        except (EmptyWebhookSecretError, ValueError):
            raise Misconfigured("'secret' is not base64 after whsec_") from None
    return secrets


def _address(connection: Connection, name: str) -> httpx.URL | None:
    text = connection.settings.get(name, "").strip()
    if not text:
        return None
    return address(text, name=name, allow_http=switched_on(connection.settings, "allow_http"))
