"""Builds the counting process: the router's part that runs on Faust."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harken.runtime.service import Kit, Service
from services.router.rates.stages import COUNTING


@asynccontextmanager
async def process(kit: Kit) -> AsyncIterator[Service]:
    """What a process of its own runs; the distributed edition's alone."""
    # Loaded here: whoever only composes services does without Faust.
    from harken.runtime.distributed import kafka_settings
    from services.router.rates.worker.counting import RateCounter

    counter = RateCounter(kafka_settings(kit.settings), kit.log, kit.clock)
    yield Service(COUNTING, workers=[counter])
