"""Whatever bytes a server sends, reading them ends, and ends in entries or in a reason."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harken.channels.feed.cursor import Cursor
from harken.channels.feed.document import Document, NotAFeed
from harken.channels.feed.identity import identify
from harken.channels.feed.mention import Hearing
from harken.channels.feed.news import news_of
from harken.channels.feed.read import read_document
from harken.channels.feed.settings import read_source
from harken.channels.port import Source
from harken.domain.ids import SourceId
from harken.testing.conformance.channel import JSON
from tests.unit.feeds.making import item, rss
from tests.unit.feeds.reader import CONNECTION, NOW, SINCE, TENANT
from tests.unit.feeds.test_corpus import CORPUS, EXPECTED, assert_mention

ADDRESS = "https://news.example/feed"
SOURCE = Source(TENANT, SourceId("s"), CONNECTION.id, "feed", {"url": ADDRESS})
HEARING = Hearing(CONNECTION, SOURCE.id, read_source(SOURCE), ADDRESS, SINCE, NOW, first=True)
SMALL = [name for name in EXPECTED if (CORPUS / name).stat().st_size < 5_000]

FRAGMENTS = st.sampled_from(
    ["<rss>", "<rss version='2.0'>", "<channel>", "<item>", "</item>", "<entry>", "</entry>",
     "<title>", "</title>", "<guid>", "</guid>", "<link>", "<link href='//['/>", "<description>",
     "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE rss [", "<!ENTITY a '&a;'>", "]>", "&a;", "&#0;",
     "&#xFFFFFFFF;", "&", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<svg:title>", "<x:y>",
     "<svg xmlns='http://www.w3.org/2000/svg'><title>", "</rss>", "</feed>", "<rdf:RDF>",
     "<content type='xhtml'>", "<content mode='base64'>", "<media:content url='x'/>", "<image>",
     "<pubDate>9999-99-99", "<geo:lat>x</geo:lat>", "xml:base='http://['", '{"items":[', "{}", "]}",
     '{"id":', "<html>", "<link rel='alternate' type='application/rss+xml' href='http://['>"]
)  # fmt: skip


def read(body: bytes, content_type: str = "") -> Document | None:
    """None where it is no feed. Every entry makes a sound mention."""
    try:
        document = read_document(body, content_type, ADDRESS)
    except NotAFeed:
        return None
    for mention in news_of(document, HEARING, Cursor()).mentions:
        assert_mention(mention)
    return document


@settings(max_examples=300, deadline=None)
@given(body=st.binary(max_size=2_000), content_type=st.text(max_size=60))
def test_any_bytes(body: bytes, content_type: str) -> None:
    read(body, content_type)


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(FRAGMENTS | st.text(max_size=8), max_size=30))
def test_anything_that_looks_like_a_feed(pieces: list[str]) -> None:
    read("".join(pieces).encode("utf-8", "surrogatepass"))
    inside = "<rss><channel><item>" + "".join(pieces) + "</item></channel></rss>"
    read(inside.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", SMALL)
def test_feeds_with_random_damage(name: str) -> None:
    chance = random.Random(name)
    whole = (CORPUS / name).read_bytes()
    for _ in range(12):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            if damaged:
                place = chance.randrange(len(damaged))
                damaged[place : place + chance.randint(0, 6)] = chance.randbytes(
                    chance.randint(0, 4)
                )
        read(bytes(damaged))


@pytest.mark.parametrize("name", SMALL)
def test_feeds_that_end_too_early(name: str) -> None:
    chance = random.Random(name)
    whole = (CORPUS / name).read_bytes()
    for _ in range(12):
        read(whole[: chance.randrange(len(whole) + 1)])


@settings(max_examples=150, deadline=None)
@given(
    items=st.lists(
        st.dictionaries(
            st.sampled_from(
                ["id", "url", "external_url", "title", "content_html", "content_text", "summary",
                 "date_published", "authors", "author", "attachments", "image", "language"]
            ),
            JSON | st.text(st.characters(categories=("Cs", "Cc", "L", "P")), max_size=5),
            max_size=6,
        ),
        max_size=4,
    )
)  # fmt: skip
def test_any_json_feed(items: list[dict[str, object]]) -> None:
    read(json.dumps({"items": items}).encode())


def test_no_entry_is_read_by_halves() -> None:
    whole = rss(item(f"n{n}", "Steam & water " * 3, minute=n, title=f"Entry {n}") for n in range(4))
    entries = set(read_document(whole, "", ADDRESS).entries)
    assert len(entries) == 4
    for cut in range(whole.index(b"<rss"), len(whole)):
        document = read(whole[:cut])
        if document is not None:
            assert set(document.entries) <= entries
            assert document.whole is (b"</rss>" in whole[:cut])


@settings(max_examples=100, deadline=None)
@given(
    names=st.lists(st.sampled_from(["a", "b", "https://a.example/", ""]), min_size=1, max_size=6),
    data=st.data(),
)
def test_ids_are_unique_and_stable(names: list[str], data: st.DataObject) -> None:
    """Read again, whole or in part, entries keep the ids that they got."""
    items = [item(name, f"text {n}", minute=n % 60) for n, name in enumerate(names)]
    entries = read_document(rss(items), "", ADDRESS).entries
    first = identify(entries, {}, frozenset())
    ids = [each.id for each in first.entries]
    assert len(set(ids)) == len(ids) == len(names)
    known = {each.key: each.content for each in first.entries}
    part = data.draw(st.lists(st.sampled_from(entries), unique=True))
    again = identify(part, known, first.reused)
    assert {each.id for each in again.entries} <= set(ids)


HOSTILE = {
    "angles": b"<rss><channel>" + b"<" * 100_000 + b"</channel></rss>",
    "ampersands": b"<rss>" + b"&" * 500_000 + b"</rss>",
    "CDATA never closed": b"<rss><item><title>" + b"<![CDATA[" * 50_000 + b"</item></rss>",
    "comments never closed": b"<rss>" + b"<!--" * 100_000 + b"</rss>",
    "instructions": b"<rss><item><title>" + b" <?a?>" * 100_000 + b"</title></item></rss>",
    "attributes": b"<rss>" + b"<a b=" * 60_000 + b"</rss>",
    "a root without an end": b"<rss " + b"x " * 500_000,
    "roots": b"<rss " * 100_000,
    "an author": b"<rss><item><author>" + b"a.@" * 100_000 + b"</author></item></rss>",
    "an author in parts": b"<rss><item><author>" + b"aa.<x/>" * 20_000 + b"</author></item></rss>",
    "spaces": b"<rss><item><description>&lt;pre&gt;"
    + b" " * 200_000
    + b"</description></item></rss>",
    "quotes": b"<rss><item><description>"
    + b"&lt;blockquote&gt;" * 20_000
    + b"</description></item></rss>",
    "prefixes": b"<rss>" + b"".join(b"<p%d:a/>" % n for n in range(40_000)) + b"</rss>",
    "a codec that never ends": b"<?xml version='1.0' encoding='punycode'?><rss>\xff-"
    + b"z" * 200_000,
    "a date": b"<rss><item><title>a</title><pubDate>"
    + b"1 " * 200_000
    + b"</pubDate></item></rss>",
    "comments of a page": b"<!-- -->" * 1_000 + b"<p>",
    "JSON": b'{"items":[' + b"[" * 300_000,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_what_could_take_long_does_not(name: str) -> None:
    """Each of these took a simple reading minutes, or would never have ended."""
    read(HOSTILE[name])


def test_a_long_feed_that_is_no_xml_is_read_to_its_end() -> None:
    """The parser for those must not be spared at the cost of entries."""
    items = [item(f"n{n}", "steam " * 400, title="<b>odd<i></b>") for n in range(600)]
    whole = rss(items)
    assert len(whole) > 1_000_000
    document = read(whole)
    assert document is not None
    assert len(document.entries) == 600
