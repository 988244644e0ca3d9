"""Finishes what is under way in a data folder, while nothing comes in and nothing is posted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from cli.embedded import Embedded, check_holds_data, serve_embedded
from cli.migrate.under_way import under_way
from cli.up import ToneLoader, everything
from harken.domain.tone import ToneModel
from harken.runtime.dead_letters import SERVICE as DEAD_LETTERS
from harken.runtime.lifecycle import Process
from harken.runtime.pulse import Pulse
from harken.runtime.relay import OutboxRelay
from harken.runtime.runner import StageRunner
from harken.runtime.service import Kit, Worker
from harken.runtime.settings import Settings
from services.router.decider import Decider

LOOK_SECONDS = 0.5
PATIENCE = 120.0
"""Seconds without any progress, after which it gives up."""

CARRYING = (StageRunner, OutboxRelay)
FINISHING = (*CARRYING, Decider)
"""What listens would bring more; what posts and delivers can do so from anywhere."""

Say = Callable[[str], None]


class Draining:
    """A worker: watches the others, and has them stopped when nothing is left, or nothing moves."""

    name = "draining"

    def __init__(self, kit: Kit, stop: Callable[[], None], say: Say) -> None:
        self.left: Sequence[str] = ["everything"]
        self._kit = kit
        self._stop = stop
        self._say = say

    async def run(self, pulse: Pulse) -> None:
        moved_at = pulse.now()
        while await pulse.sleep(LOOK_SECONDS):
            left = await under_way(self._kit.store, self._kit.log)
            if left != self.left:
                moved_at = pulse.now()
                if left:
                    self._say("; ".join(left))
            self.left = left
            if not left or pulse.now() - moved_at > PATIENCE:
                self._stop()
                await pulse.stopping.wait()


async def drain(settings: Settings, load: ToneLoader, say: Say) -> Sequence[str]:
    """What is left in the end: nothing, unless it was stopped or something is stuck.

    Raises one of ``CANNOT_OPEN``, and ``CannotStart``.
    """
    check_holds_data(Path(settings.data))
    async with serve_embedded(settings) as embedded:
        model = await asyncio.to_thread(load, settings)
        # Timers fire while there is a decider, and bring more: it ends first.
        left = await _work_off(embedded, model, FINISHING, say)
        return left or await _work_off(embedded, model, CARRYING, say)


async def _work_off(
    embedded: Embedded, model: ToneModel, kinds: tuple[type, ...], say: Say
) -> Sequence[str]:
    kit = embedded.kit
    service = everything(embedded, model)
    workers: list[Worker] = [one for one in service.workers if isinstance(one, kinds)]
    process: Process
    draining = Draining(kit, lambda: process.stop("drained"), say)
    workers += [OutboxRelay.of(DEAD_LETTERS, kit), draining]
    process = Process(workers, kit.settings)
    failed = await process.run()
    return ["one of the loops failed: see the log"] if failed else draining.left
