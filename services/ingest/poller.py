"""Polls every source under a lease; its cursor moves once what it brought is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from harken.channels.port import ChannelUnavailable, ConnectionRefused, Page, Source
from harken.channels.registry import Channels
from harken.channels.settings import Misconfigured
from harken.domain.ids import SourceId
from harken.log.port import LogUnavailable
from harken.runtime.pulse import Pulse
from harken.store.changes import ChangeRefused, ChangeSet, Fence, StoreUnavailable
from harken.store.port import Store
from harken.telemetry.logs import Log
from services.ingest.connections import every_source, find_connection, find_source, move_cursor
from services.ingest.intake import Intake
from services.ingest.sources import SourceStates
from services.ingest.unreadable import dead_letter

LEASE_SECONDS = 60.0
LOOK_FOR_SOURCES = 2.0
"""Seconds between looks for sources that were made or deleted."""

_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds between two looks at a quiet source, and the longest pause after failures."""

    quiet: float = 5.0
    longest: float = 300.0


class Poller:
    """One task per source. ``jitter`` maps a pause to a somewhat different one."""

    name = "ingest.poller"

    def __init__(
        self,
        store: Store,
        intake: Intake,
        channels: Channels,
        states: SourceStates,
        holder: str,
        rhythm: Rhythm,
        jitter: Callable[[float], float],
    ) -> None:
        self._store = store
        self._intake = intake
        self._channels = channels
        self._states = states
        self._holder = holder
        self._rhythm = rhythm
        self._jitter = jitter
        self._tasks: dict[SourceId, asyncio.Task[None]] = {}

    async def run(self, pulse: Pulse) -> None:
        try:
            while True:
                await self._match_tasks(pulse)
                if not await pulse.sleep(LOOK_FOR_SOURCES):
                    return
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _match_tasks(self, pulse: Pulse) -> None:
        """Starts and ends tasks so that each source that exists has one. A crash in one is ours."""
        try:
            async with self._store.reading() as snapshot:
                rows = await every_source(snapshot.across_tenants())
        except StoreUnavailable:
            return
        sources = {source.id: source for _, _, source in rows}
        for gone in self._tasks.keys() - sources.keys():
            self._tasks.pop(gone).cancel()
        for name, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[name]
                task.result()
        for name in sources.keys() - self._tasks.keys():
            self._tasks[name] = asyncio.create_task(
                self._hold(sources[name], pulse), name=f"source {name}"
            )

    async def _hold(self, source: Source, pulse: Pulse) -> None:
        """Leaves the source to others in the end: the next process need not wait for the lease."""
        try:
            await self._listen(source, pulse)
        finally:
            with suppress(StoreUnavailable):
                await self._store.release(_lease(source), self._holder)

    async def _listen(self, source: Source, pulse: Pulse) -> None:
        """Runs while the source exists; returns when it is gone or it is time to stop."""
        failures = 0
        while not pulse.stopping.is_set():
            try:
                page = await self._look(source)
            except (ChannelUnavailable, LogUnavailable, StoreUnavailable) as away:
                failures += 1
                self._states.failed(source, str(away))
                backoff = min(self._rhythm.quiet * 2 ** min(failures, 16), self._rhythm.longest)
                pause = max(backoff, away.retry_after)
            except (ConnectionRefused, Misconfigured) as refused:
                self._states.failed(source, str(refused))
                _log.warning("source_refused", source=source.id, why=str(refused))
                pause = self._rhythm.longest
            except ChangeRefused:
                # Another replica has it, or the source was changed: look again soon.
                pause = self._rhythm.quiet
            else:
                failures = 0
                if page is not None and page.more:
                    continue
                pause = max(self._rhythm.quiet, page.retry_after if page is not None else 0.0)
            if not await pulse.sleep(self._jitter(pause)):
                return

    async def _look(self, source: Source) -> Page | None:
        """One page: fetched, taken in, and then, not before, the cursor moved."""
        lease = _lease(source)
        epoch = await self._store.claim(lease, self._holder, LEASE_SECONDS)
        if epoch is None:
            return None
        async with self._store.reading() as snapshot:
            rows = snapshot.for_tenant(source.tenant)
            kept = await find_source(rows, source.id)
            found = await find_connection(rows, source.connection, self._channels.vault)
        if kept is None or found is None:
            return None
        revision, cursor, current = kept
        connection = found[1]
        channel = self._channels.of(connection.network)
        page = await channel.fetch(connection, current, cursor)
        taken = await self._intake.take(
            source.tenant, page.parsed.mentions, only_tracked=current.only_trackers
        )
        self._states.heard(source, taken, page.parsed.mentions)
        change = ChangeSet(fence=Fence(lease, epoch))
        change.add(*(dead_letter(snapshot.now, source.id, bad) for bad in page.parsed.unreadable))
        if page.cursor != cursor:
            change.add(move_cursor(current, revision, page.cursor))
        if not change.empty:
            await self._store.submit(change)
        return page


def _lease(source: Source) -> str:
    return f"source:{source.tenant}:{source.id}"
