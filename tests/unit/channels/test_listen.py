from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from harken.channels.mastodon.channel import MastodonChannel
from harken.channels.port import ChannelUnavailable, ConnectionRefused, Source
from harken.domain.mention import Kind, Visibility
from harken.domain.time import parse_rfc3339
from tests.unit.channels.instance import (
    CONNECTION,
    SOURCE,
    FakeInstance,
    account,
    notification,
    status,
)

PATH = "/api/v1/notifications"


class Told:
    """Notifications in the server's own order, with ids that no number can stand for."""

    def __init__(self, most: int = 40, *, link: bool = True) -> None:
        self.items: list[dict[str, Any]] = []
        self.most = most
        self.link = link

    def add(self, *ids: str, **more: Any) -> None:
        self.items += [notification(each, **more) for each in ids]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = request.url.params
        ids = [each["id"] for each in self.items]
        limit = min(int(query["limit"]), self.most)
        if "min_id" in query:
            start = ids.index(query["min_id"]) + 1
            found = self.items[start : start + limit]
        else:
            end = ids.index(query["max_id"]) if "max_id" in query else len(ids)
            found = self.items[max(end - limit, 0) : end]
        headers = {}
        if self.link and found:
            url = f"https://elsewhere.example{PATH}"
            older, newer = found[0]["id"], found[-1]["id"]
            headers["Link"] = (
                f'<{url}?max_id={older}>; rel="next", <{url}?since_id={newer}>; rel="prev"'
            )
        return httpx.Response(200, json=found[::-1], headers=headers)


@pytest.fixture
def instance() -> FakeInstance:
    return FakeInstance()


async def heard(channel: MastodonChannel, cursor: str = "") -> tuple[list[str], str]:
    """The source ids of everything until nothing is left."""
    ids: list[str] = []
    more = True
    while more:
        page = await channel.fetch(CONNECTION, SOURCE, cursor)
        ids += [mention.source_id for mention in page.parsed.mentions]
        cursor, more = page.cursor, page.more
    return ids, cursor


def ulids(first: int, last: int) -> list[str]:
    return [f"01J{n:05}" for n in range(first, last)]


@pytest.mark.parametrize("link", [True, False])
@pytest.mark.parametrize("most", [40, 15])
async def test_polls_hear_everything_once_and_in_order(
    instance: FakeInstance, most: int, link: bool
) -> None:
    told = Told(most, link=link)
    told.add(*ulids(0, 5))
    instance.on("GET", PATH, told)
    channel = instance.channel()
    ids, cursor = await heard(channel)
    for first, last in ((5, 6), (6, 6), (6, 120), (120, 121)):
        told.add(*ulids(first, last))
        more, cursor = await heard(channel, cursor)
        ids += more
    assert ids == [f"S{each}" for each in ulids(0, 121)]


async def test_what_shows_up_behind_later_items_is_heard(instance: FakeInstance) -> None:
    told = Told()
    told.add("a", "b", "d")
    instance.on("GET", PATH, told)
    channel = instance.channel()
    _, cursor = await heard(channel)
    told.items.insert(2, notification("c"))
    late, cursor = await heard(channel, cursor)
    told.add("e")
    last, cursor = await heard(channel, cursor)
    assert (late, last) == (["Sc"], ["Se"])
    assert await heard(channel, cursor) == ([], cursor)


async def test_the_trail_survives_deleted_items(instance: FakeInstance) -> None:
    told = Told()
    told.add(*ulids(0, 20))
    instance.on("GET", PATH, told)
    channel = instance.channel()
    _, cursor = await heard(channel)
    del told.items[11:]
    _, cursor = await heard(channel, cursor)
    told.add("new")
    assert (await heard(channel, cursor))[0] == ["Snew"]


async def test_the_first_fetch_reaches_back_to_the_connections_beginning(
    instance: FakeInstance,
) -> None:
    told = Told()
    told.add(*ulids(0, 60), created_at="2026-02-01T10:00:00Z")
    for item in told.items:
        item["created_at"] = item["status"]["created_at"]
    told.add(*ulids(60, 160))
    instance.on("GET", PATH, told)
    began = replace(CONNECTION, created_at=parse_rfc3339("2026-02-10T00:00:00Z"))
    page = await instance.channel().fetch(began, SOURCE, "")
    assert [mention.source_id for mention in page.parsed.mentions] == [
        f"S{each}" for each in ulids(40, 160)
    ]
    assert [mention.historical for mention in page.parsed.mentions] == [True] * 20 + [False] * 100


async def test_without_a_known_beginning_only_the_newest_page_is_read(
    instance: FakeInstance,
) -> None:
    told = Told()
    told.add(*ulids(0, 100))
    instance.on("GET", PATH, told)
    page = await instance.channel().fetch(CONNECTION, SOURCE, "")
    assert len(page.parsed.mentions) == 40
    assert not any(mention.historical for mention in page.parsed.mentions)


async def test_other_notifications_are_no_mentions(instance: FakeInstance) -> None:
    """Some servers ignore the filter by type."""
    follow = {"id": "2", "type": "follow", "created_at": "2026-02-20T10:00:00Z", "account": {}}
    instance.on("GET", PATH, [notification("3"), follow, notification("1")])
    page = await instance.channel().fetch(CONNECTION, SOURCE, "")
    assert [mention.source_id for mention in page.parsed.mentions] == ["S1", "S3"]
    assert page.parsed.unreadable == ()


async def test_one_unreadable_entry_does_not_cost_the_others(instance: FakeInstance) -> None:
    broken = notification("2")
    broken["status"]["created_at"] = "yesterday"
    instance.on("GET", PATH, [notification("3"), broken, {"id": "x", "type": "mention"}, 7])
    page = await instance.channel().fetch(CONNECTION, SOURCE, "")
    assert [mention.source_id for mention in page.parsed.mentions] == ["S3"]
    assert len(page.parsed.unreadable) == 3
    assert any("yesterday" in entry.reason for entry in page.parsed.unreadable)


async def test_a_hashtag_brings_what_is_said_about_us_and_our_own_posts(
    instance: FakeInstance,
) -> None:
    source = Source(CONNECTION.tenant, SOURCE.id, CONNECTION.id, "hashtag", {"tag": "#kettle"})
    instance.on(
        "GET",
        "/api/v1/timelines/tag/kettle",
        [
            status(id="5", reblog=status(id="1")),
            status(id="4", in_reply_to_id="X", in_reply_to_account_id="01J0US"),
            status(id="3", account=account(id="01J0US", acct="kettle")),
            status(id="2", mentions=[{"id": "01J0US"}]),
            status(id="1"),
        ],
    )
    mentions = (await instance.channel().fetch(CONNECTION, source, "")).parsed.mentions
    assert [(each.source_id, each.direct, each.echo) for each in mentions] == [
        ("1", False, False),
        ("2", True, False),
        ("3", False, True),
        ("4", True, False),
    ]
    assert not mentions[2].capability.public
    assert mentions[2].capability.why_not


@pytest.mark.parametrize(
    ("code", "body", "raised"),
    [
        (401, {"error": "bad token"}, ConnectionRefused),
        (403, {"error": "scope"}, ConnectionRefused),
        (404, {}, ConnectionRefused),
        (422, b"", ConnectionRefused),
        (302, b"", ConnectionRefused),
        (500, b"<html>", ChannelUnavailable),
        (503, b"", ChannelUnavailable),
        (200, b"<html>maintenance</html>", ChannelUnavailable),
        (200, {"not": "a list"}, ChannelUnavailable),
        (200, [{"no": "id"}], ChannelUnavailable),
    ],
)
async def test_failures_are_told_apart(
    instance: FakeInstance, code: int, body: object, raised: type[Exception]
) -> None:
    instance.on("GET", PATH, body, code=code)
    with pytest.raises(raised):
        await instance.channel().fetch(CONNECTION, SOURCE, "")


async def test_a_rate_limit_says_how_long_to_wait(instance: FakeInstance) -> None:
    instance.on("GET", PATH, {"error": "slow"}, code=429, headers={"Retry-After": "41"})
    with pytest.raises(ChannelUnavailable) as away:
        await instance.channel().fetch(CONNECTION, SOURCE, "")
    assert away.value.retry_after == 41
    instance.on("GET", PATH, [], headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "29"})
    assert (await instance.channel().fetch(CONNECTION, SOURCE, "")).retry_after == 29


async def test_a_connection_or_source_that_lacks_something_is_refused(
    instance: FakeInstance,
) -> None:
    channel = instance.channel()
    with pytest.raises(ConnectionRefused, match="access_token"):
        await channel.fetch(replace(CONNECTION, secrets={}), SOURCE, "")
    with pytest.raises(ConnectionRefused, match="kind"):
        await channel.fetch(CONNECTION, replace(SOURCE, kind="feed"), "")
    instance.on("GET", "/api/v1/accounts/verify_credentials", b"<html>")
    with pytest.raises(ConnectionRefused, match="does not speak"):
        await instance.channel().fetch(CONNECTION, SOURCE, "")


@pytest.mark.parametrize(
    ("told", "visibility", "kind"),
    [
        ("public", Visibility.PUBLIC, Kind.POST),
        ("unlisted", Visibility.PUBLIC, Kind.POST),
        ("private", Visibility.PRIVATE, Kind.POST),
        ("direct", Visibility.PRIVATE, Kind.DIRECT_MESSAGE),
        ("mutuals_only", Visibility.PRIVATE, Kind.POST),
        (None, Visibility.PRIVATE, Kind.POST),
    ],
)
async def test_what_is_not_surely_public_is_private(
    instance: FakeInstance, told: str | None, visibility: Visibility, kind: Kind
) -> None:
    instance.on("GET", PATH, [notification("1", visibility=told)])
    (mention,) = (await instance.channel().fetch(CONNECTION, SOURCE, "")).parsed.mentions
    assert (mention.visibility, mention.kind) == (visibility, kind)
    assert mention.capability.public is (visibility is Visibility.PUBLIC)
