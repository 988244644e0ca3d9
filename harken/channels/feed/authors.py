"""Who wrote an entry, with an id that is one person's or one publication's."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from harken.channels.feed.document import Document, Entry, Writer
from harken.domain.ids import AuthorId
from harken.domain.mention import Author

_LONGEST = 300
_EMAIL = r"(?P<email>[^\s@<>()]+@[^\s@<>()]+)"
_AS_TOLD = tuple(
    re.compile(rf"\A\s*{form}\s*\Z")
    for form in (
        rf"{_EMAIL}\s*(?:\((?P<name>[^()]*)\))?",
        rf"(?P<name>[^<>]*?)\s*<{_EMAIL}>",
        rf"(?P<name>[^()]*?)\s*\({_EMAIL}\)",
    )
)
_ROLES = frozenset({"noreply", "no-reply", "donotreply", "info", "admin", "webmaster", "redakcja"})


def author_of(entry: Entry, document: Document, link: str, address: str) -> Author:
    """People are known by name within their site, since that is all that feeds tell; an entry
    without an author has the site itself for one. ``link`` is the entry's, ``address`` the feed's.
    """
    site = _host(link) or _host(document.link) or _host(address)
    writer = _sorted_out(entry.writer)
    if not writer.known and _host(link) in {"", _host(document.link), _host(address)}:
        writer = _sorted_out(document.writer)
    user, _, _ = writer.email.partition("@")
    name = writer.name or ("" if user.lower() in _ROLES else user)
    if not name:
        title = document.title if _host(document.link) == site else ""
        return Author(AuthorId(site), site, (title or site)[:_LONGEST])
    short = " ".join(name.split())[:_LONGEST]
    return Author(AuthorId(f"{site}/{short.casefold()}"), short, short)


def _sorted_out(writer: Writer) -> Writer:
    found = next(
        (match for form in _AS_TOLD if (match := form.match(writer.name[:_LONGEST]))), None
    )
    if found is None:
        return writer
    return Writer((found["name"] or "").strip(), found["email"], writer.address)


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
