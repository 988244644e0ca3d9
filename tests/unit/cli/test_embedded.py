"""The data folder after a kill: what the dead process held is free for the next one."""

from __future__ import annotations

from pathlib import Path

from cli.embedded import open_embedded, serve_embedded
from harken.runtime.settings import Settings


async def test_a_restart_does_not_wait_for_a_dead_holders_lease(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    async with open_embedded(settings) as killed:
        before = await killed.store.claim("decider:main", "the dead one", 3_600)
    async with serve_embedded(settings) as embedded:
        after = await embedded.store.claim("decider:main", "the next one", 3_600)
    assert before is not None
    assert after == before + 1


async def test_operators_commands_leave_a_serving_processs_leases_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    async with serve_embedded(settings) as serving:
        await serving.store.claim("decider:main", "the serving one", 3_600)
        async with open_embedded(settings) as beside:
            assert await beside.store.claim("decider:main", "another", 3_600) is None
