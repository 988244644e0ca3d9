"""Secrets that were kept plain, or sealed under a key that was replaced, are sealed anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Table, select

from harken.channels.port import Connection
from harken.channels.vault import CannotOpen, Vault, opening, sealed
from harken.store.body import decode, encode
from harken.store.changes import ChangeRefused, ChangeSet, Write
from harken.store.port import Store
from harken.store.schema.ingest import ALERT_RECEIVERS, CONNECTIONS
from services.ingest.alerting.receivers import replace_receiver, secret_place
from services.ingest.connections import replace_connection
from services.ingest.domain.receiver import Receiver


async def seal_anew(store: Store, vault: Vault) -> Sequence[str]:
    """Of all tenants, in one change set each. Returns sentences for people about what is lost."""
    async with store.reading() as snapshot:
        rows = snapshot.across_tenants()
        connections = await rows.all(select(CONNECTIONS.c.revision, CONNECTIONS.c.body))
        receivers = await rows.all(select(ALERT_RECEIVERS.c.revision, ALERT_RECEIVERS.c.body))
    lost = []
    for name, write in [*_connections(connections, vault), *_receivers(receivers, vault)]:
        if isinstance(write, CannotOpen):
            lost.append(f"{name}: {write}")
            continue
        try:
            await store.submit(ChangeSet(writes=[write]))
        except ChangeRefused:
            continue  # somebody changed it meanwhile, which sealed it
    return lost


Found = Iterator[tuple[str, Write | CannotOpen]]


def _connections(rows: Sequence[Row[Any]], vault: Vault) -> Found:
    for row in rows:
        kept = decode(row.body, Connection)
        if all(map(vault.is_current, kept.secrets.values())):
            continue
        name = f"connection {kept.name} of {kept.tenant}"
        try:
            yield name, replace_connection(opening(kept, vault), row.revision, vault)
        except CannotOpen as why:
            yield name, why


def _receivers(rows: Sequence[Row[Any]], vault: Vault) -> Found:
    for row in rows:
        kept = decode(row.body, Receiver)
        if not kept.secret or vault.is_current(kept.secret):
            continue
        name = f"receiver {kept.name} of {kept.tenant}"
        try:
            yield name, replace_receiver(_sealed(kept, vault), row.revision)
        except CannotOpen as why:
            yield name, why


def _sealed(receiver: Receiver, vault: Vault) -> Receiver:
    if not receiver.secret:
        return receiver
    place = secret_place(receiver.tenant, receiver.id)
    return replace(receiver, secret=vault.seal(vault.open(receiver.secret, *place), *place))


def sealed_body(table: Table, body: str, vault: Vault) -> str:
    """Of a row of `CONNECTIONS` or `ALERT_RECEIVERS`, its secrets under the vault's first key.

    Raises `CannotOpen`.
    """
    if table is CONNECTIONS:
        return encode(sealed(opening(decode(body, Connection), vault), vault))
    return encode(_sealed(decode(body, Receiver), vault))
