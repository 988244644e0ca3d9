"""XML as found in the wild, mended so that a strict parser can read it.

Mended are: what stands before and after the document, entities of HTML and of the DOCTYPE (which
goes, and with it every way to blow a text up), bare ampersands, characters that XML forbids,
prefixes that nobody declared, comments, and an end that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from html.entities import html5

from harken.channels.feed.document import NotAFeed

_ROOT = re.compile(r"<((?:[\w.-]{1,40}:)?(?:rss|feed|rdf))\b[^>]{0,4000}>", re.IGNORECASE)
_WHERE_ROOTS_ARE = 200_000
"""Characters. A feed that begins later is none."""
_ENTRY_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)\b", re.IGNORECASE)
_CHANNEL_END = re.compile(r"</(?:[\w.-]+:)?channel\s*>", re.IGNORECASE)
_APART = re.compile(r"<!\[CDATA\[|<!--|<\?")
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
MOST_TAGS = 250_000
"""Of markup outside of CDATA. A feed of 5 MB has fewer; more take a parser too long."""
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = re.compile(r"<!ENTITY\s+(\w+)\s+([\"'])([^&%<]{0,100}?)\2\s*>")
_MOST_DECLARED = _MOST_PREFIXES = 50
_ODDITY = re.compile(
    r"<(?P<id>(?:[\w.-]+:)?(?:guid|id))\b(?P<told>[^<>]*)>"
    r"|&(?P<name>[A-Za-z][A-Za-z0-9]{0,30});"
    r"|&\#(?:x(?P<hex>[0-9A-Fa-f]{1,8})|(?P<number>[0-9]{1,8}));"
    r"|&",
    re.IGNORECASE,
)
_PREFIXED = re.compile(r"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']")
_KEPT = frozenset({"lt", "gt", "amp", "quot", "apos"})
_KNOWN_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}


@dataclass(frozen=True, slots=True)
class Mended:
    """``root`` is the start tag of the document and ``end`` its end tag.

    ``whole`` is false where the end was missing: what followed the last whole entry is cut then.
    """

    text: str
    root: str
    end: str
    whole: bool


def mend(text: str) -> Mended:
    """Takes time in proportion to the text's length. Raises `NotAFeed`."""
    found = _ROOT.search(text[:_WHERE_ROOTS_ARE])
    if found is None:
        raise NotAFeed("it is neither RSS nor Atom")
    declared = {
        name: value
        for name, _, value in _DECLARATION.findall(text[: found.start()])[:_MOST_DECLARED]
    }
    body, whole = _ended(text[found.end() :], found[1])
    pieces = list(_apart(_FORBIDDEN.sub("", body)))
    outside = "".join(pieces[::2])
    if outside.count("<") > MOST_TAGS:
        raise NotAFeed(f"it has more than {MOST_TAGS:,} tags")
    mended = "".join(
        piece if place % 2 else _ODDITY.sub(lambda odd: _straight(odd, declared), piece)
        for place, piece in enumerate(pieces)
    )
    root = _declare(_FORBIDDEN.sub("", found[0]), outside)
    return Mended(root + mended, root, f"</{found[1]}>", whole)


def entries_of(mended: Mended) -> list[str]:
    """The markup of each entry."""
    starts = [found.start() for found in _ENTRY.finditer(mended.text)]
    fragments = [
        mended.text[start:end]
        for start, end in zip(starts, [*starts[1:], len(mended.text)], strict=True)
    ]
    return [fragment[: _last_end(fragment) or len(fragment)] for fragment in fragments]


def _last_end(text: str) -> int:
    """Where the last end tag of an entry ends; 0 where there is none."""
    return max((found.end() for found in _ENTRY_END.finditer(text)), default=0)


def _apart(text: str) -> Iterator[str]:
    """Markup and CDATA by turns, without comments and instructions. What is opened and never
    closed is not opened.
    """
    markup: list[str] = []
    place = 0
    closed = dict.fromkeys(_ENDS, True)
    while found := _APART.search(text, place):
        markup.append(text[place : found.start()])
        place = found.end()
        end = text.find(_ENDS[found[0]], place) if closed[found[0]] else -1
        closed[found[0]] = end >= 0
        if end < 0:
            continue
        if found[0] == "<![CDATA[":
            yield "".join(markup)
            yield text[found.start() : end + 3]
            markup.clear()
        place = end + len(_ENDS[found[0]])
    yield "".join(markup) + text[place:]


def _ended(body: str, root: str) -> tuple[str, bool]:
    """Without what follows the end; where there is none, up to the last entry that has one."""
    ends = [found.start() for found in re.finditer(rf"</{re.escape(root)}\s*>", body)]
    if ends:
        return f"{body[: ends[-1]]}</{root}>", True
    first = _ENTRY.search(body)
    kept = body[: _last_end(body) or (first.start() if first else body.rfind(">") + 1)]
    return kept + _closing(root, kept), False


def _closing(root: str, body: str) -> str:
    inside = re.search(r"<channel\b", body, re.IGNORECASE) and not _CHANNEL_END.search(body)
    return f"{'</channel>' if inside else ''}</{root}>"


def _straight(odd: re.Match[str], declared: dict[str, str]) -> str:
    if odd["id"]:
        # Else it would be taken for an address and completed: <guid>17</guid> is none.
        closed = "/" if odd["told"].endswith("/") else ""
        return f'<{odd["id"]} isPermaLink="false"{closed}>'
    if name := odd["name"]:
        return _named(name, odd[0], declared)
    if odd["hex"] or odd["number"]:
        code = int(odd["hex"], 16) if odd["hex"] else int(odd["number"])
        possible = code <= 0x10FFFF and not _FORBIDDEN.match(chr(code))
        return odd[0] if possible else "\ufffd"
    return "&amp;"


def _named(name: str, told: str, declared: dict[str, str]) -> str:
    if name in _KEPT:
        return told
    if name in declared:
        return declared[name]
    known = html5.get(f"{name};")
    if known is None:
        return f"&amp;{name};"
    return escape(known)


def _declare(root: str, outside: str) -> str:
    used = {one or other for one, other in _PREFIXED.findall(root + outside)} - {"xml", "xmlns"}
    missing = [prefix for prefix in sorted(used)[:_MOST_PREFIXES] if f"xmlns:{prefix}" not in root]
    added = "".join(
        f' xmlns:{prefix}="{_KNOWN_PREFIXES.get(prefix, f"urn:undeclared:{prefix}")}"'
        for prefix in missing
        if f"xmlns:{prefix}" not in outside
    )
    return f"{root[:-1]}{added}>" if added else root
