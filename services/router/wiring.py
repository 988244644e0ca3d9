"""Builds the router service from the kit."""

from __future__ import annotations

from secrets import SystemRandom

from harken.runtime.relay import OutboxRelay
from harken.runtime.retry import Backoff
from harken.runtime.runner import StageRunner
from harken.runtime.service import Kit, Service
from services.router.api.case_actions import CaseDesk, case_action_routes
from services.router.api.cases import case_routes
from services.router.api.explaining import explaining_routes
from services.router.api.me import me_routes
from services.router.api.presence import Presence
from services.router.api.roster import agent_routes, queue_routes, skill_routes
from services.router.api.signs import SignsOfLife
from services.router.commands_client import RouterCommands
from services.router.decider import Decider
from services.router.loading import SERVICE
from services.router.stage import RouterStage


def wire(kit: Kit) -> Service:
    settings, store = kit.settings, kit.store
    backoff = Backoff(settings.retry_first, settings.retry_longest, SystemRandom().random)
    stage = RouterStage(kit.clock, settings.stage_batch)
    commands = RouterCommands(store, kit.clock)
    presence = Presence(kit.clock)
    signs = SignsOfLife(commands, kit.clock, kit.new_id)
    desk = CaseDesk(store, commands, presence)
    return Service(
        SERVICE,
        routers=[
            case_routes(store, presence, signs),
            case_action_routes(desk, presence, signs, kit.clock),
            me_routes(store, commands, desk, signs),
            agent_routes(store, commands),
            queue_routes(store, commands),
            skill_routes(store, commands),
            explaining_routes(store),
        ],
        workers=[
            StageRunner.of(stage, kit),
            Decider(store, kit.clock, kit.new_id(), backoff),
            OutboxRelay.of(SERVICE, kit),
        ],
    )
