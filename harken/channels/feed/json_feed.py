"""JSON Feed, versions 1.0 and 1.1."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from harken.channels.feed.dates import read_date
from harken.channels.feed.document import Document, Entry, NotAFeed, Writer, sorted_out
from harken.channels.feed.markup import address_part, html_part, plain_part
from harken.channels.feed.media import media_of
from harken.channels.port import Unreadable
from harken.channels.untrusted import as_bytes, read_json

Told = Mapping[str, Any]


def read_json_feed(text: str, address: str) -> Document:
    """Raises `NotAFeed`."""
    try:
        feed, whole = read_json(text.encode("utf-8", "replace")), True
    except ValueError as wrong:
        feed, whole = _as_far_as_it_goes(text), False
        if feed is None:
            raise NotAFeed(f"it is no JSON: {str(wrong)[:100]}") from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise NotAFeed("it is JSON, but no JSON Feed: there are no items")
    entries: list[Entry] = []
    unreadable: list[Unreadable] = []
    for item in feed["items"]:
        if isinstance(item, dict):
            entries.append(_entry(item, address))
        else:
            unreadable.append(Unreadable(as_bytes(item), "an item must be an object"))
    kept, silent = sorted_out(entries)
    return Document(
        title=plain_part(_word(feed, "title")),
        link=_link(feed, "home_page_url", address),
        language=_word(feed, "language"),
        writer=_writer(feed),
        entries=kept,
        unreadable=(*unreadable, *silent),
        whole=whole,
        finished=feed.get("expired") is True,
    )


def _as_far_as_it_goes(text: str) -> dict[str, object] | None:
    """The whole items of a document that was cut off; None where there are none."""
    start = text.find("[", text.find('"items"'))
    if '"items"' not in text or start < 0:
        return None
    items: list[object] = []
    decoder = json.JSONDecoder()
    place = start + 1
    while (place := _next(text, place)) < len(text):
        try:
            item, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        items.append(item)
    return {"items": items} if items else None


def _next(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n,":
        place += 1
    return place


def _entry(item: Told, address: str) -> Entry:
    told_id = item.get("id")
    html, plain = _word(item, "content_html"), _word(item, "content_text")
    body = html_part(html) if html else plain_part(plain or _word(item, "summary"))
    return Entry(
        guid=plain_part(str(told_id)) if isinstance(told_id, str | int | float) else "",
        link=_link(item, "url", address) or _link(item, "external_url", address),
        title=plain_part(_word(item, "title")),
        body=body,
        writer=_writer(item),
        written=read_date(_word(item, "date_published")) or read_date(_word(item, "date_modified")),
        language=_word(item, "language"),
        media=media_of(_media(item, address)),
    )


def _word(told: Told, name: str) -> str:
    value = told.get(name)
    return value.strip() if isinstance(value, str) else ""


def _link(told: Told, name: str, address: str) -> str:
    value = address_part(_word(told, name))
    try:
        return urljoin(address, value) if value else ""
    except ValueError:
        return ""


def _writer(told: Told) -> Writer:
    """1.1 has a list of authors, 1.0 one author."""
    listed = told.get("authors")
    author = listed[0] if isinstance(listed, list) and listed else told.get("author")
    if not isinstance(author, dict):
        return Writer()
    return Writer(plain_part(_word(author, "name")), "", _word(author, "url"))


def _media(item: Told, address: str) -> Iterator[tuple[str, str, str]]:
    attachments = item.get("attachments")
    for each in attachments if isinstance(attachments, list) else ():
        if isinstance(each, dict):
            yield _word(each, "mime_type"), _link(each, "url", address), _word(each, "title")
    for name in ("image", "banner_image"):
        yield "image", _link(item, name, address), ""
