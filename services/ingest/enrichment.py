"""What ingest adds to new mentions before they are published: language, trackers, copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harken.domain.ids import TenantId
from harken.domain.mention import Mention


class Enrichment(Protocol):
    """One step. Steps run in the order of `services.ingest.wiring`, before the lane is chosen."""

    async def enrich(self, tenant: TenantId, mentions: Sequence[Mention]) -> Sequence[Mention]:
        """As many as came, in the same order, each with the same id and revision.

        Raises `LogUnavailable` or `StoreUnavailable` where the sender is to come again.
        """
        ...
