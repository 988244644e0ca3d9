"""Builds the router service from the kit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter

from harken.clock import Clock
from harken.runtime.housekeeping import Housekeeping
from harken.runtime.relay import OutboxRelay
from harken.runtime.retry import Backoff
from harken.runtime.runner import StageRunner
from harken.runtime.service import Kit, Service, joined
from harken.runtime.stage import Stage
from harken.store.port import Store
from services.router.api.agents import agent_routes
from services.router.api.case_actions import CaseDesk, case_action_routes
from services.router.api.cases import case_routes
from services.router.api.explaining import explaining_routes
from services.router.api.me import me_routes
from services.router.api.presence import Presence
from services.router.api.queues import queue_routes
from services.router.api.rates import rate_routes
from services.router.api.signs import SignsOfLife
from services.router.api.skills import skill_routes
from services.router.commands_client import RouterCommands
from services.router.decider import Decider
from services.router.loading import SERVICE
from services.router.problems import PROBLEMS
from services.router.rates.stages import RateCounting, RateIntake
from services.router.stage import RouterStage


def routes(kit: Kit) -> Service:
    """The API alone: it needs a decider somewhere, not here."""
    commands = RouterCommands(kit.store, kit.clock)
    routers = api(kit.store, kit.clock, kit.new_id, commands)
    return Service(SERVICE, routers=routers, problems=PROBLEMS)


def loops(kit: Kit) -> Service:
    """What one process of all services runs: it counts rates itself."""
    return _loops(kit, RateCounting(kit.store, kit.settings.stage_batch))


@asynccontextmanager
async def process(kit: Kit) -> AsyncIterator[Service]:
    """What a process of its own runs: it takes in what `services.router.rates` counts. Most of what
    ages is the router's, so it keeps house for all."""
    loops = _loops(kit, RateIntake(kit.store, kit.settings.stage_batch))
    yield joined(SERVICE, [loops, Service(SERVICE, workers=[Housekeeping.of(kit)])])


def _loops(kit: Kit, rates: Stage) -> Service:
    return Service(
        SERVICE,
        workers=[
            StageRunner.of(RouterStage(kit.store, kit.clock, kit.settings.stage_batch), kit),
            StageRunner.of(rates, kit),
            Decider(kit.store, kit.clock, kit.new_id(), Backoff.of(kit.settings)),
            OutboxRelay.of(SERVICE, kit),
        ],
    )


def api(
    store: Store, clock: Clock, new_id: Callable[[], str], commands: RouterCommands
) -> Sequence[APIRouter]:
    presence = Presence(store)
    signs = SignsOfLife(commands, clock, new_id)
    desk = CaseDesk(store, commands)
    return [
        case_routes(store, presence, signs),
        case_action_routes(desk, presence, signs, clock),
        me_routes(store, commands, desk, signs),
        agent_routes(store, commands),
        queue_routes(store, commands),
        skill_routes(store, commands),
        explaining_routes(store),
        rate_routes(store),
    ]
