"""Each file of the corpus has one fault of the wild, and is read as `expected.json` says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harken.channels.port import ConnectionRefused
from harken.domain.mention import Mention
from harken.domain.time import rfc3339
from harken.events.codec import encode_mention
from tests.unit.feeds.reader import NOW, PAUSE, World

CORPUS = Path(__file__).parents[2] / "corpus" / "feeds"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text("utf-8"))


def put(web: World, name: str) -> None:
    told = EXPECTED[name]
    body = (CORPUS / name).read_bytes()
    web.server.publish(f"/corpus/{name}", body, told["type"], **_headers(told))


def _headers(told: dict[str, Any]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in told.get("headers", {}).items()}


def test_the_corpus_is_large_enough_and_each_file_is_expected() -> None:
    files = {path.name for path in CORPUS.iterdir()} - {"expected.json"}
    assert files == EXPECTED.keys()
    assert len(files) >= 60


@pytest.mark.parametrize("name", EXPECTED)
async def test_it_is_read_as_expected(web: World, name: str) -> None:
    told = EXPECTED[name]
    for each in (name, "rss-2.0.xml"):
        put(web, each)
    reader = web.reader(f"/corpus/{name}")
    if refused := told.get("refused"):
        with pytest.raises(ConnectionRefused, match=refused):
            await reader.look()
        return
    page = await reader.look()
    mentions = page.parsed.mentions
    assert len(page.parsed.unreadable) == told.get("unreadable", 0)
    assert all(entry.raw and entry.reason for entry in page.parsed.unreadable)
    assert told.get("notice", "") in page.notice
    assert bool(page.notice) == ("notice" in told)
    assert page.retry_after == max(PAUSE, told.get("pause", 0))
    for mention in mentions:
        assert_mention(mention)
    assert len({mention.id for mention in mentions}) == len(mentions)
    if "count" in told:
        assert len(mentions) == told["count"]
        return
    assert len(mentions) == len(told["entries"]), [mention.text for mention in mentions]
    for mention, expected in zip(mentions, told["entries"], strict=True):
        for field, value in expected.items():
            CHECKS[field](mention, value)
    assert (await reader.look()).parsed.mentions == ()


def assert_mention(mention: Mention) -> None:
    """What holds of every mention, whatever the feed."""
    assert mention.source_id
    assert len(mention.source_id) <= 500
    assert mention.text.strip() or mention.media
    assert len(mention.text) <= 65_536
    assert mention.author.id
    assert mention.author.handle
    assert 0 <= mention.created_at <= mention.received_at
    assert mention.url == "" or mention.url.startswith(("http://", "https://"))
    assert not mention.direct
    assert mention.capability.why_not
    assert encode_mention(mention).SerializeToString()


def _text_has(mention: Mention, value: str) -> None:
    assert value in mention.text


def _at(mention: Mention, value: str) -> None:
    assert rfc3339(mention.created_at) == (rfc3339(NOW) if value == "received" else value)


def _media(mention: Mention, value: list[list[str]]) -> None:
    assert [[media.kind, media.url] for media in mention.media] == value


def _equal(read: Any) -> Any:
    def check(mention: Mention, value: object) -> None:
        assert read(mention) == value

    return check


CHECKS: dict[str, Any] = {
    "id": _equal(lambda mention: mention.source_id),
    "text": _equal(lambda mention: mention.text),
    "text_has": _text_has,
    "text_end": lambda mention, value: _equal(lambda it: it.text[-len(value) :])(mention, value),
    "length": _equal(lambda mention: len(mention.text)),
    "at": _at,
    "kind": _equal(lambda mention: mention.kind),
    "url": _equal(lambda mention: mention.url),
    "url_path": lambda mention, value: _equal(lambda it: it.url.endswith(value))(mention, True),
    "author": _equal(lambda mention: mention.author.handle),
    "author_id": _equal(lambda mention: mention.author.id),
    "author_name": _equal(lambda mention: mention.author.name),
    "author_has": _equal(lambda mention: bool(mention.author.name)),
    "historical": _equal(lambda mention: mention.historical),
    "language": _equal(lambda mention: mention.language),
    "parent": _equal(lambda mention: mention.parent),
    "root": _equal(lambda mention: mention.thread_root),
    "media": _media,
}
