from __future__ import annotations

import httpx
import pytest

from harken.domain.time import minutes
from harken.testing.fakes.clock import FakeClock
from tests.unit.mastodon_server.conftest import Someone

STATUSES = "/api/v1/statuses"


@pytest.mark.parametrize("how", ["data", "json", "files"])
async def test_a_status_is_posted_as_form_json_or_multipart(mara: Someone, how: str) -> None:
    fields = {"status": "Můj čajník teče.", "visibility": "unlisted", "language": "cs"}
    sent = {name: (None, value) for name, value in fields.items()} if how == "files" else fields
    answer = await mara.call("POST", STATUSES, **{how: sent})
    body = answer.raise_for_status().json()
    assert body["content"] == "<p>Můj čajník teče.</p>"
    assert (body["visibility"], body["language"]) == ("unlisted", "cs")
    assert body["account"]["acct"] == "mara"
    assert body["url"] == f"http://127.0.0.1:3999/@mara/{body['id']}"


async def test_ids_are_texts_that_grow_as_numbers(mara: Someone) -> None:
    ids = [(await mara.post(f"{n}"))["id"] for n in range(20)]
    assert all(isinstance(each, str) for each in ids)
    assert [int(each) for each in ids] == sorted({int(each) for each in ids})


async def test_the_same_key_gives_the_same_status_for_an_hour(
    mara: Someone, tomek: Someone, clock: FakeClock
) -> None:
    first = await mara.post("once", key="k")
    clock.advance(minutes(59))
    assert (await mara.post("once", key="k"))["id"] == first["id"]
    assert (await tomek.post("his own", key="k"))["id"] != first["id"]
    assert (await mara.post("another", key="l"))["id"] != first["id"]
    clock.advance(minutes(2))
    assert (await mara.post("once", key="k"))["id"] != first["id"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": ""}, 422),
        ({"status": "  \n"}, 422),
        ({}, 422),
        ({"status": "x" * 501}, 422),
        ({"status": "x" * 400, "spoiler_text": "y" * 101}, 422),
        ({"status": "x", "visibility": "everyone"}, 422),
        ({"status": "x", "in_reply_to_id": "404"}, 404),
        ({"status": "x", "in_reply_to_id": "kettle"}, 404),
    ],
)
async def test_what_breaks_the_rules_is_refused_with_an_error(
    mara: Someone, fields: dict[str, str], code: int
) -> None:
    answer = await mara.call("POST", STATUSES, data=fields)
    assert answer.status_code == code
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 500,
        "https://shop.example/" + "a" * 900,
        "👩‍👩‍👧" * 500,
        "@mara@" + "far." * 200 + "example",
    ],
)
async def test_length_is_counted_as_mastodon_counts(mara: Someone, text: str) -> None:
    assert (await mara.post(text))["id"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"status": "\\ud800"}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"status=\xff", "application/x-www-form-urlencoded"),
    ],
)
async def test_what_cannot_be_read_is_a_bad_request(mara: Someone, body: bytes, kind: str) -> None:
    answer = await mara.call("POST", STATUSES, content=body, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("given", [None, "Bearer wrong", "Basic mara-token", "Bearer"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", STATUSES),
        ("PUT", f"{STATUSES}/1"),
        ("DELETE", f"{STATUSES}/1"),
        ("GET", "/api/v1/accounts/verify_credentials"),
        ("GET", "/api/v1/notifications"),
        ("GET", "/api/v1/timelines/home"),
    ],
)
async def test_a_token_is_needed(
    http: httpx.AsyncClient, given: str | None, method: str, path: str
) -> None:
    headers = {"Authorization": given} if given else {}
    answer = await http.request(method, path, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]


async def test_a_wrong_token_is_refused_even_where_none_is_needed(http: httpx.AsyncClient) -> None:
    headers = {"Authorization": "Bearer wrong"}
    assert (await http.get("/api/v1/timelines/public", headers=headers)).status_code == 401


async def test_an_edit_shows_when_it_was_made(mara: Someone, clock: FakeClock) -> None:
    status = await mara.post("one")
    clock.advance(minutes(1))
    edited = await mara.call("PUT", f"{STATUSES}/{status['id']}", data={"status": "two"})
    assert edited.json()["content"] == "<p>two</p>"
    assert edited.json()["edited_at"] > status["created_at"]
    assert (await mara.read(f"{STATUSES}/{status['id']}/source"))["text"] == "two"
    blank = await mara.call("PUT", f"{STATUSES}/{status['id']}", data={"status": ""})
    assert blank.status_code == 422


async def test_a_deleted_status_is_gone_and_its_replies_lose_their_parent(
    mara: Someone, brand: Someone
) -> None:
    parent = await mara.post("@northkettle leaks")
    reply = await brand.post("@mara sorry", in_reply_to_id=parent["id"])
    deleted = await mara.call("DELETE", f"{STATUSES}/{parent['id']}")
    assert deleted.json()["text"] == "@northkettle leaks"
    gone = await brand.call("GET", f"{STATUSES}/{parent['id']}")
    assert gone.status_code == 404
    assert (await brand.read(f"{STATUSES}/{reply['id']}"))["in_reply_to_id"] is None
    assert await brand.read("/api/v1/notifications") == []


async def test_nobody_changes_what_is_not_theirs(mara: Someone, tomek: Someone) -> None:
    status = await mara.post("mine")
    path = f"{STATUSES}/{status['id']}"
    assert (await tomek.call("PUT", path, data={"status": "his"})).status_code == 404
    assert (await tomek.call("DELETE", path)).status_code == 404
    assert (await tomek.call("GET", f"{path}/source")).status_code == 404


@pytest.mark.parametrize(
    ("visibility", "named", "follower", "stranger"),
    [
        ("public", True, True, True),
        ("unlisted", True, True, True),
        ("private", True, True, False),
        ("direct", True, False, False),
    ],
)
async def test_visibility_is_kept(
    http: httpx.AsyncClient, mara: Someone, tomek: Someone, brand: Someone,
    visibility: str, named: bool, follower: bool, stranger: bool,
) -> None:  # fmt: skip
    me = await mara.read("/api/v1/accounts/verify_credentials")
    await tomek.call("POST", f"/api/v1/accounts/{me['id']}/follow")
    status = await mara.post("@northkettle psst", visibility=visibility)
    path = f"{STATUSES}/{status['id']}"
    assert ((await brand.call("GET", path)).status_code == 200) is named
    assert ((await tomek.call("GET", path)).status_code == 200) is follower
    assert ((await http.get(path)).status_code == 200) is stranger
    shown = await mara.read("/api/v1/timelines/public")
    assert bool(shown) is (visibility == "public")


async def test_a_thread_is_told_from_any_of_its_posts(
    http: httpx.AsyncClient, mara: Someone, brand: Someone
) -> None:
    first = await mara.post("@northkettle one")
    second = await brand.post("@mara two", in_reply_to_id=first["id"])
    third = await mara.post("@northkettle three", in_reply_to_id=second["id"])
    other = await mara.post("@northkettle four", in_reply_to_id=first["id"])
    hidden = await brand.post("@mara psst", in_reply_to_id=third["id"], visibility="direct")

    async def around(status: dict[str, str], who: Someone) -> tuple[list[str], list[str]]:
        context = await who.read(f"{STATUSES}/{status['id']}/context")
        above, below = context["ancestors"], context["descendants"]
        return [each["id"] for each in above], [each["id"] for each in below]

    assert await around(second, mara) == ([first["id"]], [third["id"], hidden["id"]])
    assert (await around(third, mara))[0] == [first["id"], second["id"]]
    assert await around(first, Someone(http, "tomek-token")) == (
        [],
        [second["id"], third["id"], other["id"]],
    )


async def test_reactions_are_told_once(mara: Someone, brand: Someone) -> None:
    status = await brand.post("New kettles!")
    for _ in range(2):
        for reaction in ("favourite", "reblog"):
            await mara.call("POST", f"{STATUSES}/{status['id']}/{reaction}")
    told = await brand.read("/api/v1/notifications")
    assert [each["type"] for each in told] == ["reblog", "favourite"]
    unknown = await mara.call("POST", f"{STATUSES}/{status['id']}/boil")
    assert unknown.status_code == 404
