"""The texts of an entry: bounded before they are parsed, since a stranger chose their length."""

from __future__ import annotations

from html import unescape
from urllib.parse import urlsplit

from harken.channels.html import html_to_text
from harken.channels.untrusted import MAX_TEXT, clean

LONGEST_MARKUP = 8 * MAX_TEXT
"""Characters of HTML that are looked at: what follows could hardly be kept."""

LONGEST_ADDRESS = 2_000
# So that words are the same words to whoever looks for them, and stand in the order written.
_BLANKS = str.maketrans(
    {"\u00a0": " ", **dict.fromkeys("\u00ad\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")}
)


def html_part(markup: str) -> str:
    bounded = markup[:LONGEST_MARKUP]
    if "<" not in bounded and "&" not in bounded:
        return plain_part(bounded)
    return html_to_text(bounded, addresses=False).translate(_BLANKS)


def plain_part(text: str) -> str:
    """Without control characters; entities that were escaped once too often become letters."""
    bounded = text[:LONGEST_MARKUP].encode("utf-8", "replace").decode()
    return clean(unescape(bounded) if "&#" in bounded else bounded).translate(_BLANKS)


def address_part(text: str) -> str:
    """Without the blanks that stand in addresses told over several lines; empty where it is no
    address at all.
    """
    bare = "".join(clean(text[:LONGEST_MARKUP].encode("utf-8", "replace").decode()).split())
    try:
        urlsplit(bare)
    except ValueError:
        return ""
    return bare


def is_address(text: str) -> bool:
    """Of a page, and not too long to keep."""
    return (
        text.startswith(("http://", "https://")) and 0 < len(address_part(text)) <= LONGEST_ADDRESS
    )
