from __future__ import annotations

import asyncio
import time
from pathlib import Path

from sqlalchemy import select

from cli.embedded import Embedded, open_embedded
from cli.up import housekeeping
from harken.domain.time import before, days
from harken.runtime.pulse import Pulse
from harken.runtime.settings import Settings
from harken.store.changes import ChangeSet, Insert
from harken.store.schema.router import DECISIONS
from harken.testing.rows import row_of

PATIENCE = 30


async def decisions(embedded: Embedded) -> list[str]:
    async with embedded.store.reading() as snapshot:
        found = await snapshot.across_tenants().all(select(DECISIONS.c.id).order_by(DECISIONS.c.id))
    return [row.id for row in found]


async def test_what_is_older_than_the_settings_say_is_removed(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, retention_interval=1.0, decisions_kept=10)
    async with open_embedded(settings) as embedded:
        now = embedded.kit.clock.now()
        ages = {"old": days(11), "young": days(9)}
        rows = [row_of(DECISIONS, id=name, at=before(now, age)) for name, age in ages.items()]
        await embedded.store.submit(ChangeSet(writes=[Insert(DECISIONS, row) for row in rows]))
        pulse = Pulse(asyncio.Event(), time.monotonic)
        keeping = asyncio.create_task(housekeeping(embedded).run(pulse))
        async with asyncio.timeout(PATIENCE):
            while await decisions(embedded) != ["young"]:
                await embedded.store.wait(1.0)
        pulse.stopping.set()
        await keeping
