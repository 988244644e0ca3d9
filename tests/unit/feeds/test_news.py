"""What is new: each entry once, each edit as a revision, and what was missed is said."""

from __future__ import annotations

import json
from dataclasses import replace

from harken.channels.feed.cursor import KEPT, Cursor, read_cursor, write_cursor
from harken.domain.ids import SourceId
from harken.domain.time import after, hours, minutes, parse_rfc3339
from tests.unit.feeds.making import item, rss
from tests.unit.feeds.reader import NOW, World


async def test_new_entries_come_once_and_the_oldest_first(web: World) -> None:
    reader = web.reader("/feed")
    for known in range(1, 6):
        web.server.publish("/feed", rss(item(f"n{n}", minute=n) for n in reversed(range(known))))
        await reader.look()
    web.server.publish("/feed", rss(item(f"n{n}", minute=n) for n in range(7)))
    await reader.look()
    assert [mention.text for mention in reader.heard] == [f"n{n}" for n in range(7)]
    assert {mention.revision for mention in reader.heard} == {1}


async def test_the_same_page_seen_twice_says_the_same(web: World) -> None:
    web.server.publish("/feed", rss([item("b", minute=1), item("a")]))
    reader = web.reader("/feed")
    first = await reader.look()
    reader.cursor = ""
    assert await reader.look() == first


async def test_an_edit_is_a_later_revision_of_the_same_mention(web: World) -> None:
    reader = web.reader("/feed")
    web.server.publish("/feed", rss([item("a", "It leaks."), item("b")]))
    await reader.look()
    web.clock.advance(minutes(5))
    web.server.publish("/feed", rss([item("a", "It leaks no more."), item("b")]))
    page = await reader.look()
    (edited,) = page.parsed.mentions
    before = next(mention for mention in reader.heard if mention.source_id == "a")
    assert (edited.id, edited.text) == (before.id, "It leaks no more.")
    assert edited.revision == after(NOW, minutes(5)) > before.revision == 1
    web.clock.advance(minutes(5))
    web.server.publish("/feed", rss([item("a", "It leaks."), item("b")]))
    (back,) = (await reader.look()).parsed.mentions
    assert back.revision > edited.revision


async def test_a_feed_that_rolled_over_shows_a_gap(web: World) -> None:
    reader = web.reader("/feed")
    web.server.publish("/feed", rss(item(f"old{n}", minute=n) for n in range(3)))
    assert (await reader.look()).gap is None
    web.server.publish("/feed", rss(item(f"new{n}", minute=30 + n) for n in range(3)))
    page = await reader.look()
    assert page.gap is not None
    assert page.gap.since == parse_rfc3339("2026-03-02T09:02:00Z")
    assert page.gap.until == parse_rfc3339("2026-03-02T09:30:00Z")
    assert "missed" in page.gap.why


async def test_there_is_no_gap_while_something_is_known(web: World) -> None:
    reader = web.reader("/feed")
    web.server.publish("/feed", rss(item(f"n{n}", minute=n) for n in range(3)))
    await reader.look()
    web.server.publish("/feed", rss(item(f"n{n}", minute=n) for n in range(2, 5)))
    assert (await reader.look()).gap is None
    web.server.publish("/feed", rss([]))
    assert (await reader.look()).gap is None
    web.server.publish("/feed", rss([item("after-a-purge", minute=9)]))
    assert (await reader.look()).gap is not None


async def test_a_feed_that_is_less_full_than_before_has_not_rolled_over(web: World) -> None:
    reader = web.reader("/feed")
    web.server.publish("/feed", rss(item(f"n{n}", minute=n) for n in range(5)))
    await reader.look()
    web.server.publish("/feed", rss([item("fresh", minute=30)]))
    assert (await reader.look()).gap is None


async def test_what_was_written_before_the_source_was_made_is_history(web: World) -> None:
    web.server.publish("/feed", rss([item("new"), item("old").replace("02 Mar", "27 Feb")]))
    reader = web.reader("/feed")
    await reader.look()
    assert [(mention.text, mention.historical) for mention in reader.heard] == [
        ("old", True),
        ("new", False),
    ]


async def test_a_day_without_a_time_counts_until_its_end(web: World) -> None:
    web.server.publish("/feed", rss([item("a").replace("Mon, 02 Mar 2026 09:00:00 GMT",
                                                       "2026-03-02")]))  # fmt: skip
    reader = web.reader("/feed")
    made = parse_rfc3339("2026-03-02T08:00:00Z")
    reader.source = replace(reader.source, created_at=made)
    await reader.look()
    assert [mention.historical for mention in reader.heard] == [False]


async def test_what_has_no_date_is_history_at_the_first_look_only(web: World) -> None:
    reader = web.reader("/feed")
    web.server.publish("/feed", rss([item("a", minute=None)]))
    await reader.look()
    web.clock.advance(hours(1))
    web.server.publish("/feed", rss([item("b", minute=None), item("a", minute=None)]))
    await reader.look()
    assert [(mention.text, mention.historical, mention.created_at) for mention in reader.heard] == [
        ("a", True, NOW),
        ("b", False, after(NOW, hours(1))),
    ]


async def test_an_edit_does_not_make_an_entry_without_a_date_new(web: World) -> None:
    reader = web.reader("/feed")
    web.server.publish("/feed", rss([item("a", "It leaks.", minute=None)]))
    await reader.look()
    web.clock.advance(hours(1))
    web.server.publish("/feed", rss([item("a", "It leaks no more.", minute=None)]))
    await reader.look()
    assert [(mention.historical, mention.created_at) for mention in reader.heard] == [
        (True, NOW),
        (True, NOW),
    ]


async def test_a_guid_is_unique_within_its_feed_only(web: World) -> None:
    for path in ("/one", "/two"):
        web.server.publish(path, rss([item("same")]))
    one, two, again = web.reader("/one"), web.reader("/two"), web.reader("/one")
    again.source = replace(again.source, id=SourceId("another source of the same feed"))
    for reader in (one, two, again):
        await reader.look()
    assert one.heard[0].source_id == two.heard[0].source_id
    assert one.heard[0].id != two.heard[0].id
    assert one.heard[0].id == again.heard[0].id


async def test_a_guid_that_a_second_entry_gets_is_told_apart(web: World) -> None:
    """The first keeps its id, and nothing comes twice, even once the first has gone."""
    reader = web.reader("/feed")
    a, b, c = (item("same", name, minute=n, link=f"https://news.example/{name}")
               for n, name in enumerate("abc"))  # fmt: skip
    for shown in ([a], [b, a], [b], [c, b], [c, b, a]):
        web.server.publish("/feed", rss(shown))
        await reader.look()
    assert [mention.text for mention in reader.heard] == ["a", "b", "c"]
    assert len({mention.id for mention in reader.heard}) == 3
    assert reader.heard[0].source_id == "same"


async def test_a_move_to_https_brings_nothing_again(web: World) -> None:
    reader = web.reader("/feed")
    web.server.publish("/feed", rss([item("http://news.example/1", "Steam")]))
    await reader.look()
    web.server.publish("/feed", rss([item("https://news.example/1", "Steam")]))
    assert (await reader.look()).parsed.mentions == ()


async def test_what_an_entry_is_may_be_said(web: World) -> None:
    web.server.publish("/feed", rss([item("a", title="A titled one")]))
    plain, told = web.reader("/feed"), web.reader("/feed", entries="review")
    await plain.look()
    await told.look()
    assert [plain.heard[0].kind, told.heard[0].kind] == ["article", "review"]


async def test_the_cursor_is_bounded(web: World) -> None:
    reader = web.reader("/feed")
    web.server.publish("/feed", rss(item(f"n{n}", minute=n % 60) for n in range(KEPT + 100)))
    await reader.look()
    assert len(reader.heard) == KEPT + 100
    assert len(json.loads(reader.cursor)["known"]) == KEPT
    assert len(reader.cursor) < 50 * KEPT


def test_a_cursor_that_cannot_be_read_counts_as_none() -> None:
    assert read_cursor("") == read_cursor("{") == read_cursor('{"known": 3}') == Cursor()
    assert read_cursor(write_cursor(Cursor(etag='"a"', known={"k": "c"}))).known == {"k": "c"}
