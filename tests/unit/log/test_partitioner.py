from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.log.partitioner import murmur2, partition_of

# The hashes that Kafka's own tests state (UtilsTest.testMurmur2), as signed integers.
KAFKAS = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize(("key", "signed"), KAFKAS.items())
def test_hashes_are_kafkas(key: bytes, signed: int) -> None:
    assert murmur2(key) == signed % 2**32


@pytest.mark.parametrize(("key", "signed"), KAFKAS.items())
def test_the_sign_is_dropped_not_turned(key: bytes, signed: int) -> None:
    assert partition_of(key, 1_000) == (signed & 0x7FFFFFFF) % 1_000


@given(st.binary(max_size=64), st.integers(1, 64))
def test_every_key_has_one_partition(key: bytes, partitions: int) -> None:
    assert 0 <= murmur2(key) < 2**32
    assert 0 <= partition_of(key, partitions) < partitions
    assert partition_of(key, partitions) == partition_of(bytes(key), partitions)


def test_keys_spread_over_the_partitions() -> None:
    counts = Counter(partition_of(b"acme|mastodon|%d" % n, 8) for n in range(8_000))
    assert min(counts.values()) > 800
    assert len(counts) == 8
