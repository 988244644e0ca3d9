"""Entries of a network's payload that could not be read: kept with their bytes and the reason."""

from __future__ import annotations

from hashlib import blake2b

from harken.channels.port import Unreadable
from harken.domain.ids import derive
from harken.domain.time import Instant
from harken.store.changes import InsertOnce
from harken.store.schema.infrastructure import DEAD_LETTERS

GROUP = "ingest"


def dead_letter(now: Instant, source: str, entry: Unreadable) -> InsertOnce:
    """The same entry fetched again stays one dead letter. Its topic is "": it was never in one."""
    digest = blake2b(entry.raw, digest_size=16).hexdigest()
    return InsertOnce(
        DEAD_LETTERS,
        {
            "id": derive("unreadable", source, digest),
            "consumer_group": GROUP,
            "topic": "",
            "partition": 0,
            "record_offset": 0,
            "key": source.encode(),
            "value": entry.raw,
            "headers": b"",
            "reason": entry.reason,
            "at": now,
            "retried_at": None,
        },
    )
