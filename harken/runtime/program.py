"""A service as a program: its HTTP server, its loops, its exit status."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial

from fastapi import FastAPI
from pydantic import ValidationError

from harken.http.api_keys import ApiKeys
from harken.http.app import build_app
from harken.http.state import Edges, EdgeSettings
from harken.runtime.dead_letters import SERVICE as DEAD_LETTERS
from harken.runtime.health import health_router
from harken.runtime.lifecycle import Process, run_process, settle
from harken.runtime.pulse import Pulse
from harken.runtime.relay import OutboxRelay
from harken.runtime.server import HttpServer
from harken.runtime.service import Kit, Service
from harken.runtime.settings import PREFIX, Settings, wrong_settings
from harken.runtime.starting import CannotStart
from harken.runtime.watchdog import watch
from harken.telemetry import logs, tracing

OpenService = Callable[[Kit], AbstractAsyncContextManager[Service]]
"""``services.<name>.wiring.process``: the service with what it alone needs, closed in the end."""


def make_app(kit: Kit, service: Service, pulses: Mapping[str, Pulse]) -> FastAPI:
    settings = kit.settings
    edges = Edges(
        kit.store,
        ApiKeys(kit.store),
        kit.new_id,
        EdgeSettings(body_limit=settings.body_limit, cors_origins=settings.cors_origins),
        service.problems,
    )
    return build_app([service], edges, own=[health_router(pulses, settings.silent_limit)])


async def run_in_kit(
    kit: Kit,
    service: Service,
    serves: Callable[[str], Awaitable[None]],
    guard: Callable[[Mapping[str, Pulse]], None] = lambda _: None,
) -> int:
    """Until it is told to stop; the exit status. ``serves`` is told the address once it is
    ours. Raises ``OSError`` where another has it."""
    settings = kit.settings
    process = Process([*service.workers, OutboxRelay.of(DEAD_LETTERS, kit)], settings)
    app = make_app(kit, service, process.pulses)
    server = HttpServer(app, settings.host, settings.port, settings.stop_deadline)
    await serves(server.address)
    guard(process.pulses)
    settle()
    return await process.run(server, on_stop=service.on_stop)


async def serve(name: str, settings: Settings, open_service: OpenService) -> int:
    """One service of the distributed edition. Raises `CannotStart`, ``OSError``."""
    logs.configure(settings.log_level, settings.log_format)
    stop_tracing = tracing.configure(settings.otlp_endpoint, settings.trace_share)
    if not settings.distributed:
        raise CannotStart(f"{name} needs the distributed edition: set {PREFIX}POSTGRES_URL")
    from harken.runtime.distributed import open_kit

    try:
        async with open_kit(settings) as kit, open_service(kit) as service:
            guard = partial(watch, silent_limit=settings.silent_limit)
            return await run_in_kit(kit, service, partial(_say, name), guard)
    finally:
        stop_tracing()


def run_service(name: str, settings: Settings, open_service: OpenService) -> int:
    """The whole program: what keeps it from starting is said in one line."""
    try:
        return run_process(serve(name, settings, open_service))
    except (CannotStart, OSError) as error:
        sys.stderr.write(f"Harken's {name} cannot start: {error}\n")
        return 1


def main(name: str, open_service: OpenService) -> None:
    """For ``python -m services.<name>``: ends the process."""
    try:
        settings = Settings()
    except ValidationError as error:
        sys.exit("\n".join(wrong_settings(error)))
    sys.exit(run_service(name, settings, open_service))


async def _say(name: str, address: str) -> None:
    sys.stdout.write(f"Harken's {name} serves at {address}\n")
    sys.stdout.flush()
