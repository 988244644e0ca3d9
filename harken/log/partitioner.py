"""Which partition a key belongs to: the same in every engine and every Kafka client.

murmur2 (32 bit, by Austin Appleby) with the seed of Kafka's default partitioner, see
``org.apache.kafka.common.utils.Utils.murmur2`` and ``BuiltInPartitioner.partitionForKey``.
"""

from __future__ import annotations

from functools import lru_cache

_SEED = 0x9747B28C
_MIX = 0x5BD1E995
_WORD = 0xFFFFFFFF
_POSITIVE = 0x7FFFFFFF


def murmur2(data: bytes) -> int:
    """An unsigned 32-bit hash (Kafka's own is the same number, signed)."""
    length = len(data)
    whole = length - length % 4
    hashed = _SEED ^ length
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * _MIX & _WORD
        word = (word ^ (word >> 24)) * _MIX & _WORD
        hashed = (hashed * _MIX & _WORD) ^ word
    if whole < length:
        hashed = (hashed ^ int.from_bytes(data[whole:], "little")) * _MIX & _WORD
    hashed = (hashed ^ (hashed >> 13)) * _MIX & _WORD
    return hashed ^ (hashed >> 15)


@lru_cache(maxsize=16_384)
def partition_of(key: bytes, partitions: int) -> int:
    """From 0 to ``partitions`` - 1."""
    return (murmur2(key) & _POSITIVE) % partitions
