"""Pictures, films and sounds that an entry names."""

from __future__ import annotations

from collections.abc import Iterable

from harken.channels.feed.markup import address_part, is_address, plain_part
from harken.domain.mention import Media

MOST_MEDIA = 20
_KINDS = frozenset({"image", "video", "audio"})


def media_of(told: Iterable[tuple[str, str, str]]) -> tuple[Media, ...]:
    """``told`` are kind (or media type), address and description; an address counts once."""
    found: dict[str, Media] = {}
    for kind, address, description in told:
        url = address_part(address)
        if is_address(url):
            general = kind.partition("/")[0].lower()
            known = general if general in _KINDS else "unknown"
            found.setdefault(url, Media(known, url, plain_part(description)))
    return tuple(found.values())[:MOST_MEDIA]
