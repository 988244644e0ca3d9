"""What was seen is known at once and, some moments later, after a restart too."""

from __future__ import annotations

import asyncio
from pathlib import Path

from harken.runtime.pulse import Pulse
from harken.testing.builders import TENANT, mention
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from services.ingest.domain.novelty import sort_out
from services.ingest.seen import SeenBefore


async def test_news_reaches_the_store_by_the_end(tmp_path: Path) -> None:
    clock = FakeClock()
    async with store_in(tmp_path, clock) as store:
        seen = SeenBefore(store)
        mentions = [mention(source_id=str(n)) for n in range(1_200)]
        seen.remember(TENANT, sort_out(mentions, {}).seen)
        assert len(await seen.known(TENANT, [one.id for one in mentions])) == 1_200
        stopping = asyncio.Event()
        stopping.set()
        await seen.run(Pulse(stopping, lambda: 0.0))
        after_restart = SeenBefore(store)
        known = await after_restart.known(TENANT, [mentions[7].id, mentions[1_199].id])
        assert len(known) == 2
