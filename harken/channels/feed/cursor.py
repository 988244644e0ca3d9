"""What is remembered of a feed between two looks, as compact JSON."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import msgspec

KEPT = 2_000
"""Entries that are remembered at the most. Others would be taken for new, and found to be doubles
by the intake."""


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """``address`` is where the feed has moved to, for good; ``etag`` and ``modified`` are the
    validators of the last whole document and ``body`` its digest. ``pause`` (seconds) is what it
    asks for.

    ``known`` maps the digest of an entry's id to that of its content, the least recent first;
    ``undated`` maps the ids of those without a date that can be believed to when they were first
    heard, below zero where they were history then. ``reused`` are digests of guids that the feed
    gives to more than one entry. ``size`` is how many entries the last document had, ``newest``
    when the newest of them was written, and ``notice`` what was odd about it.
    """

    address: str = ""
    etag: str = ""
    modified: str = ""
    body: str = ""
    pause: float = 0.0
    known: Mapping[str, str] = {}
    reused: tuple[str, ...] = ()
    undated: Mapping[str, int] = {}
    size: int = 0
    newest: int = 0
    notice: str = ""


def read_cursor(text: str) -> Cursor:
    """An unreadable one counts as none: everything comes again, and is found to be known."""
    try:
        return msgspec.json.decode(text, type=Cursor)
    except ValueError:
        return Cursor()


def write_cursor(cursor: Cursor) -> str:
    kept = dict(list(cursor.known.items())[-KEPT:])
    undated = {key: at for key, at in cursor.undated.items() if key in kept}
    bounded = msgspec.structs.replace(
        cursor, known=kept, undated=undated, reused=cursor.reused[-KEPT:]
    )
    return msgspec.json.encode(bounded).decode()


def digest(*parts: str | bytes) -> str:
    """64 bits, 16 characters."""
    whole = blake2b(digest_size=8)
    for part in parts:
        whole.update(part if isinstance(part, bytes) else part.encode("utf-8", "replace"))
        whole.update(b"\x1f")
    return whole.hexdigest()
