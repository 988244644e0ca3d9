"""Google Alerts: its feeds lead to each page through an address of Google's own."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from harken.channels.feed.markup import is_address

_GOOGLE = re.compile(r"\A(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?\Z")


def unwrapped(link: str) -> str:
    """The address behind it; any other link as it is."""
    try:
        parts = urlsplit(link)
        if not _GOOGLE.match(parts.hostname or "") or parts.path != "/url":
            return link
        query = parse_qs(parts.query)
    except ValueError:
        return link
    target = (query.get("url") or query.get("q") or [""])[0]
    return target if is_address(target) else link
