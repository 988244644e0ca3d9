"""What ingest adds to new mentions before they are published: language, trackers, copies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from harken.domain.ids import TenantId
from harken.domain.mention import Mention

T = TypeVar("T")

FEW = 32
"""So many mentions are worked on where they are; more must not hold up the event loop."""


class Enrichment(Protocol):
    """One step. Steps run in the order of `services.ingest.wiring`, before the lane is chosen."""

    async def enrich(self, tenant: TenantId, mentions: Sequence[Mention]) -> Sequence[Mention]:
        """As many as came, in the same order, each with the same id and revision.

        Raises `LogUnavailable` or `StoreUnavailable` where the sender is to come again.
        """
        ...


async def computed(work: Callable[[Mention], T], mentions: Sequence[Mention]) -> Sequence[T]:
    """``work`` of each, in order; ``work`` must be safe to run in a thread."""

    def all_() -> list[T]:
        return [work(mention) for mention in mentions]

    return all_() if len(mentions) <= FEW else await asyncio.to_thread(all_)
