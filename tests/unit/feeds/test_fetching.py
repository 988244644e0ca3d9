"""Asking for a feed: no more often and no more of it than needed, whatever the server does."""

from __future__ import annotations

import gzip

import pytest

from harken.channels.exchange import Clients
from harken.channels.feed import fetching, looking
from harken.channels.feed.channel import FeedChannel
from harken.channels.port import ChannelUnavailable, ConnectionRefused, SourceGone
from harken.testing.feeds.server import MODIFIED, Reply
from tests.unit.feeds.making import item, rss
from tests.unit.feeds.reader import PAUSE, Reader, World

ONE = rss([item("one")])
TWO = rss([item("two", minute=1), item("one")])


async def test_what_has_not_changed_is_not_sent_again(web: World) -> None:
    web.server.publish("/feed", ONE)
    reader = web.reader("/feed")
    await reader.look()
    kept = reader.cursor
    page = await reader.look()
    assert [asked.status for asked in web.server.asked] == [200, 304]
    assert web.server.asked[1].headers["if-modified-since"] == MODIFIED
    assert (page.parsed.mentions, page.cursor, page.retry_after) == ((), kept, PAUSE)


async def test_without_validators_the_same_bytes_change_nothing(web: World) -> None:
    web.server.validators = False
    web.server.publish("/feed", ONE)
    reader = web.reader("/feed")
    await reader.look()
    kept = reader.cursor
    page = await reader.look()
    assert [asked.status for asked in web.server.asked] == [200, 200]
    assert (page.parsed.mentions, page.cursor) == ((), kept)


async def test_a_permanent_move_is_remembered_and_told(web: World) -> None:
    web.server.publish("/new", ONE)
    web.server.script("/old", Reply(301, {"location": "/newer"}))
    web.server.script("/newer", Reply(308, {"location": f"{web.address}/new"}))
    reader = web.reader("/old")
    page = await reader.look()
    assert page.notice == f"it has moved to {web.address}/new"
    await reader.look()
    assert [asked.path for asked in web.server.asked] == ["/old", "/newer", "/new", "/new"]
    assert [mention.text for mention in reader.heard] == ["one"]


async def test_a_move_keeps_what_is_known(web: World) -> None:
    web.server.publish("/old", ONE)
    reader = web.reader("/old")
    await reader.look()
    web.server.script("/old", Reply(301, {"location": "/new"}))
    web.server.publish("/new", TWO)
    assert await reader.texts() == ["two"]
    assert len({mention.scope for mention in reader.heard}) == 1


async def test_a_temporary_redirect_is_followed_each_time(web: World) -> None:
    web.server.publish("/elsewhere", ONE)
    web.server.script("/feed", *[Reply(302, {"location": "/elsewhere"})] * 2)
    reader = web.reader("/feed")
    assert (await reader.look()).notice == ""
    await reader.look()
    assert [asked.path for asked in web.server.asked] == ["/feed", "/elsewhere"] * 2


async def test_only_what_moved_for_good_is_remembered(web: World) -> None:
    web.server.publish("/cdn", ONE)
    web.server.script("/old", Reply(301, {"location": "/new"}))
    web.server.script("/new", *[Reply(307, {"location": "/cdn"})] * 2)
    reader = web.reader("/old")
    await reader.look()
    await reader.look()
    assert [asked.path for asked in web.server.asked] == ["/old", "/new", "/cdn", "/new", "/cdn"]


async def test_where_the_new_address_fails_the_old_one_is_asked(web: World) -> None:
    web.server.script("/old", Reply(301, {"location": "/new"}))
    web.server.script("/new", Reply(200, {}, ONE), Reply(410))
    reader = web.reader("/old")
    await reader.look()
    web.server.publish("/old", TWO)
    assert await reader.texts() == ["two"]
    assert (await reader.look()).notice == ""


@pytest.mark.parametrize("target", ["", "file:///etc/hostname", "gopher://a.example/", "https://"])
async def test_a_redirect_to_nowhere_is_not_followed(web: World, target: str) -> None:
    web.server.script("/feed", Reply(301, {"location": target} if target else {}))
    with pytest.raises(ChannelUnavailable, match="redirects to nowhere"):
        await web.reader("/feed").look()


async def test_a_redirect_to_a_port_that_cannot_be_is_a_failure_like_others(web: World) -> None:
    web.server.script("/feed", Reply(301, {"location": "http://127.0.0.1:99999/"}))
    with pytest.raises(ChannelUnavailable, match="no port"):
        await web.reader("/feed").look()


async def test_redirects_end(web: World) -> None:
    web.server.script("/feed", *[Reply(302, {"location": "/feed"})] * 20)
    with pytest.raises(ChannelUnavailable, match="without end"):
        await web.reader("/feed").look()
    assert len(web.server.asked) == fetching.MOST_REDIRECTS + 1


async def test_a_feed_that_is_gone_for_good_is_not_asked_again(web: World) -> None:
    web.server.script("/feed", Reply(410))
    with pytest.raises(SourceGone, match="gone for good"):
        await web.reader("/feed").look()


async def test_a_feed_that_wants_a_password_needs_a_person(web: World) -> None:
    web.server.script("/feed", Reply(401, {"www-authenticate": "Basic"}))
    with pytest.raises(ConnectionRefused, match="answered 401"):
        await web.reader("/feed").look()


@pytest.mark.parametrize(
    ("status", "headers", "patience"),
    [
        (404, {}, fetching.MISSING_PAUSE),
        (403, {}, fetching.MISSING_PAUSE),
        (500, {}, 60.0),
        (503, {"retry-after": "1800"}, 1800.0),
        (429, {"retry-after": "7200"}, 7200.0),
        (429, {"retry-after": "Tue, 10 Mar 2026 12:10:00 GMT"}, 600.0),
        (429, {}, 60.0),
        (418, {}, 60.0),
    ],
)
async def test_failures_that_may_pass_say_how_long_to_wait(
    web: World, status: int, headers: dict[str, str], patience: float
) -> None:
    web.server.script("/feed", Reply(status, headers))
    web.server.publish("/feed", ONE)
    reader = web.reader("/feed")
    with pytest.raises(ChannelUnavailable, match=str(status)) as failed:
        await reader.look()
    assert failed.value.retry_after == patience
    assert await reader.texts() == ["one"]


async def test_a_body_that_breaks_off_is_read_as_far_as_it_goes(web: World) -> None:
    reader = web.reader("/feed")
    cut = TWO[: TWO.index(b"</item>") + 30]
    web.server.script("/feed", Reply(200, {"etag": '"whole"'}, cut, missing=500))
    page = await reader.look()
    assert [mention.text for mention in page.parsed.mentions] == ["two"]
    assert "its end is missing" in page.notice
    web.server.publish("/feed", TWO)
    page = await reader.look()
    assert "if-none-match" not in web.server.asked[-1].headers
    assert ([mention.text for mention in page.parsed.mentions], page.notice) == (["one"], "")


async def test_an_endless_body_is_cut(web: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LONGEST_BODY", 100_000)
    beginning = TWO.replace(b"</channel></rss>", b"")
    web.server.script("/feed", Reply(200, {}, beginning + b" " * 10_000, endless=True))
    page = await web.reader("/feed").look()
    assert {mention.text for mention in page.parsed.mentions} == {"one", "two"}
    assert page.notice == "only its first 5 MB are read"


async def test_a_slow_server_does_not_hold_us(web: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "DEADLINE", 0.2)
    web.server.script("/feed", Reply(200, {}, ONE, seconds=30))
    with pytest.raises(ChannelUnavailable, match="no answer"):
        await web.reader("/feed").look()


async def test_where_nobody_listens_we_come_again(web: World) -> None:
    reader = web.reader("/feed")
    nowhere = web.reader("/feed", url="http://127.0.0.1:9/feed")
    with pytest.raises(ChannelUnavailable, match="no connection"):
        await nowhere.look()
    web.server.publish("/feed", ONE)
    assert await reader.texts() == ["one"]


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd"])
async def test_encodings_that_grow_without_measure_are_refused(web: World, coding: str) -> None:
    body = gzip.compress(gzip.compress(ONE))
    web.server.script("/feed", Reply(200, {"content-encoding": coding}, body))
    with pytest.raises(ChannelUnavailable, match="did not ask for"):
        await web.reader("/feed").look()
    assert web.server.asked[0].headers["accept-encoding"] == "gzip, deflate"


async def test_private_addresses_are_refused_where_the_operator_says_so(web: World) -> None:
    web.server.publish("/feed", ONE)
    careful = FeedChannel(web.clock, Clients(private_addresses=False), PAUSE)
    reader = web.reader("/feed")
    with pytest.raises(ConnectionRefused):
        await Reader(careful, reader.source, web.clock).look()
    assert web.server.asked == []
    await careful.close()


@pytest.mark.parametrize(
    ("head", "headers", "wait"),
    [
        ("", {}, PAUSE),
        ("<ttl>30</ttl>", {}, 1_800.0),
        ("<ttl>1</ttl>", {}, PAUSE),
        ("<ttl>1440</ttl>", {}, 3_600.0),
        ("<ttl>soon</ttl>", {}, PAUSE),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
         {}, 900.0),
        ("", {"cache_control": "public, max-age=1200"}, 1_200.0),
        ("<ttl>30</ttl>", {"cache_control": "max-age=60"}, 1_800.0),
    ],
)  # fmt: skip
async def test_a_feed_is_asked_no_more_often_than_it_wants(
    web: World, head: str, headers: dict[str, str], wait: float
) -> None:
    web.server.publish("/feed", rss([item("one")], head), **headers)
    reader = web.reader("/feed")
    assert (await reader.look()).retry_after == wait
    assert (await reader.look()).retry_after == wait
    assert web.server.asked[-1].status == 304


PAGE = '<html><head><link rel="alternate" type="{kind}" href="{href}"></head></html>'


def page_with(href: str) -> Reply:
    body = PAGE.format(kind="application/rss+xml", href=href).encode()
    return Reply(200, {"content-type": "text/html"}, body)


async def test_a_page_leads_to_its_feed(web: World) -> None:
    web.server.script("/blog", page_with("feed.xml"))
    web.server.publish("/feed.xml", ONE)
    reader = web.reader("/blog")
    assert await reader.texts() == ["one"]
    await reader.look()
    assert [asked.path for asked in web.server.asked] == ["/blog", "/feed.xml", "/feed.xml"]


async def test_a_page_that_leads_to_pages_is_told_from_a_feed(web: World) -> None:
    web.server.script("/blog", page_with("/a"))
    web.server.script("/a", page_with("/b"))
    with pytest.raises(ConnectionRefused, match=f"it offers {web.address}/b"):
        await web.reader("/blog").look()


async def test_a_page_in_place_of_a_feed_that_worked_is_a_passing_failure(web: World) -> None:
    reader = web.reader("/feed")
    web.server.publish("/feed", ONE)
    await reader.look()
    web.server.script("/feed", page_with("/other"))
    with pytest.raises(ChannelUnavailable, match="is no feed: it is a web page"):
        await reader.look()
    web.server.publish("/feed", TWO)
    assert await reader.texts() == ["two"]


async def test_many_slow_addresses_together_do_not_hold_us(
    web: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LOOK_SECONDS", 0.4)
    web.server.script("/feed", *[Reply(302, {"location": "/feed"}, seconds=0.15)] * 20)
    with pytest.raises(ChannelUnavailable, match="takes too long"):
        await web.reader("/feed").look()


@pytest.mark.parametrize("etag", ['"ключ"', '"' + "x" * 5_000 + '"'])
async def test_validators_that_cannot_be_sent_back_are_left_out(web: World, etag: str) -> None:
    web.server.validators = False
    web.server.script("/feed", Reply(200, {"etag": etag}, ONE), Reply(200, {"etag": etag}, TWO))
    reader = web.reader("/feed")
    assert await reader.texts() == ["one"]
    assert await reader.texts() == ["two"]
    assert "if-none-match" not in web.server.asked[-1].headers


@pytest.mark.parametrize("href", ["http://[", "mailto:a@b.example", ""])
async def test_a_page_that_offers_no_address_offers_nothing(web: World, href: str) -> None:
    web.server.script("/blog", *[page_with(href)] * 2)
    with pytest.raises(ConnectionRefused, match="is no feed"):
        await web.reader("/blog").look()
