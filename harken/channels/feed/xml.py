"""RSS and Atom of every version, by feedparser: given text only, so that it fetches nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import struct_time
from typing import Any

from harken.channels.feed.dates import Written, read_date
from harken.channels.feed.document import Document, Entry, NotAFeed, Writer, sorted_out
from harken.channels.feed.markup import address_part, html_part, is_address, plain_part
from harken.channels.feed.media import media_of
from harken.channels.feed.mend import Mended, entries_of, mend
from harken.channels.feed.pace import told_pause
from harken.channels.feed.parser import bare, parse
from harken.channels.port import Unreadable

Told = Mapping[str, Any]

MOST_ALONE = 1_000
"""Entries that are read one by one."""

_HTML = frozenset({"text/html", "application/xhtml+xml"})


def read_xml(text: str, address: str) -> Document:
    """Raises `NotAFeed`."""
    mended = mend(text)
    try:
        told = parse(mended.text, address)
    except Exception as failed:  # noqa: BLE001 - feedparser raises whatever it trips over
        return _by_entries(mended, address, failed)
    return _document(told.feed, [_entry(each) for each in told.entries], [], mended.whole)


def _by_entries(mended: Mended, address: str, failed: Exception) -> Document:
    """One by one, so that those that cannot be read are set aside alone."""
    entries: list[Entry] = []
    unreadable: list[Unreadable] = []
    fragments = entries_of(mended)
    for place, fragment in enumerate(fragments):
        try:
            if place >= MOST_ALONE:
                raise OverflowError("too many to read one by one")
            told = parse(f"{mended.root}{fragment}{mended.end}", address)
            entries += [_entry(each) for each in told.entries]
        except Exception as again:  # noqa: BLE001 - see above
            why = f"the entry cannot be read: {type(again).__name__}"
            unreadable.append(Unreadable(fragment.encode("utf-8", "replace"), why))
    if not fragments:
        raise NotAFeed(f"it cannot be read: {type(failed).__name__}")
    return _document({}, entries, unreadable, mended.whole)


def _document(
    feed: Told, entries: Sequence[Entry], unreadable: Sequence[Unreadable], whole: bool
) -> Document:
    kept, silent = sorted_out(entries)
    return Document(
        title=_text(feed, "title"),
        link=address_part(_word(feed, "link")),
        language=_word(feed, "language"),
        writer=_writer(feed),
        pause=told_pause(
            _word(feed, "ttl"), _word(feed, "sy_updateperiod"), _word(feed, "sy_updatefrequency")
        ),
        entries=kept,
        unreadable=(*unreadable, *silent),
        whole=whole,
    )


def _entry(entry: Told) -> Entry:
    guid = plain_part(_word(entry, "id"))
    link = address_part(_word(entry, "link") or _alternate(entry))
    return Entry(
        guid=guid,
        link=link or (guid if is_address(guid) else ""),
        title=_text(entry, "title"),
        body=_body(entry),
        writer=_writer(entry),
        written=_written(entry),
        language=_language(entry),
        parent=_parent(entry),
        media=media_of(_enclosures(entry)),
    )


def _word(told: Told, name: str) -> str:
    value = told.get(name)
    return value.strip() if isinstance(value, str) else ""


def _text(told: Told, name: str) -> str:
    return _part(_word(told, name), bare(told.get(f"{name}_detail")))


def _part(value: str, detail: Told) -> str:
    return html_part(value) if detail.get("type", "text/html") in _HTML else plain_part(value)


def _body(entry: Told) -> str:
    """The longest of its contents, else its summary."""
    contents = [bare(each) for each in entry.get("content") or ()]
    texts = [_part(_word(each, "value"), each) for each in contents]
    return max(texts, key=len, default="") or _text(entry, "summary")


def _written(entry: Told) -> Written | None:
    """When it was first published, else what comes nearest to it."""
    for name in ("published", "created", "updated"):
        if found := read_date(_word(entry, name)):
            return found
        parsed = entry.get(f"{name}_parsed")
        if isinstance(parsed, struct_time) and (found := _by_feedparser(parsed)):
            return found
    return None


def _by_feedparser(parsed: struct_time) -> Written | None:
    told = f"{parsed[0]:04}-{parsed[1]:02}-{parsed[2]:02}T{parsed[3]:02}:{parsed[4]:02}:00Z"
    return read_date(told)


def _writer(told: Told) -> Writer:
    detail = bare(told.get("author_detail"))
    named = Writer(plain_part(_word(detail, "name")), _word(detail, "email"), _word(detail, "href"))
    return named if named.known else Writer(plain_part(_word(told, "author")))


def _language(entry: Told) -> str:
    parts = [entry.get("title_detail"), entry.get("summary_detail"), *(entry.get("content") or ())]
    return next((told for part in parts if (told := _word(bare(part), "language"))), "")


def _parent(entry: Told) -> str:
    """By the threading extension of Atom, whatever its prefix."""
    for name, value in entry.items():
        if name.endswith("in-reply-to") and isinstance(value, dict):
            return plain_part(_word(value, "ref") or _word(value, "href"))
    return ""


def _links(entry: Told) -> Iterator[dict[str, Any]]:
    return map(bare, entry.get("links") or ())


def _alternate(entry: Told) -> str:
    return next((_word(link, "href") for link in _links(entry) if _word(link, "href")), "")


def _enclosures(entry: Told) -> Iterator[tuple[str, str, str]]:
    """Kind, address and description of each."""
    for link in _links(entry):
        if link.get("rel") == "enclosure":
            yield _word(link, "type"), _word(link, "href"), _word(link, "title")
    for name in ("media_content", "media_thumbnail"):
        for each in map(bare, _listed(entry.get(name))):
            kind = _word(each, "type") or _word(each, "medium")
            yield kind or ("image" if name == "media_thumbnail" else ""), _word(each, "url"), ""


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
