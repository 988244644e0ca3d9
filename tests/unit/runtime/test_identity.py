"""Fresh ids are UUIDs of version 7 that sort by when they were made."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from harken.runtime.identity import Uuid7


@given(st.lists(st.integers(0, 2**40), min_size=2, max_size=20), st.integers(0, 2**73 - 1))
def test_each_id_is_greater_whatever_the_clock_does(moments: list[int], bits: int) -> None:
    clock = iter(moments)
    new_id = Uuid7(lambda: next(clock), lambda _: bits)
    ids = [new_id() for _ in moments]
    assert ids == sorted(set(ids))


@given(st.integers(0, 2**47), st.integers(0, 2**73 - 1))
def test_an_id_says_its_version_variant_and_time(moment: int, bits: int) -> None:
    made = uuid.UUID(Uuid7(lambda: moment, lambda _: bits)())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == max(moment, 0)


def test_the_random_bits_overflow_into_the_time() -> None:
    new_id = Uuid7(lambda: 5, lambda n: 2**n - 1)
    new_id._latest = (6 << 74) - 1
    assert uuid.UUID(new_id()).int >> 80 == 6


def test_ids_made_by_many_threads_differ() -> None:
    new_id = Uuid7()
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: new_id(), range(4_000)))
    assert len(set(ids)) == 4_000
