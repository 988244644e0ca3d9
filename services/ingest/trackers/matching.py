"""Matches mentions as they come in, against trackers that may change at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from harken.domain.ids import TenantId
from harken.domain.mention import Change, Mention
from harken.runtime.pulse import Pulse
from harken.store.changes import StoreUnavailable
from harken.store.port import Store
from harken.telemetry.logs import Log
from services.ingest.trackers.layers import Layers, compiled
from services.ingest.trackers.rows import all_queries, changed_queries, find_set, set_revisions

LOOK_SECONDS = 1.0
"""The longest time until a change by another process is seen."""
PAUSE_SECONDS = 0.2
PATIENCE = 2.0
"""Seconds that a change of a tracker waits for its being matched."""
AT_ONCE = 25
"""Mentions matched before others get their turn on the event loop."""

_log = Log(__name__)


class TrackerMatching:
    """An enrichment that sets `Mention.trackers`, and the worker that looks for changed trackers.

    Compiling happens beside the event loop; until it is done the trackers of before are matched.
    """

    name = "ingest.trackers"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tenants: dict[TenantId, Layers] | None = None
        self._compiling = asyncio.Lock()
        self._refreshing: set[asyncio.Task[None]] = set()

    async def enrich(self, tenant: TenantId, mentions: Sequence[Mention]) -> Sequence[Mention]:
        """A retraction says nothing that could match."""
        if self._tenants is None:
            await self.refresh()
        layers = (self._tenants or {}).get(tenant)
        if layers is None or not layers.queries:
            return mentions
        matched = []
        for place, mention in enumerate(mentions):
            if place and place % AT_ONCE == 0:
                await asyncio.sleep(0)
            if mention.change is Change.CONTENT:
                mention = replace(mention, trackers=layers.match(mention))  # noqa: PLW2901
            matched.append(mention)
        return matched

    async def refresh(self) -> None:
        """Reads and compiles whatever changed. Raises `StoreUnavailable`."""
        async with self._compiling:
            async with self._store.reading() as snapshot:
                revisions = await set_revisions(snapshot.across_tenants())
            known = {} if self._tenants is None else self._tenants
            for tenant, revision in revisions.items():
                before = known.get(tenant)
                if before is None or before.revision < revision:
                    known[tenant] = await self._load(tenant, before)
            self._tenants = known

    async def changed(self) -> None:
        """Returns when the change that was just stored is matched in this process, or a little
        later without that: then it takes as long as compiling takes."""
        refreshing = asyncio.create_task(self._refresh_if_possible())
        self._refreshing.add(refreshing)
        refreshing.add_done_callback(self._refreshing.discard)
        await asyncio.wait({refreshing}, timeout=PATIENCE)

    async def _refresh_if_possible(self) -> None:
        with suppress(StoreUnavailable):
            await self.refresh()

    async def run(self, pulse: Pulse) -> None:
        while not pulse.stopping.is_set():
            try:
                await self.refresh()
                pulse.resume()
                pulse.beat()
                await self._store.wait(LOOK_SECONDS)
            except StoreUnavailable as away:
                pulse.pause(str(away))
                await pulse.sleep(away.retry_after)
            await pulse.sleep(PAUSE_SECONDS)

    async def _load(self, tenant: TenantId, before: Layers | None) -> Layers:
        async with self._store.reading() as snapshot:
            rows = snapshot.for_tenant(tenant)
            current = await find_set(rows)
            queries = {}
            if before is not None:
                news = await changed_queries(rows, before.revision)
                queries = {**before.queries, **news}
            if len(queries) != current.trackers:  # the first time, and where some were removed
                queries = await all_queries(rows)
        layers = await asyncio.to_thread(compiled, current.revision, queries, before)
        _log.info("trackers compiled", tenant=tenant, count=len(queries))
        return layers
