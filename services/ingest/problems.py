"""Kinds of problem that only ingest answers, with what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "bad-query": "The tracker's query cannot be read. `position` and `length` say, in "
        "characters, where it stops making sense, and `shown` marks the place.",
        "not-verified": "The call's signature is missing, wrong, or too old.",
        "source-exists": "We listen to that already.",
        "too-many-trackers": "A tenant has only so many trackers. Remove one first.",
        "too-many-receivers": "A tenant has only so many receivers of alerts. Remove one first.",
    }
)
