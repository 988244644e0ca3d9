"""`harken up`: every service in one process, over one data folder."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version

from rich.console import Console
from rich.markup import escape

from cli.embedded import Embedded, serve_embedded
from cli.first_start import FirstStart, first_start
from cli.front import front
from harken.domain.time import Instant
from harken.domain.tone import ToneModel
from harken.runtime.housekeeping import Housekeeping
from harken.runtime.program import run_in_kit
from harken.runtime.service import Service, joined
from harken.runtime.settings import Settings
from harken.telemetry import logs, tracing
from services.ingest import wiring as ingest
from services.ingest.sealing import seal_anew
from services.ingest.trackers.matching import TrackerMatching
from services.responder import wiring as responder
from services.router import wiring as router
from services.search import wiring as search
from services.sentiment import wiring as sentiment
from services.sentiment.wiring import bundled_or_named

ToneLoader = Callable[[Settings], ToneModel]

SWITCH_SECONDS = 0.0002
"""How long a thread may keep the interpreter from others. With Python's default of 5 ms the file's
writer waits behind the event loop: its slowest hundredth took 250 ms instead of 32 under load."""


def everything(embedded: Embedded, model: ToneModel) -> Service:
    kit, settings = embedded.kit, embedded.kit.settings
    tagger = sentiment.make_tagger(settings, model)
    matching = TrackerMatching(kit.store)
    services = [
        front(kit, embedded.index, tagger, matching.changed),
        ingest.intake(kit, matching),
        sentiment.loops(kit, tagger),
        router.loops(kit),
        responder.loops(kit),
        search.loops(kit, embedded.index),
        Service("housekeeping", workers=[housekeeping(embedded)]),
    ]
    return joined("harken", services)


def housekeeping(embedded: Embedded) -> Housekeeping:
    async def purge(_: Instant) -> None:
        await embedded.index.purge()

    return Housekeeping.of(embedded.kit, embedded.log.trim, purge)


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


async def _serve(embedded: Embedded, model: ToneModel, console: Console) -> int:
    kit = embedded.kit
    lost = await seal_anew(kit.store, kit.channels.vault)

    async def serves(address: str) -> None:
        greet(console, address, model.name, await first_start(kit.store), lost)

    return await run_in_kit(kit, everything(embedded, model), serves)


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
