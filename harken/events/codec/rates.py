"""Partial counts."""

from __future__ import annotations

from harken.domain.ids import TenantId
from harken.domain.rates import Bucket, PartialCounts, Series, Tally
from harken.events.codec.wire import instant, stamp
from harken.events.v1 import rates_pb2 as pb


def encode_counts(counts: PartialCounts) -> pb.PartialCounts:
    """In the order of the series: equal counts are equal bytes."""
    return pb.PartialCounts(
        tenant=counts.bucket.tenant,
        minute=stamp(counts.bucket.minute),
        partition=counts.bucket.partition,
        highest_offset=counts.highest,
        series=[
            pb.SeriesCount(
                tracker=series.tracker,
                topic=series.topic,
                mentions=tally.mentions,
                negative=tally.negative,
            )
            for series, tally in sorted(counts.tallies.items())
        ],
    )


def decode_counts(message: pb.PartialCounts) -> PartialCounts:
    bucket = Bucket(TenantId(message.tenant), instant(message.minute), message.partition)
    tallies = {
        Series(one.tracker, one.topic): Tally(one.mentions, one.negative) for one in message.series
    }
    return PartialCounts(bucket, message.highest_offset, tallies)
