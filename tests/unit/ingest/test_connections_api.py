"""Connections, sources and webhooks over HTTP."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from harken.channels.port import RateLimit
from harken.domain.time import rfc3339, seconds
from harken.store.body import encode
from harken.store.changes import ChangeSet, Put
from harken.store.schema.infrastructure import DEAD_LETTERS
from harken.store.schema.ingest import SOURCE_STATES
from harken.testing.api import bearer
from harken.testing.webhook_network.network import DEFAULT_SECRET, WebhookNetwork
from services.ingest.sources import Missed, Mode, SourceState, Trouble
from tests.unit.ingest.kit import Ingest

WEBHOOK = {
    "network": "webhook",
    "name": "Our forum",
    "settings": {"reply_url": "http://127.0.0.1:9/replies"},
    "secrets": {"secret": DEFAULT_SECRET},
}


async def connect(ingest: Ingest, **changes: Any) -> dict[str, Any]:
    answer = await ingest.api.client.post(
        "/v1/connections", json={**WEBHOOK, **changes}, headers=bearer(ingest.api.admin)
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_secrets_are_never_shown(ingest: Ingest) -> None:
    made = await connect(ingest)
    assert made["secrets"] == ["secret"]
    shown = await ingest.api.client.get(
        f"/v1/connections/{made['id']}", headers=bearer(ingest.api.admin)
    )
    assert DEFAULT_SECRET not in shown.text
    assert shown.headers["ETag"] == '"1"'


async def test_a_connection_that_cannot_work_is_refused_with_the_reason(ingest: Ingest) -> None:
    answer = await ingest.api.client.post(
        "/v1/connections",
        json={
            "network": "mastodon",
            "name": "x",
            "settings": {"instance": "not an address"},
            "secrets": {"access_token": "token"},
        },
        headers=bearer(ingest.api.admin),
    )
    assert answer.status_code == 422
    assert "instance" in answer.json()["detail"]


async def test_an_edit_needs_the_revision_that_was_seen(ingest: Ingest) -> None:
    made = await connect(ingest)
    path = f"/v1/connections/{made['id']}"
    admin = bearer(ingest.api.admin, if_match='"1"')
    edited = await ingest.api.client.patch(path, json={"name": "Forum"}, headers=admin)
    assert (edited.status_code, edited.json()["name"]) == (200, "Forum")
    again = await ingest.api.client.patch(path, json={"name": "Mine"}, headers=admin)
    assert again.status_code == 412


async def test_another_tenant_sees_nothing_of_it(ingest: Ingest) -> None:
    made = await connect(ingest)
    other = bearer(ingest.api.other_admin)
    path = f"/v1/connections/{made['id']}"
    assert (await ingest.api.client.get(path, headers=other)).status_code == 404
    assert (await ingest.api.client.delete(path, headers=other)).status_code == 404
    assert (await ingest.api.client.get("/v1/sources", headers=other)).json()["items"] == []


async def test_a_connection_brings_its_source_and_takes_it_along(ingest: Ingest) -> None:
    made = await connect(ingest)
    admin = bearer(ingest.api.admin)
    [source] = (await ingest.api.client.get("/v1/sources", headers=admin)).json()["items"]
    assert source["connection"] == made["id"]
    gone = await ingest.api.client.delete(f"/v1/connections/{made['id']}", headers=admin)
    assert gone.status_code == 204
    assert (await ingest.api.client.get("/v1/sources", headers=admin)).json()["items"] == []


async def deliver(ingest: Ingest, connection: str, payload: dict[str, Any], **spoilt: str) -> Any:
    peer = WebhookNetwork(ingest.api.clock, DEFAULT_SECRET)
    delivery = peer.delivery(payload)
    return await ingest.api.client.post(
        f"/v1/webhooks/{connection}",
        content=delivery.body,
        headers={**dict(delivery.headers), **spoilt},
    )


async def test_a_signed_delivery_is_taken_in_and_what_is_unreadable_is_kept(
    ingest: Ingest,
) -> None:
    made = await connect(ingest)
    peer = WebhookNetwork(ingest.api.clock, DEFAULT_SECRET)
    good = peer.mention("The kettle leaks", created_at=rfc3339(ingest.api.clock.now()))
    answer = await deliver(ingest, made["id"], {"mentions": [good, {"text": 7}]})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"accepted": 1, "duplicates": 0, "unreadable": 1}
    async with ingest.api.store.reading() as snapshot:
        [letter] = await snapshot.across_tenants().all(select(DEAD_LETTERS))
    assert json.loads(letter.value) == {"text": 7}


async def test_a_wrong_signature_is_refused(ingest: Ingest) -> None:
    made = await connect(ingest)
    answer = await deliver(ingest, made["id"], {}, **{"webhook-signature": "v1,AAAA"})
    assert answer.status_code == 401
    assert (await deliver(ingest, "nobodys", {})).status_code == 404


async def source_of(ingest: Ingest, connection: str) -> dict[str, Any]:
    admin = bearer(ingest.api.admin)
    listed = (await ingest.api.client.get("/v1/sources", headers=admin)).json()["items"]
    [found] = [source for source in listed if source["connection"] == connection]
    shown = await ingest.api.client.get(f"/v1/sources/{found['id']}", headers=admin)
    assert shown.json() == found
    return {**found, "etag": shown.headers["ETag"]}


async def test_a_source_shows_how_it_is_doing(ingest: Ingest) -> None:
    made = await connect(ingest)
    source = await source_of(ingest, made["id"])
    assert (source["mode"], source["looked_at"], source["gaps"]) == ("", None, [])
    now = ingest.api.clock.now()
    state = SourceState(
        mode=Mode.STREAM,
        looked_at=now,
        lag=seconds(1.5),
        limits=RateLimit(7, 300, now),
        gaps=(Missed(now, now, "rolled over"),),
        catching_up=Missed(now, now, "nobody listened"),
        told=(Trouble.SILENT,),
    )
    row = {"tenant": "riverbend", "id": source["id"], "revision": 1, "cursor": "x"}
    put = Put(SOURCE_STATES, {**row, "body": encode(state)})
    await ingest.api.store.submit(ChangeSet(writes=[put]))
    source = await source_of(ingest, made["id"])
    assert source["mode"] == "stream"
    assert source["lag_seconds"] == 1.5
    assert source["rate_limit"] == {"remaining": 7, "limit": 300, "resets_at": rfc3339(now)}
    assert [gap["why"] for gap in source["gaps"]] == ["rolled over", "nobody listened"]
    assert source["silent_since"] is not None


async def test_a_source_is_paused_by_who_saw_its_revision(ingest: Ingest) -> None:
    made = await connect(ingest)
    source = await source_of(ingest, made["id"])
    path = f"/v1/sources/{source['id']}"
    admin = bearer(ingest.api.admin, if_match=source["etag"])
    paused = await ingest.api.client.patch(path, json={"paused": True}, headers=admin)
    assert (paused.status_code, paused.json()["paused"]) == (200, True)
    again = await ingest.api.client.patch(path, json={"paused": False}, headers=admin)
    assert again.status_code == 412
    assert (await source_of(ingest, made["id"]))["paused"]


async def test_another_tenants_source_cannot_be_seen_or_changed(ingest: Ingest) -> None:
    made = await connect(ingest)
    source = await source_of(ingest, made["id"])
    path = f"/v1/sources/{source['id']}"
    other = bearer(ingest.api.other_admin, if_match=source["etag"])
    assert (await ingest.api.client.get(path, headers=other)).status_code == 404
    denied = await ingest.api.client.patch(path, json={"paused": True}, headers=other)
    assert denied.status_code == 404
