"""Secrets of connections as they are kept, and what happens without their key."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from harken.channels.port import Connection
from harken.channels.vault import sealed
from harken.domain.time import rfc3339
from harken.store.body import decode, encode
from harken.store.changes import ChangeSet, Statement
from harken.store.schema.infrastructure import IDEMPOTENCY
from harken.store.schema.ingest import ALERT_RECEIVERS, CONNECTIONS
from harken.testing.api import bearer
from harken.testing.secrecy import open_vault
from harken.testing.webhook_network.network import DEFAULT_SECRET, WebhookNetwork
from tests.unit.ingest.kit import Ingest
from tests.unit.ingest.test_connections_api import connect, deliver

TWO_URLS = {"reply_url": "http://127.0.0.1:9/a", "replies_url": "http://127.0.0.1:9/b"}


async def kept(ingest: Ingest) -> str:
    async with ingest.api.store.reading() as snapshot:
        [row] = await snapshot.across_tenants().all(select(CONNECTIONS.c.body))
    return str(row.body)


async def lose_the_key(ingest: Ingest) -> None:
    """As if what is kept had been sealed under a key that nobody has any more."""
    connection = decode(await kept(ingest), Connection)
    lost = sealed(replace(connection, secrets={"secret": DEFAULT_SECRET}), open_vault(b"x"))
    change = CONNECTIONS.update().values(body=encode(lost))
    await ingest.api.store.submit(ChangeSet(writes=[Statement(change)]))


async def accepted(ingest: Ingest, connection: str, source_id: str) -> int:
    peer = WebhookNetwork(ingest.api.clock, DEFAULT_SECRET)
    good = peer.mention(f"The kettle leaks {source_id}", created_at=rfc3339(ingest.api.clock.now()))
    answer = await deliver(ingest, connection, {"mentions": [good]})
    return int(answer.status_code)


async def test_what_is_kept_does_not_show_the_secret_and_serves_all_the_same(
    ingest: Ingest,
) -> None:
    made = await connect(ingest)
    assert DEFAULT_SECRET not in await kept(ingest)
    assert await accepted(ingest, made["id"], "1") == 200
    async with ingest.api.store.reading() as snapshot:
        repeats = await snapshot.across_tenants().all(select(IDEMPOTENCY.c.response))
    assert all(DEFAULT_SECRET not in (row.response or "") for row in repeats)


async def test_an_edit_keeps_the_secrets_that_it_does_not_name(ingest: Ingest) -> None:
    made = await connect(ingest)
    admin = bearer(ingest.api.admin, if_match='"1"')
    path = f"/v1/connections/{made['id']}"
    edited = await ingest.api.client.patch(path, json={"settings": TWO_URLS}, headers=admin)
    assert edited.status_code == 200, edited.text
    assert edited.json()["secrets"] == ["secret"]
    assert DEFAULT_SECRET not in await kept(ingest)
    assert await accepted(ingest, made["id"], "2") == 200


async def test_without_its_key_deliveries_are_to_come_again_and_a_new_secret_mends_it(
    ingest: Ingest,
) -> None:
    made = await connect(ingest)
    await lose_the_key(ingest)
    assert await accepted(ingest, made["id"], "3") == 503
    admin, path = bearer(ingest.api.admin, if_match='"1"'), f"/v1/connections/{made['id']}"
    shown = await ingest.api.client.get(path, headers=admin)
    assert shown.json()["secrets"] == ["secret"]
    renamed = await ingest.api.client.patch(path, json={"name": "Forum"}, headers=admin)
    assert renamed.status_code == 422
    assert "HARKEN_SECRETS_KEY" in renamed.json()["detail"]
    again = {"secrets": {"secret": DEFAULT_SECRET}}
    mended = await ingest.api.client.patch(path, json=again, headers=admin)
    assert mended.status_code == 200, mended.text
    assert await accepted(ingest, made["id"], "4") == 200


async def test_a_receivers_secret_is_shown_once_and_kept_sealed(ingest: Ingest) -> None:
    new = {"name": "Desk", "by": "webhook", "url": "https://desk.example/in"}
    made = await ingest.api.client.post(
        "/v1/alert-receivers", json=new, headers=bearer(ingest.api.admin)
    )
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    async with ingest.api.store.reading() as snapshot:
        [row] = await snapshot.across_tenants().all(select(ALERT_RECEIVERS.c.body))
    assert secret not in row.body
