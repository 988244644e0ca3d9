"""Builds the router service from the kit."""

from __future__ import annotations

from secrets import SystemRandom

from harken.runtime.relay import OutboxRelay
from harken.runtime.retry import Backoff
from harken.runtime.runner import StageRunner
from harken.runtime.service import Kit, Service
from services.router.decider import Decider
from services.router.loading import SERVICE
from services.router.stage import RouterStage


def wire(kit: Kit) -> Service:
    settings = kit.settings
    backoff = Backoff(settings.retry_first, settings.retry_longest, SystemRandom().random)
    stage = RouterStage(kit.clock, settings.stage_batch)
    return Service(
        SERVICE,
        workers=[
            StageRunner.of(stage, kit),
            Decider(kit.store, kit.clock, kit.new_id(), backoff),
            OutboxRelay.of(SERVICE, kit),
        ],
    )
