"""Receivers of alerts, and the history of what alerted, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harken.domain.roles import Role
from harken.store.changes import ChangeSet
from harken.testing.api import OTHER, TENANT, bearer
from harken.testing.builders import NOW, mention
from services.ingest.alerting.deliveries import insert_delivery
from services.ingest.alerts import raised
from services.ingest.domain.alert import Alert, AlertKind, quoted
from services.ingest.domain.alert_delivery import plan
from tests.unit.ingest.kit import Ingest

HOOK = {"name": "Pager", "by": "webhook", "url": "https://pager.example/in"}
BOX = {"name": "Press", "by": "email", "to": ["press@brand.example"]}
RECEIVERS = "/v1/alert-receivers"


async def post(ingest: Ingest, body: Any, **headers: str) -> Any:
    admin = bearer(ingest.api.admin, **headers)
    return await ingest.api.client.post(RECEIVERS, json=body, headers=admin)


async def test_a_webhooks_secret_is_shown_once(ingest: Ingest) -> None:
    made = await post(ingest, HOOK, idempotency_key="once")
    again = await post(ingest, HOOK, idempotency_key="once")
    assert made.status_code == again.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert again.json() == {**made.json(), "secret": None}
    shown = await ingest.api.client.get(RECEIVERS, headers=bearer(ingest.api.admin))
    assert "whsec_" not in shown.text
    assert [one["id"] for one in shown.json()["items"]] == [made.json()["id"]]


async def test_a_letter_box_has_no_secret(ingest: Ingest) -> None:
    made = (await post(ingest, BOX)).json()
    assert (made["to"], made["url"], made["secret"]) == (["press@brand.example"], None, None)


@pytest.mark.parametrize(
    "body",
    [
        {**HOOK, "url": None},
        {**HOOK, "url": "http://pager.example/in"},
        {**HOOK, "url": "https://user:word@pager.example/in"},
        {**HOOK, "url": "https://pager.example:70000/in"},
        {**HOOK, "to": ["a@brand.example"]},
        {**BOX, "to": None},
        {**BOX, "to": ["press@brand.example\r\nBcc: all@brand.example"]},
        {**BOX, "to": ["Press <press@brand.example>"]},
        {**BOX, "to": ["press@brand.example,all@brand.example"]},
        {**BOX, "url": "https://pager.example/in"},
        {**HOOK, "by": "pigeon"},
    ],
)
async def test_where_nothing_can_arrive_is_refused(ingest: Ingest, body: Any) -> None:
    assert (await post(ingest, body)).status_code == 422


async def test_plain_http_to_elsewhere_is_refused_without_naming_a_setting_of_connections(
    ingest: Ingest,
) -> None:
    refused = (await post(ingest, {**HOOK, "url": "http://pager.example/in"})).json()
    assert "https" in refused["detail"]
    assert "allow_http" not in refused["detail"]


async def test_an_edit_needs_the_revision_that_was_seen_and_a_name_is_unique(
    ingest: Ingest,
) -> None:
    path = f"{RECEIVERS}/{(await post(ingest, HOOK)).json()['id']}"
    admin = bearer(ingest.api.admin, if_match='"1"')
    client = ingest.api.client
    moved = {"url": "https://pager.example/v2", "sources": True}
    assert (await client.patch(path, json=moved, headers=admin)).json()["sources"] is True
    assert (await client.patch(path, json=moved, headers=admin)).status_code == 412
    assert (await client.patch(path, json={"to": ["a@b.example"]}, headers=bearer(ingest.api.admin))
            ).status_code == 422  # fmt: skip
    assert (await post(ingest, HOOK)).status_code == 409


async def test_a_tracker_may_name_a_receiver_until_it_is_gone(ingest: Ingest) -> None:
    receiver = (await post(ingest, HOOK)).json()["id"]
    admin = bearer(ingest.api.admin)
    body = {"name": "T", "query": "kettle", "alerts": [{"when": "each", "receivers": [receiver]}]}
    made = await ingest.api.client.post("/v1/trackers", json=body, headers=admin)
    assert made.json()["alerts"][0]["receivers"] == [receiver]
    gone = await ingest.api.client.delete(f"{RECEIVERS}/{receiver}", headers=admin)
    assert gone.status_code == 204
    again = await ingest.api.client.post("/v1/trackers", json={**body, "name": "U"}, headers=admin)
    assert again.status_code == 422


async def test_another_tenant_sees_no_receiver_and_no_alert(ingest: Ingest) -> None:
    receiver = (await post(ingest, HOOK)).json()["id"]
    alert = await tell(ingest, 1)
    other, client = bearer(ingest.api.other_admin), ingest.api.client
    for path in (f"{RECEIVERS}/{receiver}", f"/v1/alerts/{alert.id}"):
        assert (await client.get(path, headers=other)).status_code == 404
    assert (await client.delete(f"{RECEIVERS}/{receiver}", headers=other)).status_code == 404
    for path in (RECEIVERS, "/v1/alerts"):
        assert (await client.get(path, headers=other)).json()["items"] == []
    theirs = {"name": "T", "query": "x", "alerts": [{"when": "each", "receivers": [receiver]}]}
    made = await client.post("/v1/trackers", json=theirs, headers=other)
    assert made.status_code == 422


async def test_alerts_are_for_supervisors_and_crisis_teams(ingest: Ingest) -> None:
    client = ingest.api.client
    agent = bearer(await ingest.api.key(Role.AGENT))
    crisis = bearer(await ingest.api.key(Role.CRISIS))
    assert (await client.get("/v1/alerts", headers=agent)).status_code == 403
    assert (await client.get("/v1/alerts", headers=crisis)).status_code == 200
    assert (await client.post(RECEIVERS, json=HOOK, headers=crisis)).status_code == 403


async def tell(ingest: Ingest, number: int, subject: str = "t-1", **changes: Any) -> Alert:
    """With a delivery that waits."""
    given = {"tenant": TENANT, "kind": AlertKind.TRACKER_MATCHED, **changes}
    alert = Alert(
        id=f"alert-{number}",
        subject=subject,
        at=type(NOW)(NOW + number),
        title=f"Alert {number}",
        quotes=quoted([mention("It leaks.")]),
        **given,
    )
    told = raised(alert)
    delivery = insert_delivery(plan(alert.tenant, alert.id, "pager", NOW))
    await ingest.api.store.submit(ChangeSet(writes=[*told.writes, delivery]))
    return alert


async def test_the_newest_alerts_come_first_with_what_became_of_them(ingest: Ingest) -> None:
    for number in (2, 1, 3):
        await tell(ingest, number)
    await tell(ingest, 4, tenant=OTHER)
    client, admin = ingest.api.client, bearer(ingest.api.admin)
    first = (await client.get("/v1/alerts?limit=2", headers=admin)).json()
    rest = (await client.get(f"/v1/alerts?cursor={first['next_cursor']}", headers=admin)).json()
    listed = [*first["items"], *rest["items"]]
    assert [one["title"] for one in listed] == ["Alert 3", "Alert 2", "Alert 1"]
    assert listed[0]["mentions"][0]["text"] == "It leaks."
    [delivery] = listed[0]["deliveries"]
    assert (delivery["receiver"], delivery["state"]) == ("pager", "waiting")
    one = await client.get("/v1/alerts/alert-3", headers=admin)
    assert one.json() == listed[0]


async def test_alerts_are_found_by_kind_and_subject(ingest: Ingest) -> None:
    await tell(ingest, 1)
    await tell(ingest, 2, subject="t-2")
    await tell(ingest, 3, kind=AlertKind.SOURCE_SILENT)
    client, admin = ingest.api.client, bearer(ingest.api.admin)
    for query, title in (("kind=source.silent", "Alert 3"), ("subject=t-2", "Alert 2")):
        found = await client.get(f"/v1/alerts?{query}", headers=admin)
        assert [one["title"] for one in found.json()["items"]] == [title], json.dumps(found.json())
    assert (await client.get("/v1/alerts?kind=nonsense", headers=admin)).status_code == 422
