from __future__ import annotations

import pytest

from harken.testing.api import Api, bearer

NOTE = {"text": "Called back.", "written_at": "2026-03-01T09:30:00Z"}


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        ({}, 200),
        ({"If-Match": '"3"'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-Match": '"2"'}, 412),
        ({"If-Match": 'W/"3"'}, 412),
        ({"If-Match": "3"}, 412),
        ({"If-Match": '"3", "4"'}, 412),
        ({"If-Match": '"٣"'}, 412),
        ({"If-Match": '"' + "9" * 90 + '"'}, 412),
        ({"If-Match": ""}, 412),
    ],
)
async def test_an_edit_is_made_on_what_was_seen(api: Api, tag: dict[str, str], status: int) -> None:
    headers = {**bearer(api.admin), **tag}
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    answer = await api.client.put("/v1/notes/n-1", json=NOTE, headers=raw)
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["etag"] == '"4"'
    else:
        assert answer.json()["type"] == "/problems/changed-meanwhile"
        assert answer.json()["current"] == '"3"'


async def test_where_it_is_needed_an_edit_without_it_is_428(api: Api) -> None:
    admin = bearer(api.admin)
    assert (await api.client.delete("/v1/notes/n-1", headers=admin)).status_code == 428
    matching = {**admin, "If-Match": '"3"'}
    assert (await api.client.delete("/v1/notes/n-1", headers=matching)).status_code == 204
