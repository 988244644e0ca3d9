"""Removes old records, a little at once; what a registered group has not read is never old."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import partial

from harken.domain.time import Instant, before
from harken.embedded.file import EmbeddedFile
from harken.events.topics import Topic
from harken.log.port import TopicPartition
from harken.log.sqlite.tables import Places

RECORDS_AT_ONCE = 500

# A group is registered for a topic by a position in any of its partitions. In a partition without
# one it has read nothing yet.
_READ_BY_ALL = """
SELECT min(coalesce(own.next, 0))
FROM (SELECT DISTINCT consumer_group FROM positions WHERE topic = :topic) AS registered
LEFT JOIN positions AS own ON own.consumer_group = registered.consumer_group
    AND own.topic = :topic AND own.partition = :partition
"""


async def trim(
    file: EmbeddedFile, topics: Mapping[str, Topic], places: Places, now: Instant
) -> int:
    """Returns how many records were removed. Raises `FileUnavailable`."""
    removed = 0
    for at, place in places.items():
        if at.topic not in topics:
            continue
        until = before(now, topics[at.topic].retention)
        job = partial(_trim_one, at=at, place=place, until=until)
        more = True
        while more:
            count = await file.write(job)
            removed += count
            more = count == RECORDS_AT_ONCE
    return removed


def _trim_one(
    connection: sqlite3.Connection, at: TopicPartition, place: int, until: Instant
) -> int:
    first, end = connection.execute(
        "SELECT first, next FROM log_partitions WHERE place = ?", (place,)
    ).fetchone()
    below = _read_by_all(connection, at, end)
    rows = connection.execute(
        "SELECT record_offset, published_at FROM log_records WHERE place = ?"
        " AND record_offset >= ? AND record_offset < ? ORDER BY record_offset LIMIT ?",
        (place, first, below, RECORDS_AT_ONCE),
    ).fetchall()
    kept_from = next((offset for offset, published in rows if published >= until), None)
    if kept_from is None:
        kept_from = rows[-1][0] + 1 if rows else first
    if kept_from == first:
        return 0
    connection.execute(
        "DELETE FROM log_records WHERE place = ? AND record_offset < ?", (place, kept_from)
    )
    connection.execute("UPDATE log_partitions SET first = ? WHERE place = ?", (kept_from, place))
    return int(kept_from - first)


def _read_by_all(connection: sqlite3.Connection, at: TopicPartition, end: int) -> int:
    """The offset below which every registered group has read; ``end`` where there is none."""
    parameters = {"topic": at.topic, "partition": at.partition}
    (offset,) = connection.execute(_READ_BY_ALL, parameters).fetchone()
    return end if offset is None else min(int(offset), end)
