"""What an entry is (article, comment, post), and which thread it belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from harken.channels.feed.document import Entry
from harken.domain.mention import Kind

_COMMENT = re.compile(
    r"\A(?:comment-?|c|respond-?|p|post-?|msg-?|reply-?|entry)\d+\Z", re.IGNORECASE
)
_ANSWER = re.compile(r"\A(?:re|odp|aw|atb|ответ)\s*:|\Aby:\s", re.IGNORECASE)
_DISCOURSE = re.compile(r"\A(/t/(?:[^/]+/)?\d+)(?:/(\d+))?/?\Z")
_FORUM = re.compile(
    r"/(?:forums?|board|viewtopic\.php|showthread\.php|threads?|topic|temat|tema|diskuze|foorum)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """``root`` and ``parent`` are ids or addresses, "" where nothing is told."""

    kind: Kind
    root: str = ""
    parent: str = ""


def place_of(entry: Entry, link: str) -> Place:
    """``link`` is the entry's, unwrapped."""
    parts = urlsplit(link)
    page = link.partition("#")[0]
    if entry.parent:
        return Place(Kind.COMMENT, entry.parent, entry.parent)
    if topic := _DISCOURSE.match(parts.path):
        root = f"{parts.scheme}://{parts.netloc}{topic[1]}"
        first = (topic[2] or "1") == "1"
        return Place(Kind.POST, root) if first else Place(Kind.COMMENT, root, root)
    if _COMMENT.match(parts.fragment) or _ANSWER.match(entry.title):
        return Place(Kind.COMMENT, page, page if parts.fragment else "")
    if _FORUM.search(parts.path) or not entry.title:
        return Place(Kind.POST)
    return Place(Kind.ARTICLE)
