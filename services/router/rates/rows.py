"""Partial counts as rows, one for each series of a bucket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, select

from harken.domain.ids import TenantId
from harken.domain.rates import NONE, Bucket, PartialCounts, Series, Tally
from harken.domain.time import Instant
from harken.store.changes import Put
from harken.store.port import Store
from harken.store.schema.router import RATES

Partials = Mapping[Bucket, PartialCounts]


async def stored(store: Store, buckets: Iterable[Bucket]) -> dict[Bucket, PartialCounts]:
    """Of every bucket that was asked for; empty ones where nothing was counted."""
    found: dict[Bucket, list[Row[Any]]] = {bucket: [] for bucket in buckets}
    # Each column on its own: SQLite looks for no tuples in its indexes.
    query = select(RATES).where(
        RATES.c.minute.in_({bucket.minute for bucket in found}),
        RATES.c.tenant.in_({bucket.tenant for bucket in found}),
        RATES.c.partition.in_({bucket.partition for bucket in found}),
    )
    async with store.reading() as snapshot:
        rows = await snapshot.across_tenants().all(query)
    for row in rows:
        bucket = Bucket(TenantId(row.tenant), Instant(row.minute), row.partition)
        if bucket in found:
            found[bucket].append(row)
    return {bucket: _read(bucket, rows) for bucket, rows in found.items()}


def grown(before: Partials, after: Partials) -> list[Put]:
    """Only the rows that differ."""
    return [
        Put(RATES, _row(counts.bucket, series, tally, counts.highest))
        for bucket, counts in after.items()
        for series, tally in counts.tallies.items()
        if tally != before[bucket].tallies.get(series, NONE)
    ]


def _read(bucket: Bucket, rows: Iterable[Row[Any]]) -> PartialCounts:
    tallies, highest = {}, -1
    for row in rows:
        tallies[Series(row.tracker, row.topic)] = Tally(row.mentions, row.negative)
        highest = max(highest, row.highest_offset)
    return PartialCounts(bucket, highest, tallies)


def _row(bucket: Bucket, series: Series, tally: Tally, highest: int) -> dict[str, Any]:
    return {
        "tenant": bucket.tenant,
        "tracker": series.tracker,
        "topic": series.topic,
        "minute": bucket.minute,
        "partition": bucket.partition,
        "mentions": tally.mentions,
        "negative": tally.negative,
        "highest_offset": highest,
    }
