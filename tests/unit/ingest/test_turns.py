"""The same post, brought by two sources in the same moment, is taken in once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random

from harken.log.port import NewRecord
from harken.testing.builders import TENANT, mention
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from services.ingest.intake import Intake
from services.ingest.seen import SeenBefore
from services.ingest.turns import Turns
from tests.unit.ingest.kit import Notebook


class SlowNotebook(Notebook):
    async def publish(self, records: Sequence[NewRecord]) -> None:
        await asyncio.sleep(0.01)
        await super().publish(list(records))


async def test_two_sources_bring_the_same_post_at_once(tmp_path: Path) -> None:
    log = SlowNotebook()
    async with store_in(tmp_path, FakeClock()) as store:
        intake = Intake(log, SeenBefore(store), 1_000, 20.0)  # type: ignore[arg-type]
        posts = [mention(source_id=str(n)) for n in range(5)]
        taken = await asyncio.gather(
            *(intake.take(TENANT, posts[start:]) for start in (0, 2, 0, 4))
        )
    assert sorted(each.source_id for each in log.mentions) == list("01234")
    assert sum(len(each.new) for each in taken) == 5


async def test_no_two_turns_overlap_and_none_waits_for_ever() -> None:
    lots, turns = Random(1), Turns()
    inside: set[int] = set()

    async def take_turn() -> None:
        keys = set(lots.sample(range(6), lots.randrange(4)))
        async with turns.of(keys):
            assert not inside & keys
            inside.update(keys)
            await asyncio.sleep(0)
            inside.difference_update(keys)

    async with asyncio.timeout(20.0):
        await asyncio.gather(*(take_turn() for _ in range(200)))
