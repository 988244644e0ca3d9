"""A feed's bytes, of whichever format."""

from __future__ import annotations

import zlib

from harken.channels.feed.charset import decode
from harken.channels.feed.discovery import is_page, offered
from harken.channels.feed.document import Document, NotAFeed
from harken.channels.feed.fetching import LONGEST_BODY
from harken.channels.feed.json_feed import read_json_feed
from harken.channels.feed.xml import read_xml


def read_document(body: bytes, content_type: str, address: str) -> Document:
    """``address`` completes relative links. Raises `NotAFeed`, and nothing else."""
    text = decode(_unpacked(body), content_type)
    beginning = text[:100].lstrip()
    if not beginning:
        raise NotAFeed("the answer is empty")
    if beginning.startswith(("{", "[")):
        return read_json_feed(text, address)
    if is_page(text):
        raise NotAFeed("it is a web page", offered(text, address))
    try:
        return read_xml(text, address)
    except NotAFeed as wrong:
        raise NotAFeed(wrong.why, offered(text, address)) from None


def _unpacked(body: bytes) -> bytes:
    """Some servers send a compressed file and do not say so."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, LONGEST_BODY)
    except zlib.error:
        return body
