"""The text of a mention from an entry's title and body."""

from __future__ import annotations

import re

from harken.channels.untrusted import MAX_TEXT

CUT = " …"
_BY_WHOM = re.compile(r"\Aby:\s", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def text_of(title: str, body: str, link: str) -> str:
    """Title, blank line, body, at most `MAX_TEXT` characters, with `CUT` where it was cut.

    A title that only begins the body, or tells no more than who wrote it, is left out. An entry
    without words is its link.
    """
    if body and (_begins(title, body) or _BY_WHOM.match(title)):
        whole = body
    else:
        whole = "\n\n".join(part for part in (title, body) if part) or link
    return whole if len(whole) <= MAX_TEXT else whole[: MAX_TEXT - len(CUT)].rstrip() + CUT


def _begins(title: str, body: str) -> bool:
    """Does the body begin with the title, however that was shortened?"""
    plain = _plain(title).rstrip(" .…[]")
    return _plain(body[: 2 * len(title) + 100]).startswith(plain)


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text).strip().casefold()
