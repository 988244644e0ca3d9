"""Counted values, as an answer shows them."""

from __future__ import annotations

from collections.abc import Mapping

from harken.search.port import Value


def ranked(counts: Mapping[Value, int], size: int) -> dict[str, int]:
    """The ``size`` most frequent values, equally frequent ones in their own order."""
    best = sorted(counts.items(), key=_frequent_first)[:size]
    return {_name(value): count for value, count in best}


def _frequent_first(counted: tuple[Value, int]) -> tuple[int, Value]:
    value, count = counted
    return -count, value


def _name(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
