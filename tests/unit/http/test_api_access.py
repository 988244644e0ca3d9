from __future__ import annotations

import pytest
from sqlalchemy import select

from harken.domain.roles import Role
from harken.domain.time import Instant
from harken.http.api_keys import REMEMBERED_SECONDS, ApiKeys, create_tenant, digest, new_api_key
from harken.http.models import ApiModel
from harken.http.routing import api_router
from harken.store.changes import AlreadyExists, ChangeSet
from harken.store.schema.infrastructure import API_KEYS
from harken.testing.api import TENANT, Api, bearer


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic aGs6",
        "Bearer nonsense",
        "Bearer hk_0000000000000000_" + "0" * 48,
        "Bearer hk_" + "x" * 5_000,
        "Bearer \xff\xfe",
    ],
)
async def test_unknown_callers_are_refused_before_their_body_is_read(api: Api, header: str) -> None:
    headers = {b"Authorization": header.encode("latin-1")} if header else {}
    answer = await api.client.post("/v1/notes", content=b"{", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["type"] == "/problems/unauthenticated"


async def test_a_role_that_is_missing_is_403_and_admins_may_all(api: Api) -> None:
    key = new_api_key(TENANT, "feeder", [Role.INGEST], Instant(0))
    await api.store.submit(ChangeSet(writes=[key.write]))
    refused = await api.client.post("/v1/notes", json=NOTE, headers=bearer(key.token))
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")
    assert (await api.client.get("/v1/notes", headers=bearer(key.token))).status_code == 200
    taken = await api.client.post("/v1/notes", json=NOTE, headers=bearer(api.admin))
    assert taken.status_code == 201


async def test_the_scheme_is_read_in_any_case(api: Api, agent: str) -> None:
    answer = await api.client.get("/v1/notes", headers={"authorization": f"bEARER {agent}"})
    assert answer.status_code == 200


async def test_a_tenant_sees_its_own_only(api: Api, agent: str) -> None:
    await api.client.post("/v1/notes", json=NOTE, headers=bearer(agent))
    theirs = await api.client.get("/v1/notes", headers=bearer(api.other_admin))
    ours = await api.client.get("/v1/notes", headers=bearer(agent))
    assert (len(theirs.json()["items"]), len(ours.json()["items"])) == (0, 1)


async def test_a_revoked_key_stops_within_seconds(api: Api, agent: str) -> None:
    assert (await api.client.get("/v1/notes", headers=bearer(agent))).status_code == 200
    key = agent.split("_")[1]
    revoked = await api.client.delete(f"/v1/api-keys/{key}", headers=bearer(api.admin))
    assert revoked.status_code == 204
    api.seconds[0] += REMEMBERED_SECONDS
    assert (await api.client.get("/v1/notes", headers=bearer(agent))).status_code == 401


async def test_a_key_names_tenant_roles_and_agent(api: Api, agent: str) -> None:
    principal = await api.keys.authenticate(agent)
    assert principal is not None
    assert principal.tenant == "riverbend"
    assert principal.id == agent.split("_")[1]
    assert principal.roles == {Role.AGENT}
    assert principal.agent == "ilze"


async def test_a_secret_under_another_id_is_nobodys(api: Api, agent: str) -> None:
    _, key, secret = agent.split("_")
    other = key[:-1] + ("0" if key[-1] != "0" else "1")
    assert await ApiKeys(api.store).authenticate(f"hk_{other}_{secret}") is None


async def test_only_the_digest_of_a_key_is_stored(api: Api, agent: str) -> None:
    async with api.store.reading() as snapshot:
        rows = await snapshot.across_tenants().all(select(API_KEYS))
    stored = [value for row in rows for value in row]
    assert digest(agent) in stored
    secret = agent.split("_")[2]
    assert not any(isinstance(value, str) and secret in value for value in stored)


async def test_a_tenants_id_is_taken_once_and_well_formed(api: Api) -> None:
    with pytest.raises(AlreadyExists):
        await create_tenant(api.store, "riverbend", "Another")
    for wrong in ("", "River", "-a", "a-", "a" * 64, "a\n"):
        with pytest.raises(ValueError, match="tenant id"):
            await create_tenant(api.store, wrong, "Another")


NOTE = {"text": "Called back.", "written_at": "2026-03-01T09:30:00Z"}


class Empty(ApiModel):
    """Nothing."""


async def test_an_operation_without_an_access_rule_cannot_be_made() -> None:
    router = api_router("Forgotten")
    with pytest.raises(TypeError, match="no access rule"):

        @router.get("/v1/forgotten")
        async def forgotten() -> Empty:
            """Forget."""
            return Empty()
