"""The ``Link`` header: where the neighbouring pages begin.

Only its ids are used. The address is never followed, since it comes from outside and our token
would go with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

_LINK = re.compile(r"<(?P<url>[^<>]*)>(?P<rest>[^<]*)")
_REL = re.compile(r'rel\s*=\s*"?(?P<rel>[a-z]+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """``older`` is the ``max_id`` of the next page, ``newer`` the ``min_id`` of the one before."""

    older: str = ""
    newer: str = ""


def neighbours(headers: Mapping[str, str]) -> Neighbours:
    found: dict[str, str] = {}
    for link in _LINK.finditer(headers.get("link", "")):
        relation = _REL.search(link["rest"])
        if relation is None:
            continue
        query = _query(link["url"])
        if relation["rel"].lower() == "next":
            found["older"] = query.get("max_id", "")
        elif relation["rel"].lower() == "prev":
            found["newer"] = query.get("min_id") or query.get("since_id", "")
    return Neighbours(**found)


def _query(url: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    except ValueError:
        return {}
