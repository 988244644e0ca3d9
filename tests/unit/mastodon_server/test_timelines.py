from __future__ import annotations

from dataclasses import dataclass

import httpx
from hypothesis import given
from hypothesis import strategies as st

from harken.testing.mastodon.paging import Window, page
from tests.unit.mastodon_server.conftest import Someone

NOTIFICATIONS = "/api/v1/notifications"


@dataclass(frozen=True)
class Item:
    id: int


IDS = st.lists(st.integers(1, 60), unique=True).map(sorted)
EDGE = st.integers(0, 61)


@given(IDS, EDGE, EDGE, EDGE, st.integers(1, 20))
def test_pages_are_what_the_api_says(
    ids: list[int], max_id: int, since_id: int, min_id: int, limit: int
) -> None:
    found = [
        each.id for each in page([Item(n) for n in ids], Window(max_id, since_id, min_id, limit))
    ]
    between = [n for n in ids if max(since_id, min_id) < n and (n < max_id or not max_id)]
    assert found == sorted(found, reverse=True)
    assert found == (between[:limit] if min_id else between[-limit:])[::-1]


@given(IDS, st.integers(1, 10))
def test_walking_by_min_id_meets_everything_once(ids: list[int], limit: int) -> None:
    items = [Item(n) for n in ids]
    met: list[int] = []
    while found := page(items, Window(0, 0, met[-1] if met else 0, limit)):
        if not met and found[-1].id != ids[0]:
            found = page(items, Window(ids[0] + 1, 0, 0, limit))
        met += [each.id for each in reversed(found)]
    assert met == ids


async def test_only_those_who_are_named_are_told(
    mara: Someone, tomek: Someone, brand: Someone
) -> None:
    named = await mara.post("@northkettle @tomek it leaks")
    await mara.post("talking to myself, @mara")
    await mara.post("mail@northkettle.example is no mention")
    for who in (brand, tomek):
        (told,) = await who.read(NOTIFICATIONS)
        assert (told["type"], told["status"]["id"]) == ("mention", named["id"])
        assert told["account"]["acct"] == "mara"
    assert await mara.read(NOTIFICATIONS) == []


async def test_an_edit_tells_those_whom_it_names_anew(mara: Someone, brand: Someone) -> None:
    status = await mara.post("it leaks")
    path = f"/api/v1/statuses/{status['id']}"
    for _ in range(2):
        await mara.call("PUT", path, data={"status": "@northkettle it leaks"})
    assert len(await brand.read(NOTIFICATIONS)) == 1


async def test_notifications_are_filtered_by_type(mara: Someone, brand: Someone) -> None:
    ours = await brand.post("Hello")
    await mara.call("POST", f"/api/v1/statuses/{ours['id']}/favourite")
    await mara.post("@northkettle hi")

    async def kinds(**query: str) -> list[str]:
        return [each["type"] for each in await brand.read(NOTIFICATIONS, **query)]

    assert await kinds() == ["mention", "favourite"]
    assert await kinds(**{"types[]": "mention"}) == ["mention"]
    assert await kinds(**{"exclude_types[]": "mention"}) == ["favourite"]


async def test_links_lead_on_and_keep_the_filters(mara: Someone, brand: Someone) -> None:
    for number in range(5):
        await mara.post(f"@northkettle {number}")
    query = {"types[]": "mention", "limit": "2"}
    answer = await brand.call("GET", NOTIFICATIONS, params=query)
    older = await brand.call("GET", str(answer.links["next"]["url"]))
    assert [each["id"] for each in answer.json()] == ["5", "4"]
    assert [each["id"] for each in older.json()] == ["3", "2"]
    newer = await brand.call("GET", str(older.links["prev"]["url"]))
    assert [each["id"] for each in newer.json()] == ["5", "4"]
    assert "types%5B%5D=mention" in str(answer.links["next"]["url"])
    empty = await brand.call("GET", NOTIFICATIONS, params={"min_id": "5"})
    assert "link" not in empty.headers


async def test_timelines_hold_what_belongs_there(
    http: httpx.AsyncClient, mara: Someone, brand: Someone
) -> None:
    us = await brand.read("/api/v1/accounts/verify_credentials")
    await mara.call("POST", f"/api/v1/accounts/{us['id']}/follow")
    tagged = await brand.post("New #Kettle, see https://shop.example/#other")
    await brand.post("quiet #kettle", visibility="unlisted")
    reply = await mara.post("@northkettle mine leaks", in_reply_to_id=tagged["id"])

    async def texts(path: str, **query: str) -> list[str]:
        return [each["id"] for each in await mara.read(path, **query)]

    assert await texts("/api/v1/timelines/tag/kettle") == [tagged["id"]]
    assert await texts("/api/v1/timelines/tag/other") == []
    assert len(await texts("/api/v1/timelines/home")) == 3
    own = f"/api/v1/accounts/{reply['account']['id']}/statuses"
    assert await texts(own) == [reply["id"]]
    assert await texts(own, exclude_replies="true") == []
    shown = await mara.read(f"/api/v1/accounts/{us['id']}")
    assert (shown["followers_count"], shown["statuses_count"]) == (1, 2)
    missing = await http.get("/api/v1/accounts/404")
    assert missing.status_code == 404
