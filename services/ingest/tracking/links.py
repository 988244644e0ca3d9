"""The links of a text and of a mention."""

from __future__ import annotations

import re

from services.ingest.domain.tracking.heard import in_letters

_SCHEME = re.compile(r"(?i)^(?:https?://)?(?:www\.)?")
_LINK = re.compile(r"(?i)(?<!\w)(?:https?://|www\.)[^\s<>\"”»]+")
_WITHOUT_SCHEME = re.compile(
    r"(?<![\w@./:-])(?:[\w-]++\.)+[^\W\d_]{2,24}+(?![\w@-])(?:[/?#][^\s<>\"”»]*)?"
)
_AFTER_LINKS = ".,;:!?)]}'’…"


def address(link: str) -> str:
    """In lower case, without scheme, ``www.`` and what only ends it; hosts in letters."""
    return in_letters(_SCHEME.sub("", link.strip()).rstrip("/").lower())


def links(text: str) -> list[str]:
    """The addresses in a text, those without scheme too."""
    if "." not in text and "://" not in text:
        return []
    found = [*_LINK.findall(text), *_WITHOUT_SCHEME.findall(text)]
    return [address(each.rstrip(_AFTER_LINKS)) for each in found]


def without_links(text: str) -> str:
    """Blanks in the place of links that say they are: their words are not the writer's."""
    if "://" not in text and "www." not in text.lower():
        return text
    return _LINK.sub(lambda link: " " * len(link[0]), text)
