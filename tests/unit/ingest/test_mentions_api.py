"""`POST /v1/mentions`: every mention sent is accepted, a duplicate, or rejected with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harken.domain.roles import Role
from harken.domain.time import rfc3339, seconds
from harken.testing.api import bearer
from harken.testing.webhook_network.network import DEFAULT_SECRET
from tests.unit.ingest.kit import Ingest

MENTION: dict[str, Any] = {
    "network": "forum",
    "source_id": "48121",
    "author": {"id": "u-77", "handle": "hollis"},
    "text": "My kettle leaks since yesterday.",
    "created_at": "2025-12-01T09:30:00Z",
}


def one(**changes: Any) -> dict[str, Any]:
    return {**MENTION, **changes}


async def post(ingest: Ingest, body: Any, status: int = 202) -> dict[str, Any]:
    answer = await ingest.api.client.post("/v1/mentions", json=body, headers=ingest.headers())
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_accepted_mention_is_in_the_log(ingest: Ingest) -> None:
    answer = await post(ingest, one())
    [mention] = ingest.log.mentions
    assert answer == {
        "accepted": 1,
        "duplicates": 0,
        "rejected": [],
        "ids": [mention.id],
        "known_since": [None],
    }
    assert mention.text == MENTION["text"]
    assert not mention.capability.public
    assert mention.capability.why_not


async def test_each_of_several_gets_its_own_verdict(ingest: Ingest) -> None:
    future = one(source_id="3", created_at="2100-01-01T00:00:00Z")
    wrong_type = one(source_id=4)
    naive = one(source_id="5", created_at="2025-12-01T09:30:00")
    empty = one(source_id="6", text="  ")
    huge = one(source_id="7", text="x" * 100_001)
    lost = one(source_id="8", connection="nobodys")
    answer = await post(ingest, [one(), one(), future, wrong_type, naive, empty, huge, lost])
    assert (answer["accepted"], answer["duplicates"]) == (1, 1)
    assert [rejected["index"] for rejected in answer["rejected"]] == [2, 3, 4, 5, 6, 7]
    assert all(rejected["problem"]["status"] == 422 for rejected in answer["rejected"])
    assert answer["ids"][0] == answer["ids"][1]
    assert answer["ids"][2:] == [None] * 6
    assert answer["known_since"] == [None] * 8
    assert len(ingest.log.mentions) == 1


async def test_lines_are_taken_in_like_an_array(ingest: Ingest) -> None:
    lines = "\n".join([json.dumps(one()), "", "{broken", json.dumps(one(source_id="2"))])
    answer = await ingest.api.client.post(
        "/v1/mentions",
        content=lines,
        headers=ingest.headers(content_type="application/x-ndjson"),
    )
    assert answer.status_code == 202
    found = answer.json()
    assert (found["accepted"], [r["index"] for r in found["rejected"]]) == (2, [1])


async def test_a_single_bad_mention_is_a_problem_that_names_the_field(ingest: Ingest) -> None:
    problem = await post(ingest, one(author={"handle": "x"}), status=422)
    assert problem["errors"][0]["field"] == "author.id"


async def test_sent_again_it_is_a_duplicate_and_edited_a_revision(ingest: Ingest) -> None:
    await post(ingest, one())
    assert (await post(ingest, one()))["duplicates"] == 1
    assert (await post(ingest, one(text="It stopped leaking.")))["accepted"] == 1
    first, second = ingest.log.mentions
    assert first.id == second.id
    assert second.revision > first.revision


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"text": "\xc3\x28"}', 400),
        (b"[" * 100_000, 400),
        (b"7", 422),
        (b"null", 422),
        (b"[]", 202),
    ],
)
async def test_broken_bodies_are_told_apart(ingest: Ingest, body: bytes, status: int) -> None:
    answer = await ingest.api.client.post(
        "/v1/mentions", content=body, headers=ingest.headers(content_type="application/json")
    )
    assert answer.status_code == status, answer.text


async def test_another_kind_of_body_is_refused(ingest: Ingest) -> None:
    answer = await ingest.api.client.post(
        "/v1/mentions", content="<a/>", headers=ingest.headers(content_type="application/xml")
    )
    assert answer.status_code == 415


async def test_a_log_that_is_away_is_said_and_loses_nothing(ingest: Ingest) -> None:
    ingest.log.away = True
    answer = await ingest.api.client.post("/v1/mentions", json=one(), headers=ingest.headers())
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "3"
    ingest.log.away = False
    assert (await post(ingest, one()))["accepted"] == 1


async def test_an_agents_key_cannot_take_in(ingest: Ingest) -> None:
    token = await ingest.api.key(Role.AGENT)
    answer = await ingest.api.client.post("/v1/mentions", json=one(), headers=bearer(token))
    assert answer.status_code == 403


async def test_a_duplicate_says_when_it_was_first_taken_in(ingest: Ingest) -> None:
    first = ingest.api.clock.now()
    await post(ingest, one())
    ingest.api.clock.advance(seconds(5))
    answer = await post(ingest, [one(source_id="2"), one(), {}])
    assert answer["known_since"] == [None, rfc3339(first), None]


async def test_a_post_of_our_own_is_an_echo(ingest: Ingest) -> None:
    await post(ingest, one(source_id="2", parent="48121", own=True))
    [mention] = ingest.log.mentions
    assert mention.echo
    assert mention.parent == "48121"


async def connected(ingest: Ingest, **settings: str) -> str:
    answer = await ingest.api.client.post(
        "/v1/connections",
        json={
            "network": "webhook",
            "name": "Forum",
            "settings": settings,
            "secrets": {"secret": DEFAULT_SECRET},
        },
        headers=bearer(ingest.api.admin),
    )
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def test_what_is_to_us_is_decided_where_it_is_not_told(ingest: Ingest) -> None:
    named = await connected(ingest, handle="@tarntoll")
    unnamed = await connected(ingest)
    said = [
        one(source_id="1"),
        one(source_id="2", direct=True),
        one(source_id="3", visibility="private"),
        one(source_id="4", network="", connection=unnamed),
        one(source_id="5", network="", connection=named),
        one(source_id="6", network="", connection=named, text="@TarnToll the kettle leaks"),
        one(source_id="7", network="", connection=unnamed, direct=False),
    ]
    await post(ingest, said)
    direct = [mention.source_id for mention in ingest.log.mentions if mention.direct]
    assert direct == ["2", "3", "4", "6"]


async def test_reach_is_what_is_told_else_the_followers(ingest: Ingest) -> None:
    known = {"id": "u-77", "followers": 900}
    said = [one(source_id="1", author=known), one(source_id="2", author=known, reach=5)]
    await post(ingest, [*said, one(source_id="3"), one(source_id="4", visibility="private")])
    assert [mention.reach for mention in ingest.log.mentions] == [900, 5, -1, -1]
