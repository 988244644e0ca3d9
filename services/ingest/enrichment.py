"""What ingest adds to new mentions before they are published: language, trackers, copies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from harken.domain.ids import TenantId
from harken.domain.mention import Mention

T = TypeVar("T")

FEW = 128
"""So many mentions are worked on at a time, some 10 ms: then others have their turn on the event
loop. A thread would only share the interpreter with it."""


class Enrichment(Protocol):
    """One step. Steps run in the order of `services.ingest.wiring`, before the lane is chosen."""

    async def enrich(self, tenant: TenantId, mentions: Sequence[Mention]) -> Sequence[Mention]:
        """As many as came, in the same order, each with the same id and revision.

        Raises `LogUnavailable` or `StoreUnavailable` where the sender is to come again.
        """
        ...


async def computed(work: Callable[[Mention], T], mentions: Sequence[Mention]) -> Sequence[T]:
    """``work`` of each, in order."""
    found: list[T] = []
    for start in range(0, len(mentions), FEW):
        if found:
            await asyncio.sleep(0)
        found += [work(mention) for mention in mentions[start : start + FEW]]
    return found
