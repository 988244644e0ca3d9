"""Cursors: where an answer ended, good for the same query only."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from harken.domain.time import Instant
from harken.search.port import BadQuery, Query

_BROKEN = "the cursor is broken or belongs to another query"


class Place(NamedTuple):
    """Documents are ordered by these three, descending: new ones never move those behind."""

    at: Instant
    id: str
    kind: str


class _Cursor(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    query: str
    at: int
    id: str
    kind: str


def cursor_after(place: Place, query: Query) -> str:
    cursor = _Cursor(_fingerprint(query), place.at, place.id, place.kind)
    return urlsafe_b64encode(msgspec.json.encode(cursor)).rstrip(b"=").decode()


def place_of(query: Query) -> Place | None:
    """Where to go on; None at the beginning. Raises `BadQuery`."""
    if not query.cursor:
        return None
    try:
        padded = query.cursor.encode("ascii") + b"=" * (-len(query.cursor) % 4)
        cursor = msgspec.json.decode(urlsafe_b64decode(padded), type=_Cursor)
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise BadQuery(_BROKEN) from error
    if cursor.query != _fingerprint(query) or not -(2**63) <= cursor.at < 2**63:
        raise BadQuery(_BROKEN)
    return Place(Instant(cursor.at), cursor.id, cursor.kind)


def _fingerprint(query: Query) -> str:
    """Of what chooses the documents; page size and facets may change underway."""
    asked = (
        query.tenant,
        sorted(query.kinds),
        query.text,
        query.language,
        [(f.field, f.values, f.at_least, f.below) for f in query.filters],
        query.since,
        query.until,
    )
    return blake2b(repr(asked).encode("utf-8", "replace"), digest_size=9).hexdigest()
