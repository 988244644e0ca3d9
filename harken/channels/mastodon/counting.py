"""The length of a status as Mastodon counts it.

Source: ``StatusLengthValidator`` and ``Account::MENTION_RE`` of Mastodon 4. Grapheme clusters
(Unicode UAX 29); an http(s) URL counts as ``characters_reserved_per_url``, a remote handle as its
local part. Where Mastodon's own URL grammar is wider than ours (a list of top-level domains, say),
we count more than it does, never less.
"""

from __future__ import annotations

import regex

_DOMAIN = r"(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+(?:xn--[a-z0-9-]+|\p{L}{2,})"
_PARENS = r"\([^\s<>()]*+\)"
_PATH = rf"/(?:(?:[^\s<>()?]|{_PARENS})*(?:[^\s()?!*\"'「」<>;:=,.$%\[\]~&|@]|{_PARENS}))?"
_QUERY = r"\?[\w!?*'();:&=+$/%#\[\].,~|@^\-]*[\w&=#/\-]"
_URL = rf"(?<![\p{{L}}\p{{N}}@#$/_.-])https?://{_DOMAIN}(?![\p{{L}}\p{{N}}@_-])(?::\d+)?(?:{_PATH})?(?:{_QUERY})?"
_USER = r"[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*"
_MENTION = rf"(?<![=/\w])@(?P<user>{_USER})(?:@\w+(?:[.-]+\w+)*)?"

URL = regex.compile(_URL, regex.IGNORECASE)
MENTION = regex.compile(_MENTION, regex.IGNORECASE)
_ENTITY = regex.compile(rf"(?P<url>{_URL})|{_MENTION}", regex.IGNORECASE)
_GRAPHEME = regex.compile(r"\X")


def graphemes(text: str) -> int:
    return sum(1 for _ in _GRAPHEME.finditer(text))


def length(text: str, url_length: int = 23) -> int:
    """``text`` in Mastodon's counting, where every URL counts as ``url_length``."""

    def counted(entity: regex.Match[str]) -> str:
        if entity["url"] is not None:
            return "x" * url_length
        return f"@{entity['user']}"

    return graphemes(_ENTITY.sub(counted, text))
