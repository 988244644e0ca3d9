"""feedparser's parsers, driven by us: no fetching, no guessing, no work by the square.

What `feedparser.parse` does before them (encodings, DOCTYPE) is done already, and what it does
after a part of the text is not wanted.
"""

from __future__ import annotations

import io
import xml.sax
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax import handler

from feedparser.api import LooseFeedParser, StrictFeedParser


@dataclass(frozen=True, slots=True)
class Told:
    """The feed's fields and those of its entries, as feedparser names them."""

    feed: Mapping[str, Any]
    entries: Sequence[Mapping[str, Any]]


class _Strict(StrictFeedParser):  # type: ignore[misc]
    def _sync_author_detail(self, key: str = "author") -> None:
        """Not here: its pattern for addresses takes very long on some texts."""


class _Loose(LooseFeedParser):  # type: ignore[misc]
    def _sync_author_detail(self, key: str = "author") -> None:
        """Not here either."""


def parse(text: str, address: str) -> Told:
    """``text`` is mended (see `harken.channels.feed.mend`). Raises whatever feedparser trips over,
    of any type.
    """
    strict = _ready(_Strict(address, None, "utf-8"))
    reader = xml.sax.make_parser()  # noqa: S317 - there is no DOCTYPE, so nothing to expand
    reader.setFeature(handler.feature_namespaces, True)
    reader.setFeature(handler.feature_external_ges, False)
    reader.setContentHandler(strict)
    reader.setErrorHandler(strict)
    source = xml.sax.xmlreader.InputSource()
    source.setEncoding("utf-8")
    source.setByteStream(io.BytesIO(text.encode("utf-8", "replace")))
    try:
        reader.parse(source)
    except xml.sax.SAXException:
        loose = _ready(_Loose(address, None, "utf-8", {}))
        loose.feed(text)
        return _told(loose)
    return _told(strict)


def _ready(parser: Any) -> Any:
    parser.resolve_relative_uris = parser.sanitize_html = False
    return parser


def _told(parser: Any) -> Told:
    return Told(bare(parser.feeddata), [bare(entry) for entry in parser.entries])


def bare(told: object) -> dict[str, Any]:
    """As a plain dictionary: feedparser's own answers for keys that are not there, and warns."""
    return dict(told) if isinstance(told, dict) else {}
