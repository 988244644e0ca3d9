"""`harken up`: every service in one process, over one data folder."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

from fastapi import FastAPI
from rich.console import Console
from rich.markup import escape

from cli.embedded import Embedded, serve_embedded
from cli.first_start import FirstStart, first_start
from cli.housekeeping import Housekeeping
from harken.domain.tone import ToneModel
from harken.http.api_keys import ApiKeys
from harken.http.app import build_app
from harken.http.feed import Feed
from harken.http.keys_api import keys_routes
from harken.http.sse import event_routes
from harken.http.state import Edges, EdgeSettings
from harken.runtime.dead_letters import SERVICE as DEAD_LETTERS
from harken.runtime.health import health_router
from harken.runtime.lifecycle import Process, settle
from harken.runtime.pulse import Pulse
from harken.runtime.relay import OutboxRelay
from harken.runtime.server import HttpServer
from harken.runtime.service import Service, Worker
from harken.runtime.settings import Settings
from harken.telemetry import logs, tracing
from services.ingest import wiring as ingest
from services.ingest.problems import PROBLEMS as INGEST_PROBLEMS
from services.ingest.sealing import seal_anew
from services.responder import wiring as responder
from services.responder.problems import PROBLEMS as RESPONDER_PROBLEMS
from services.router import wiring as router
from services.router.problems import PROBLEMS as ROUTER_PROBLEMS
from services.search import wiring as search
from services.sentiment import wiring as sentiment
from services.sentiment.tone import load_model

ToneLoader = Callable[[Settings], ToneModel]

SWITCH_SECONDS = 0.0002
"""How long a thread may keep the interpreter from others. With Python's default of 5 ms the file's
writer waits behind the event loop: its slowest hundredth took 250 ms instead of 32 under load."""


def bundled_or_named(settings: Settings) -> ToneModel:
    threads = settings.tone_threads or os.cpu_count() or 1
    return load_model(settings.tone_model, threads=threads)


def wire_services(embedded: Embedded, model: ToneModel) -> list[Service]:
    kit = embedded.kit
    return [
        ingest.wire(kit),
        sentiment.wire(kit, model),
        router.wire(kit),
        responder.wire(kit),
        search.wire(kit),
    ]


async def up(settings: Settings, console: Console, load: ToneLoader = bundled_or_named) -> int:
    """Serves until it is told to stop; returns the exit status. Raises `FolderInUse`."""
    sys.setswitchinterval(SWITCH_SECONDS)
    logs.configure(settings.log_level, settings.log_format)
    stop_tracing = tracing.configure(settings.otlp_endpoint, settings.trace_share)
    try:
        async with serve_embedded(settings) as embedded:
            # The model and the search index's words load side by side.
            model = await asyncio.to_thread(load, settings)
            return await _serve(embedded, model, console)
    finally:
        stop_tracing()


def make_app(
    services: Sequence[Service], embedded: Embedded, feed: Feed, pulses: Mapping[str, Pulse]
) -> FastAPI:
    settings, store = embedded.kit.settings, embedded.store
    edges = Edges(
        store,
        ApiKeys(store),
        embedded.kit.new_id,
        EdgeSettings(body_limit=settings.body_limit, cors_origins=settings.cors_origins),
        {**INGEST_PROBLEMS, **ROUTER_PROBLEMS, **RESPONDER_PROBLEMS},
    )
    own = [keys_routes(store), event_routes(feed), health_router(pulses, settings.silent_limit)]
    return build_app(services, edges, own=own)


async def _serve(embedded: Embedded, model: ToneModel, console: Console) -> int:
    settings, store = embedded.kit.settings, embedded.store
    services = wire_services(embedded, model)
    feed = Feed(store)
    workers: list[Worker] = [worker for service in services for worker in service.workers]
    workers += [feed, Housekeeping(embedded), OutboxRelay.of(DEAD_LETTERS, embedded.kit)]
    process = Process(workers, settings)
    app = make_app(services, embedded, feed, process.pulses)
    server = HttpServer(app, settings.host, settings.port, settings.stop_deadline)
    lost = await seal_anew(store, embedded.kit.channels.vault)
    greet(console, server.address, model.name, await first_start(store), lost)
    settle()
    return await process.run(server, on_stop=[feed.close])


def greet(
    console: Console, address: str, model: str, first: FirstStart | None, lost: Sequence[str] = ()
) -> None:
    """What a person needs next; the first key is shown this once."""
    console.print(f"[bold]Harken {version('harken')}[/] serves at {address} (tone by {model})")
    if first is not None:
        console.print(f"\nThis is the first start: tenant [bold]{first.tenant}[/] was made.")
        console.print("Its first admin key, shown only now:\n")
        console.print(f"  export HARKEN_KEY={first.key}\n", soft_wrap=True, highlight=False)
    for secret in lost:
        console.print(f"[bold red]A secret does not open.[/] {escape(secret)}")
    console.print("Try next:")
    console.print(
        f'  curl -H "Authorization: Bearer $HARKEN_KEY" {address}/v1/me',
        soft_wrap=True,
        highlight=False,
    )
    console.print("  the five-minute tour in README.md, or `harken demo` in another terminal")
    console.print(f"  the API: {address}/openapi.json\n", highlight=False)
