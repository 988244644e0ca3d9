"""The ``Link`` header: where older items begin.

Only the id is used. The address is never followed, since it comes from outside and our token would
go with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

_LINK = re.compile(r"<(?P<url>[^<>]*)>(?P<rest>[^<]*)")
_REL = re.compile(r'rel\s*=\s*"?(?P<rel>[a-z]+)', re.IGNORECASE)


def older_than(headers: Mapping[str, str]) -> str:
    """The ``max_id`` of the next page, "" where none is told."""
    for link in _LINK.finditer(headers.get("link", "")):
        relation = _REL.search(link["rest"])
        if relation is not None and relation["rel"].lower() == "next":
            return _query(link["url"]).get("max_id", "")
    return ""


def _query(url: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    except ValueError:
        return {}
