from __future__ import annotations

from harken.domain.roles import Role
from harken.testing.api import Api, bearer

WISH = {"name": "Newsroom", "roles": ["approver", "agent", "agent"], "agent": "ilze"}


async def test_a_new_key_is_shown_once_and_works(api: Api) -> None:
    admin = bearer(api.admin)
    made = await api.client.post("/v1/api-keys", json=WISH, headers=admin)
    assert made.status_code == 201
    assert made.json()["roles"] == ["agent", "approver"]
    token = made.json()["key"]
    assert (await api.client.get("/v1/notes", headers=bearer(token))).status_code == 200
    listed = (await api.client.get("/v1/api-keys", headers=admin)).json()["items"]
    assert {key["name"] for key in listed} == {"first admin key", "Newsroom"}
    assert all("key" not in key for key in listed)


async def test_a_repeat_makes_no_second_key_and_shows_no_secret(api: Api) -> None:
    headers = {**bearer(api.admin), "Idempotency-Key": "k1"}
    first = await api.client.post("/v1/api-keys", json=WISH, headers=headers)
    again = await api.client.post("/v1/api-keys", json=WISH, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == {**first.json(), "key": None}
    listed = await api.client.get("/v1/api-keys", headers=bearer(api.admin))
    assert len(listed.json()["items"]) == 2


async def test_keys_are_the_admins_of_that_tenant_alone(api: Api, agent: str) -> None:
    key = agent.split("_")[1]
    assert (await api.client.get("/v1/api-keys", headers=bearer(agent))).status_code == 403
    foreign = await api.client.delete(f"/v1/api-keys/{key}", headers=bearer(api.other_admin))
    assert foreign.status_code == 404
    assert (await api.client.get("/v1/notes", headers=bearer(agent))).status_code == 200


async def test_revoking_is_repeatable_and_never_of_ones_own_key(api: Api, agent: str) -> None:
    admin = bearer(api.admin)
    key = agent.split("_")[1]
    for _ in range(2):
        assert (await api.client.delete(f"/v1/api-keys/{key}", headers=admin)).status_code == 204
    own = await api.client.delete(f"/v1/api-keys/{api.admin.split('_')[1]}", headers=admin)
    assert (own.status_code, own.json()["type"]) == (409, "/problems/own-key")


async def test_the_list_goes_on_from_its_cursor(api: Api) -> None:
    admin = bearer(api.admin)
    for _ in range(2):
        await api.key(Role.AGENT)
    names = []
    cursor = ""
    while True:
        query = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        page = (await api.client.get("/v1/api-keys", params=query, headers=admin)).json()
        names += [key["name"] for key in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(names) == ["a key", "a key", "first admin key"]
