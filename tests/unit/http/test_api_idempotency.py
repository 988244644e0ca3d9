from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from harken.domain.roles import Role
from harken.domain.time import hours
from harken.store.changes import ChangeSet, Insert
from harken.store.retention import maintain
from harken.store.schema.infrastructure import TOMBSTONES
from harken.testing.api import TENANT, Api, bearer

NOTE = {"text": "Called back.", "written_at": "2026-03-01T09:30:00Z"}
OTHER = {**NOTE, "text": "Another."}


async def _post(api: Api, token: str, key: str, body: Any = NOTE, path: str = "/v1/notes") -> Any:
    return await api.client.post(path, json=body, headers=bearer(token, Idempotency_Key=key))


async def _ids(api: Api, kind: str) -> list[str]:
    query = select(TOMBSTONES.c.id).where(TOMBSTONES.c.kind == kind)
    async with api.store.reading() as snapshot:
        return [row.id for row in await snapshot.across_tenants().all(query)]


async def _effects(api: Api) -> int:
    return len(await _ids(api, "note"))


async def test_a_repeat_gets_the_stored_answer_and_has_no_effect(api: Api, agent: str) -> None:
    first = await _post(api, agent, "k")
    again = await _post(api, agent, "k")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert await _effects(api) == 1


async def test_without_a_key_each_request_counts(api: Api, agent: str) -> None:
    ids = [
        (await api.client.post("/v1/notes", json=NOTE, headers=bearer(agent))).json()["id"]
        for _ in range(2)
    ]
    assert len(set(ids)) == await _effects(api) == 2


async def test_a_key_used_again_for_another_body_is_refused(api: Api, agent: str) -> None:
    await _post(api, agent, "k")
    refused = await _post(api, agent, "k", OTHER)
    assert (refused.status_code, refused.json()["type"]) == (
        422,
        "/problems/idempotency-key-reused",
    )
    assert await _effects(api) == 1


async def test_keys_of_other_callers_and_routes_are_others(api: Api, agent: str) -> None:
    colleague = await api.key(Role.AGENT)
    for token in (agent, colleague, api.admin, api.other_admin):
        assert (await _post(api, token, "k")).status_code == 201
    elsewhere = await _post(api, agent, "k", OTHER, "/v1/commands")
    assert elsewhere.json()["type"] == "/problems/idempotency-in-progress"
    assert await _effects(api) == 4


@pytest.mark.parametrize("bodies", [(NOTE, NOTE), (NOTE, OTHER)])
async def test_of_concurrent_repeats_one_has_the_effect(
    api: Api, agent: str, bodies: tuple[Any, Any]
) -> None:
    answers = await asyncio.gather(*(_post(api, agent, "k", body) for body in bodies * 5))
    assert {answer.status_code for answer in answers} <= {201, 409, 422}
    assert [answer.status_code for answer in answers].count(201) >= 1
    assert len({answer.text for answer in answers if answer.status_code == 201}) == 1
    assert await _effects(api) == 1


async def test_a_command_is_appended_once_and_answered_when_it_has_a_result(
    api: Api, agent: str
) -> None:
    for _ in range(2):
        waiting = await _post(api, agent, "k", path="/v1/commands")
        assert waiting.json()["type"] == "/problems/idempotency-in-progress"
        assert (waiting.status_code, waiting.headers["retry-after"]) == (409, "1")
    reused = await _post(api, agent, "k", OTHER, "/v1/commands")
    assert reused.json()["type"] == "/problems/idempotency-key-reused"
    (origin,) = await _ids(api, "command")
    row = {"tenant": TENANT, "kind": "result", "id": origin, "at": 0}
    await api.store.submit(ChangeSet(writes=[Insert(TOMBSTONES, row)]))
    answers = [await _post(api, agent, "k", path="/v1/commands") for _ in range(2)]
    assert [(one.status_code, one.json()["text"]) for one in answers] == [(200, "done")] * 2
    assert answers[0].json()["id"] == origin


async def test_a_key_is_forgotten_a_day_later(api: Api, agent: str) -> None:
    await _post(api, agent, "k")
    api.clock.advance(hours(25))
    await maintain(api.store, api.clock.now())
    assert (await _post(api, agent, "k", OTHER)).status_code == 201
    assert await _effects(api) == 2


@pytest.mark.parametrize("key", ["", "a b", "ä", "a" * 256, "a\tb"])
async def test_an_unusable_key_is_422(api: Api, agent: str, key: str) -> None:
    headers = {b"Authorization": b"Bearer " + agent.encode(), b"Idempotency-Key": key.encode()}
    answer = await api.client.post("/v1/notes", json=NOTE, headers=headers)
    assert answer.status_code == 422
    assert await _effects(api) == 0


async def test_a_refused_request_may_be_mended_under_its_key(api: Api, agent: str) -> None:
    assert (await _post(api, agent, "k", {"text": ""})).status_code == 422
    assert (await _post(api, agent, "k")).status_code == 201
