"""Listens to every source: one task for each that exists and is not paused."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from harken.runtime.pulse import Pulse
from harken.store.changes import StoreUnavailable
from harken.store.port import Store
from harken.telemetry import metrics
from services.ingest.connections import SourceKey, Version, every_source
from services.ingest.listener import Listener

LOOK_FOR_SOURCES = 2.0
"""Seconds between looks for sources that were made, edited, paused or deleted."""


@dataclass(frozen=True, slots=True)
class _Running:
    version: Version
    listener: Listener
    task: asyncio.Task[None]


class Poller:
    """``listener`` makes what listens to one source."""

    name = "ingest.poller"

    def __init__(self, store: Store, listener: Callable[[SourceKey], Listener]) -> None:
        self._store = store
        self._listener = listener
        self._running: dict[SourceKey, _Running] = {}
        self._counted: set[tuple[str, str]] = set()

    async def run(self, pulse: Pulse) -> None:
        try:
            while True:
                await self._match_tasks(pulse)
                if not await pulse.sleep(LOOK_FOR_SOURCES):
                    return
        finally:
            await self._end(list(self._running))

    async def _match_tasks(self, pulse: Pulse) -> None:
        """One for each, begun anew where the source or its connection was edited. A crash in one
        is ours.
        """
        try:
            async with self._store.reading() as snapshot:
                wanted = await every_source(snapshot.across_tenants())
        except StoreUnavailable:
            return
        for running in self._running.values():
            if running.task.done():
                running.task.result()
        await self._end(
            [key for key, running in self._running.items() if wanted.get(key) != running.version]
        )
        for key in wanted.keys() - self._running.keys():
            listener = self._listener(key)
            task = asyncio.create_task(listener.run(pulse), name=f"source {key.id}")
            self._running[key] = _Running(wanted[key], listener, task)
        self._count()

    def _count(self) -> None:
        held = [running.listener.held for running in self._running.values()]
        counts = Counter(
            (each.connection.network, "failing" if each.state.failures else each.state.mode)
            for each in held
            if each is not None
        )
        for labels in self._counted | counts.keys():
            metrics.SOURCES.labels(*labels).set(counts[labels])
        self._counted |= counts.keys()

    async def _end(self, keys: list[SourceKey]) -> None:
        tasks = [self._running.pop(key).task for key in keys]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
