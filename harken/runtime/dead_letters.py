"""Dead letters: records that a group could not handle, kept with their bytes and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, update

from harken.domain.ids import TenantId, derive
from harken.domain.time import Duration, Instant, before
from harken.events.codec import DeadLetter, encode_dead_letter
from harken.events.topics import DEAD_LETTERS as TOPIC
from harken.events.topics import TOPICS
from harken.log.headers import pack_headers, unpack_headers
from harken.log.port import EventLog, NewRecord, Record
from harken.store.changes import ChangeSet, InsertOnce, Outgoing, Statement
from harken.store.port import Store
from harken.store.schema.infrastructure import DEAD_LETTERS

RETRY_HEADER = "harken-retry"
"""Its value is the id of the dead letter that the record was before."""
SERVICE = "runtime"
"""Whose relay sends the announcements: every process runs one for it (`harken.runtime.relay`)."""
_REASON_LENGTH = 2_000


class NoSuchDeadLetter(LookupError):
    pass


class NotRetryable(Exception):
    """It was in no topic (an unreadable entry of a webhook), or was retried before."""


@dataclass(frozen=True, slots=True)
class StoredDeadLetter:
    letter: DeadLetter
    retried_at: Instant | None


def bury(group: str, record: Record, reason: str, now: Instant) -> DeadLetter:
    """Burying the same record twice makes one dead letter."""
    return DeadLetter(
        id=derive("dead-letter", group, record.topic, record.partition, record.offset),
        group=group,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=record.key,
        value=record.value,
        headers=record.headers,
        reason=_storable(reason),
        at=now,
    )


def _storable(reason: str) -> str:
    """No store takes lone surrogates, and PostgreSQL no NUL."""
    return reason[:_REASON_LENGTH].encode("utf-8", "replace").decode().replace("\0", " ")


def row(letter: DeadLetter) -> InsertOnce:
    return InsertOnce(
        DEAD_LETTERS,
        {
            "id": letter.id,
            "consumer_group": letter.group,
            "topic": letter.topic,
            "partition": letter.partition,
            "record_offset": letter.offset,
            "key": letter.key,
            "value": letter.value,
            "headers": pack_headers(letter.headers),
            "reason": letter.reason,
            "at": letter.at,
            "retried_at": None,
        },
    )


def announcement(letter: DeadLetter) -> Outgoing:
    """For the topic of dead letters. Of no tenant: what cannot be read cannot be attributed."""
    return Outgoing(
        service=SERVICE,
        tenant=TenantId(""),
        topic=TOPIC.name,
        key=letter.topic.encode(),
        aggregate=letter.id,
        revision=1,
        value=encode_dead_letter(letter).SerializeToString(),
        headers=letter.headers,
        kind="dead_letter",
    )


async def recent(store: Store, group: str, window: Duration) -> tuple[int, Instant]:
    """How many the group has buried within the window that ends now, and the store's now."""
    async with store.reading() as snapshot:
        table = DEAD_LETTERS.c
        query = (
            select(func.count())
            .select_from(DEAD_LETTERS)
            .where(table.consumer_group == group, table.at > before(snapshot.now, window))
        )
        found = await snapshot.across_tenants().first(query)
    return (0 if found is None else int(found[0])), snapshot.now


async def list_dead_letters(
    store: Store, *, group: str = "", topic: str = "", pending: bool = True, limit: int = 100
) -> Sequence[StoredDeadLetter]:
    """Newest first; with ``pending`` only those not retried yet."""
    table = DEAD_LETTERS.c
    query = select(DEAD_LETTERS).order_by(table.at.desc(), table.id).limit(limit)
    if group:
        query = query.where(table.consumer_group == group)
    if topic:
        query = query.where(table.topic == topic)
    if pending:
        query = query.where(table.retried_at.is_(None))
    async with store.reading() as snapshot:
        rows = await snapshot.across_tenants().all(query)
    return [_read(found) for found in rows]


async def show_dead_letter(store: Store, letter_id: str) -> StoredDeadLetter:
    """Raises `NoSuchDeadLetter`."""
    query = select(DEAD_LETTERS).where(DEAD_LETTERS.c.id == letter_id)
    async with store.reading() as snapshot:
        found = await snapshot.across_tenants().first(query)
    if found is None:
        raise NoSuchDeadLetter(letter_id)
    return _read(found)


async def retry_dead_letter(store: Store, log: EventLog, letter_id: str) -> StoredDeadLetter:
    """Publishes the bytes to their topic again, then marks the letter as retried.

    Every group of the topic sees the record again, which consumers tolerate; should it fail
    again, that is a new dead letter. A crash between the two steps leaves it to be retried.
    Raises `NoSuchDeadLetter`, `NotRetryable`, and what the log and the store raise.
    """
    stored = await show_dead_letter(store, letter_id)
    letter = stored.letter
    if letter.topic not in TOPICS:
        raise NotRetryable(f"{letter_id} was in no topic: its sender has to send it again")
    if stored.retried_at is not None:
        raise NotRetryable(f"{letter_id} was retried before")
    others = tuple(header for header in letter.headers if header[0] != RETRY_HEADER)
    headers = (*others, (RETRY_HEADER, letter_id.encode()))
    await log.publish([NewRecord(letter.topic, letter.key, letter.value, headers)])
    async with store.reading() as snapshot:
        now = snapshot.now
    mark = update(DEAD_LETTERS).where(DEAD_LETTERS.c.id == letter_id).values(retried_at=now)
    await store.submit(ChangeSet(writes=[Statement(mark)]))
    return StoredDeadLetter(letter, now)


def _read(found: Row[Any]) -> StoredDeadLetter:
    letter = DeadLetter(
        id=found.id,
        group=found.consumer_group,
        topic=found.topic,
        partition=found.partition,
        offset=found.record_offset,
        key=bytes(found.key),
        value=bytes(found.value),
        headers=unpack_headers(bytes(found.headers)) if found.headers else (),
        reason=found.reason,
        at=Instant(found.at),
    )
    retried_at = None if found.retried_at is None else Instant(found.retried_at)
    return StoredDeadLetter(letter, retried_at)
