"""XML as found in the wild, mended so that a strict parser can read it.

Mended are: what stands before and after the document, entities of HTML and of the DOCTYPE (which
goes, and with it every way to blow a text up), bare ampersands, characters that XML forbids,
prefixes that nobody declared, comments, and an end that is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5

_ROOT = re.compile(r"<((?:[\w.-]+:)?(?:rss|feed|rdf))\b[^>]*>", re.IGNORECASE)
_ENTRY_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)\b", re.IGNORECASE)
_CHANNEL_END = re.compile(r"</(?:[\w.-]+:)?channel\s*>", re.IGNORECASE)
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = re.compile(r"<!ENTITY\s+(\w+)\s+([\"'])([^&%<]{0,100}?)\2\s*>")
_MOST_DECLARED = 50
_ODDITY = re.compile(
    r"<!--.*?-->"
    r"|<(?P<id>(?:[\w.-]+:)?(?:guid|id))\b(?P<told>[^>]*)>"
    r"|&(?P<name>[A-Za-z][A-Za-z0-9]{0,30});"
    r"|&\#(?:x(?P<hex>[0-9A-Fa-f]{1,8})|(?P<number>[0-9]{1,8}));"
    r"|&",
    re.DOTALL | re.IGNORECASE,
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


def mend(text: str) -> Mended | None:
    """None where there is no feed in it."""
    found = _ROOT.search(text)
    if found is None:
        return None
    declared = {
        name: value
        for name, _, value in _DECLARATION.findall(text[: found.start()])[:_MOST_DECLARED]
    }
    body, whole = _ended(text[found.end() :], found[1])
    pieces = _CDATA.split(_FORBIDDEN.sub("", body))
    mended = "".join(
        piece if place % 2 else _ODDITY.sub(lambda odd: _straight(odd, declared), piece)
        for place, piece in enumerate(pieces)
    )
    outside = "".join(pieces[::2])
    root = _declare(_FORBIDDEN.sub("", found[0]), outside)
    return Mended(root + mended, root, f"</{found[1]}>", whole)


def _ended(body: str, root: str) -> tuple[str, bool]:
    """Without what follows the end; where there is none, up to the last entry that has one."""
    end = f"</{root}"
    place = body.rfind(end)
    if place >= 0:
        return body[:place] + end + ">", True
    ends = [found.end() for found in _ENTRY_END.finditer(body)]
    first = _ENTRY.search(body)
    if ends:
        kept = body[: ends[-1]]
    else:
        kept = body[: first.start()] if first else body[: body.rfind(">") + 1]
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
    return "" if odd[0].startswith("<!--") else "&amp;"


def _named(name: str, told: str, declared: dict[str, str]) -> str:
    if name in _KEPT:
        return told
    if name in declared:
        return declared[name]
    known = html5.get(f"{name};")
    if known is None:
        return f"&amp;{name};"
    return known.replace("&", "&amp;").replace("<", "&lt;")


def _declare(root: str, outside: str) -> str:
    used = {one or other for one, other in _PREFIXED.findall(root + outside)} - {"xml", "xmlns"}
    missing = [prefix for prefix in sorted(used) if f"xmlns:{prefix}" not in root]
    added = "".join(
        f' xmlns:{prefix}="{_KNOWN_PREFIXES.get(prefix, f"urn:undeclared:{prefix}")}"'
        for prefix in missing
        if f"xmlns:{prefix}" not in outside
    )
    return f"{root[:-1]}{added}>" if added else root
