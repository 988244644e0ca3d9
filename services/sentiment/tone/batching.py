"""Length-sorted micro-batches of fixed size, answers back in the order of the questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

TOKENS = 1_024
"""Padded tokens per micro-batch: fits a core's cache, and bounds memory whatever comes in."""
TEXTS = 32


def micro_batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices of texts of like length; at most ``TEXTS`` of them, ``TOKENS`` padded tokens."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) == TEXTS or lengths[index] * (len(batch) + 1) > TOKENS):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
