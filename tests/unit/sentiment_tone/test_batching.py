"""Micro-batches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.sentiment.tone.batching import TEXTS, TOKENS, micro_batches


@given(st.lists(st.integers(1, 128), max_size=300))
def test_every_text_is_in_one_batch_and_batches_are_bounded(lengths: list[int]) -> None:
    batches = list(micro_batches(lengths))
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[index] for index in batch)
        assert lengths[batch[-1]] == longest
        assert len(batch) <= TEXTS
        assert longest * len(batch) <= max(TOKENS, longest)
