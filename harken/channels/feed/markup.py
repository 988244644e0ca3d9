"""The texts of an entry: bounded before they are parsed, since a stranger chose their length."""

from __future__ import annotations

from html import unescape

from harken.channels.html import html_to_text
from harken.channels.untrusted import MAX_TEXT, clean

LONGEST_MARKUP = 8 * MAX_TEXT
"""Characters of HTML that are looked at: what follows could hardly be kept."""

# So that words are the same words to whoever looks for them.
_BLANKS = str.maketrans({"\u00a0": " ", "\u00ad": None})


def html_part(markup: str) -> str:
    bounded = markup[:LONGEST_MARKUP]
    if "<" not in bounded and "&" not in bounded:
        return plain_part(bounded)
    return html_to_text(bounded, addresses=False).translate(_BLANKS)


def plain_part(text: str) -> str:
    """Without control characters; entities that were escaped once too often become letters."""
    bounded = text[:LONGEST_MARKUP].encode("utf-8", "replace").decode()
    return clean(unescape(bounded) if "&#" in bounded else bounded).translate(_BLANKS)
