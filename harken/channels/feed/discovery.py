"""Web pages in place of feeds: which feeds do they offer?"""

from __future__ import annotations

import re
from urllib.parse import urljoin

import httpx
from selectolax.lexbor import LexborHTMLParser

_KINDS = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
    }
)
_HTML = re.compile(
    r"\A\s*+(?:<\?xml[^>]*>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+"
    r"<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_PAGE = 1_000_000
_MOST = 10


def is_page(text: str) -> bool:
    return bool(_HTML.match(text[:10_000]))


def offered(text: str, address: str) -> tuple[str, ...]:
    """Addresses of the feeds that a page links to, in its order, each once."""
    tree = LexborHTMLParser(text[:_LONGEST_PAGE].encode("utf-8", "replace").decode())
    base = next((node.attributes.get("href") for node in tree.css("base[href]")), None)
    found: dict[str, None] = {}
    for node in tree.css("link[rel][href]"):
        told = {name: (value or "").lower() for name, value in node.attributes.items()}
        if "alternate" not in told["rel"].split() or told.get("type", "") not in _KINDS:
            continue
        try:
            url = httpx.URL(
                urljoin(urljoin(address, base or ""), node.attributes.get("href") or "")
            )
        except (httpx.InvalidURL, ValueError):
            continue
        if url.scheme in {"http", "https"} and url.host:
            found[str(url)] = None
    return tuple(found)[:_MOST]
