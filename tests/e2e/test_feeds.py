"""A feed is added, heard, edited, and heard again only as far as there is news."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any

import httpx
import pytest

from harken.testing.processes import running_feeds
from tests.e2e.calling import Caller, eventually
from tests.e2e.conftest import Start

pytestmark = pytest.mark.e2e

LEAK = "The new kettle of Tarn & Toll leaks on the stove."
HISS = "Mine hisses like a locomotive at midnight."
MENDED = "They mended the gasket within a day, honestly impressed."
TRAIN = "Night train delayed again, breakfast cancelled."


def item(name: str, text: str) -> str:
    now = format_datetime(datetime.now(UTC))
    link = f"https://tea.example/{name}"
    return (
        f"<item><title>On {name}</title><link>{link}</link><guid>{link}</guid>"
        f"<description>{escape(escape(text))}</description><pubDate>{now}</pubDate></item>"
    )


def put(address: str, *items: str, end: str = "</channel></rss>") -> None:
    body = f"<rss version='2.0'><channel><title>Tea</title>{''.join(items)}{end}"
    headers = {"Content-Type": "application/rss+xml"}
    httpx.put(f"{address}/feed", content=body.encode(), headers=headers, trust_env=False)


def asked(address: str, what: str) -> int:
    counts: dict[str, int] = httpx.get(f"{address}/harken/asked", trust_env=False).json()
    return counts.get(what, 0)


def found(admin: Caller, words: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = admin.get("/v1/search", q=words, kind="mention")["items"]
    return items


def state(admin: Caller, source: str) -> dict[str, Any]:
    (one,) = (each for each in admin.get("/v1/sources")["items"] if each["id"] == source)
    return dict(one)


def listen(admin: Caller, connection: str, url: str) -> str:
    body = {"connection": connection, "kind": "feed", "settings": {"url": url}}
    return str(admin.post("/v1/sources", body)["id"])


def test_a_feed_goes_the_whole_way(start: Start) -> None:
    harken = start()
    with running_feeds() as there, Caller(harken.address, harken.key) as admin:
        leak, hiss = item("leaks", LEAK), item("hissing", HISS)
        put(there, hiss, leak)
        connection = admin.post("/v1/connections", {"network": "feed", "name": "Our feeds"})["id"]
        assert admin.get("/v1/sources")["items"] == []
        source = listen(admin, connection, f"{there}/feed")

        eventually(lambda: len(found(admin, "locomotive")) == len(found(admin, "leak")) == 1)
        eventually(lambda: state(admin, source)["accepted"] == 2)
        assert state(admin, source)["error"] == ""
        eventually(lambda: asked(there, "/feed 304") >= 2)
        assert asked(there, "/feed 200") == 1

        put(there, hiss, item("leaks", MENDED))
        eventually(lambda: len(found(admin, "gasket")) == 1)
        eventually(lambda: not found(admin, "stove"))
        train = item("trains", TRAIN)
        put(there, train, hiss, item("leaks", MENDED))
        eventually(lambda: len(found(admin, "breakfast")) == 1)
        eventually(lambda: state(admin, source)["accepted"] == 4)

        put(there, *(item(f"later-{n}", "Steam again.") for n in range(4)))
        (gap,) = eventually(lambda: state(admin, source)["gaps"])
        assert "missed" in gap["why"]
        cut = item("cut-off", "Steam, and").removesuffix("</item>")
        put(there, item("whole", "Steam no more."), cut, end="")
        eventually(lambda: "its end is missing" in state(admin, source)["notice"])
        put(there, item("whole", "Steam no more."))
        eventually(lambda: state(admin, source)["notice"] == "")

        news = asked(there, "/feed 200")
        before = asked(there, "/feed 304")
        assert harken.stop() == 0
        harken = start(harken.port)
        eventually(lambda: asked(there, "/feed 304") >= before + 2)
        assert asked(there, "/feed 200") == news
        for words in ("gasket", "locomotive", "breakfast"):
            assert len(found(admin, words)) == 1


def test_what_is_no_feed_is_said(start: Start) -> None:
    harken = start()
    with running_feeds() as there, Caller(harken.address, harken.key) as admin:
        connection = admin.post("/v1/connections", {"network": "feed", "name": "Our feeds"})["id"]
        refused = admin.send(
            "POST", "/v1/sources", {"connection": connection, "kind": "feed", "settings": {}}
        )
        assert refused.status_code == 422
        assert "the feed's address" in refused.json()["detail"]

        page = b"<html><head><title>Tea</title></head></html>"
        httpx.put(f"{there}/page", content=page, trust_env=False)
        source = listen(admin, connection, f"{there}/page")
        eventually(lambda: "is no feed: it is a web page" in state(admin, source)["error"])
        missing = listen(admin, connection, f"{there}/missing")
        eventually(lambda: "answered 404" in state(admin, missing)["error"])
