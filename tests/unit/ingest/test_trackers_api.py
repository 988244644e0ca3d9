"""Trackers over HTTP: kept, tried out, and matched from the moment that they are made."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from harken.domain.roles import Role
from harken.events.codec import encode_mention
from harken.events.v1.tone_pb2 import TaggedMention
from harken.store.changes import ChangeSet, Insert
from harken.store.schema.router import MENTIONS
from harken.testing.api import OTHER, TENANT, bearer
from harken.testing.builders import mention, retraction
from harken.testing.rows import row_of
from tests.unit.ingest.kit import MOST_PREVIEWED, MOST_TRACKERS, Ingest

LEAKS = {"name": "Leaks", "query": "kettle AND leak"}


async def make(ingest: Ingest, body: dict[str, Any] | None = None, **headers: str) -> Any:
    answer = await ingest.api.client.post(
        "/v1/trackers", json=body or LEAKS, headers=bearer(ingest.api.admin, **headers)
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def call(
    ingest: Ingest, method: str, path: str, body: Any = None, **headers: str
) -> httpx.Response:
    return await ingest.api.client.request(
        method, path, json=body, headers=bearer(ingest.api.admin, **headers)
    )


async def say(ingest: Ingest, text: str, source_id: str) -> tuple[str, ...]:
    """The trackers that the mention carried into the log."""
    submitted = {
        "network": "forum",
        "source_id": source_id,
        "author": {"id": "u-77"},
        "text": text,
        "created_at": "2026-02-01T09:30:00Z",
        "language": "en",
    }
    answer = await ingest.api.client.post("/v1/mentions", json=submitted, headers=ingest.headers())
    assert answer.status_code == 202, answer.text
    return tuple(ingest.log.mentions[-1].trackers)


async def test_the_mention_right_after_a_tracker_was_made_carries_it(ingest: Ingest) -> None:
    assert await say(ingest, "My kettle leaks.", "1") == ()
    made = await make(ingest)
    assert await say(ingest, "My kettle is leaking!", "2") == (made["id"],)
    assert await say(ingest, "My lamp is fine.", "3") == ()


async def test_a_changed_query_and_a_deleted_tracker_count_at_once(ingest: Ingest) -> None:
    made = await make(ingest)
    path = f"/v1/trackers/{made['id']}"
    edited = await call(ingest, "PATCH", path, {"query": "lamp"}, if_match='"1"')
    assert (edited.json()["query"], edited.headers["ETag"]) == ("lamp", '"2"')
    assert await say(ingest, "My kettle leaks.", "1") == ()
    assert await say(ingest, "My lamp flickers.", "2") == (made["id"],)
    assert (await call(ingest, "DELETE", path)).status_code == 204
    assert await say(ingest, "My lamp is dark.", "3") == ()
    assert (await call(ingest, "GET", path)).status_code == 404


async def test_an_edit_needs_the_revision_that_was_seen(ingest: Ingest) -> None:
    path = f"/v1/trackers/{(await make(ingest))['id']}"
    assert (await call(ingest, "PATCH", path, {"name": "A"}, if_match='"1"')).status_code == 200
    assert (await call(ingest, "PATCH", path, {"name": "B"}, if_match='"1"')).status_code == 412
    assert (await call(ingest, "GET", path)).json()["name"] == "A"


@pytest.mark.parametrize("path", ["/v1/trackers", "/v1/trackers/preview"])
async def test_a_bad_query_is_refused_with_its_place(ingest: Ingest, path: str) -> None:
    query = "kettle AND (leak OR drip"
    body = {"query": query} if path.endswith("preview") else {"name": "Bad", "query": query}
    answer = await call(ingest, "POST", path, body)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "/problems/bad-query")
    start, length = problem["position"], problem["length"]
    assert query.index("(") == start
    assert f"⟦{query[start : start + length]}⟧" in problem["shown"]
    assert problem["shown"] in problem["detail"]


@pytest.mark.parametrize(
    "alert",
    [
        {"when": "rate"},
        {"when": "rate", "matches": 5},
        {"when": "rate", "matches": 1, "minutes": 5},
        {"when": "rate", "matches": 5, "minutes": 60, "quiet_minutes": 5},
        {"when": "each", "minutes": 5},
        {"when": "each", "receivers": ["nobody"]},
        {"when": "sometimes"},
    ],
)
async def test_an_alert_that_makes_no_sense_is_refused(ingest: Ingest, alert: Any) -> None:
    answer = await call(ingest, "POST", "/v1/trackers", {**LEAKS, "alerts": [alert]})
    assert answer.status_code == 422


async def test_two_alerts_with_one_condition_are_refused(ingest: Ingest) -> None:
    twice = [{"when": "each"}, {"when": "each"}]
    answer = await call(ingest, "POST", "/v1/trackers", {**LEAKS, "alerts": twice})
    assert answer.status_code == 422


async def test_an_alert_shows_what_was_left_out(ingest: Ingest) -> None:
    rate = {"when": "rate", "matches": 5, "minutes": 10}
    made = await make(ingest, {**LEAKS, "alerts": [rate, {"when": "each"}]})
    assert [alert["quiet_minutes"] for alert in made["alerts"]] == [60, None]
    path = f"/v1/trackers/{made['id']}"
    back = await call(ingest, "PATCH", path, {"alerts": made["alerts"]}, if_match='"1"')
    assert back.json()["alerts"] == made["alerts"]


async def test_no_two_trackers_have_one_name(ingest: Ingest) -> None:
    await make(ingest)
    other = await make(ingest, {**LEAKS, "name": "Other"})
    assert (await call(ingest, "POST", "/v1/trackers", LEAKS)).status_code == 409
    renamed = await call(ingest, "PATCH", f"/v1/trackers/{other['id']}", {"name": "Leaks"})
    assert renamed.status_code == 409


async def test_a_tenant_has_only_so_many_even_when_all_come_at_once(ingest: Ingest) -> None:
    bodies = [{**LEAKS, "name": str(number)} for number in range(MOST_TRACKERS + 3)]
    answers = await asyncio.gather(*(call(ingest, "POST", "/v1/trackers", body) for body in bodies))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == MOST_TRACKERS
    refused = [answer.json()["type"] for answer in answers if answer.status_code == 409]
    assert refused == ["/problems/too-many-trackers"] * 3


async def test_a_repeated_request_makes_one_tracker(ingest: Ingest) -> None:
    first = await make(ingest, idempotency_key="once")
    again = await make(ingest, idempotency_key="once")
    listed = await call(ingest, "GET", "/v1/trackers")
    assert first == again
    assert [one["id"] for one in listed.json()["items"]] == [first["id"]]


async def test_trackers_come_in_pages(ingest: Ingest) -> None:
    made = [(await make(ingest, {**LEAKS, "name": str(n)}))["id"] for n in range(3)]
    first = (await call(ingest, "GET", "/v1/trackers?limit=2")).json()
    rest = (await call(ingest, "GET", f"/v1/trackers?cursor={first['next_cursor']}")).json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == sorted(made)


async def test_another_tenant_sees_and_matches_nothing_of_it(ingest: Ingest) -> None:
    made = await make(ingest)
    other = bearer(ingest.api.other_admin)
    path = f"/v1/trackers/{made['id']}"
    for method in ("GET", "PATCH", "DELETE"):
        body = {"name": "Mine"} if method == "PATCH" else None
        answer = await ingest.api.client.request(method, path, json=body, headers=other)
        assert answer.status_code == 404
    theirs = await ingest.matching.enrich(OTHER, [mention("My kettle leaks.", tenant=OTHER)])
    ours = await ingest.matching.enrich(TENANT, [mention("My kettle leaks.", tenant=TENANT)])
    assert [one.trackers for one in (*theirs, *ours)] == [(), (made["id"],)]


async def test_agents_read_and_supervisors_change(ingest: Ingest) -> None:
    agent = bearer(await ingest.api.key(Role.AGENT))
    supervisor = bearer(await ingest.api.key(Role.SUPERVISOR))
    client = ingest.api.client
    assert (await client.post("/v1/trackers", json=LEAKS, headers=agent)).status_code == 403
    assert (await client.post("/v1/trackers", json=LEAKS, headers=supervisor)).status_code == 201
    assert (await client.get("/v1/trackers", headers=agent)).json()["items"] != []


async def hold(ingest: Ingest, *mentions: Any) -> None:
    """As the router would."""
    change = ChangeSet()
    for one in mentions:
        row = row_of(
            MENTIONS,
            tenant=one.tenant,
            id=one.id,
            created_at=one.created_at,
            tagged=TaggedMention(mention=encode_mention(one)).SerializeToString(),
        )
        change.add(Insert(MENTIONS, row))
    await ingest.api.store.submit(change)


DAY = 86_400_000_000


def held(ingest: Ingest, number: int, text: str = "My kettle leaks.", **changes: Any) -> Any:
    """Written so many hours ago."""
    at = ingest.api.clock.now() - number * DAY // 24
    given = {"tenant": TENANT, "source_id": str(number), "created_at": at, **changes}
    return mention(text, **given)


async def test_a_preview_shows_what_a_query_would_have_matched(ingest: Ingest) -> None:
    await hold(
        ingest,
        held(ingest, 1),
        held(ingest, 2, "My lamp is fine."),
        held(ingest, 3, "A leaking kettle, again " + "and again " * 100),
        held(ingest, 4, tenant=OTHER),
        retraction(held(ingest, 5)),
        held(ingest, 24 * 8),
    )
    asked = {"query": LEAKS["query"], "days": 7, "limit": 1}
    answer = (await call(ingest, "POST", "/v1/trackers/preview", asked)).json()
    assert (answer["count"], answer["read"], answer["complete"]) == (2, 4, True)
    assert [one["text"] for one in answer["mentions"]] == ["My kettle leaks."]
    more = await call(ingest, "POST", "/v1/trackers/preview", {**asked, "days": 30, "limit": 9})
    assert [len(one["text"]) for one in more.json()["mentions"]] == [16, 280, 16]
    assert (await call(ingest, "GET", "/v1/trackers")).json()["items"] == []


async def test_a_preview_that_reads_too_much_says_how_far_it_came(ingest: Ingest) -> None:
    await hold(ingest, *(held(ingest, number) for number in range(1, MOST_PREVIEWED + 20)))
    asked = {"query": "kettle", "days": 365, "limit": 0}
    answer = (await call(ingest, "POST", "/v1/trackers/preview", asked)).json()
    assert (answer["count"], answer["read"]) == (MOST_PREVIEWED, MOST_PREVIEWED)
    assert (answer["complete"], answer["cut_short_by"]) == (False, "rows")
