"""`harken demo`: the whole way, with simulated customers and agents around the real program."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.live import Live

from cli.demo import phrases
from cli.demo.agents import Worker
from cli.demo.api import Api
from cli.demo.customers import take_part
from cli.demo.display import plain, render
from cli.demo.network import BRAND, Network, Watch
from cli.demo.office import Office, open_office
from cli.demo.pace import Pace
from cli.demo.script import Scene, load, schedule
from cli.demo.shown import CLOSED, Shown
from cli.demo.summary import Summary, draw, gather
from cli.demo.team import TEAM, Member
from harken.testing.processes import HARKEN, running_mastodon, start_harken

SETTINGS = {"poll_quiet": "0.5", "allow_http_instances": "true"}
FRAME_SECONDS, LINE_SECONDS = 0.25, 5.0
HEARD_SECONDS = 1.0
SETTLING_SECONDS = 60.0
"""How long, in real time, the last work may take after the last customer has left."""


@dataclass(slots=True)
class Stage:
    """Everything that runs while the demo plays."""

    network: Network
    board: Api
    office: Office
    shown: Shown
    pace: Pace


async def run(
    console: Console,
    speed: float = 1.0,
    limit: int = 0,
    *,
    keep: bool = False,
    program: Sequence[str] = HARKEN,
) -> int:
    """The exit status: 0 where nothing was lost. ``program`` serves Harken."""
    if (task := asyncio.current_task()) is not None:
        # A terminated demo stops as an interrupted one: its processes end with it.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    scenes = schedule(load())
    scenes = scenes[:limit] if limit else scenes
    async with _world(console, program, speed) as stage:
        summary = await _play(console, stage, scenes)
        console.print(draw(summary))
        if keep:
            console.print(f"Both go on until Ctrl-C; look with the key {stage.shown.key}")
            await asyncio.Event().wait()
    return 0 if summary.exact else 1


@asynccontextmanager
async def _world(console: Console, program: Sequence[str], speed: float) -> AsyncIterator[Stage]:
    """Harken and the network as processes; both end with it, whatever happens."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="harken-demo-")))
        console.print("Starting the local network and Harken …")
        social = stack.enter_context(running_mastodon(brand=BRAND))
        network = await stack.enter_async_context(aclosing(Network(social)))
        harken = start_harken(folder, settings=SETTINGS, program=program)
        stack.callback(harken.stop)
        admin = await stack.enter_async_context(aclosing(Api(harken.address, harken.key)))
        office = await open_office(admin, network, phrases.load())
        board = await stack.enter_async_context(aclosing(Api(harken.address, office.board)))
        shown = Shown(harken=harken.address, network=network.address, key=office.onlooker)
        console.print(f"Harken serves at {harken.address}; meanwhile you may look with the key")
        console.print(f"  {office.onlooker}", soft_wrap=True, highlight=False)
        yield Stage(network, board, office, shown, Pace(speed))


async def _play(console: Console, stage: Stage, scenes: Sequence[Scene]) -> Summary:
    for scene in scenes:
        await stage.network.join(scene.conversation.author, scene.conversation.followers)
    stage.shown.conversations = len(scenes)
    stage.pace = Pace(stage.pace.speed)
    watch = Watch(stage.network, stage.shown.see_post)
    async with AsyncExitStack() as stack:
        background = await stack.enter_async_context(asyncio.TaskGroup())
        workers = [await _seat(stack, stage, member) for member in TEAM]
        running = [background.create_task(worker.run()) for worker in workers]
        running += [
            background.create_task(_follow(stage, {each.member.id: each for each in workers})),
            background.create_task(watch.run()),
            background.create_task(_count_heard(stage)),
            background.create_task(_show(console, stage)),
        ]
        async with asyncio.TaskGroup() as customers:
            playing = [
                customers.create_task(take_part(scene, stage.network, watch, stage.pace))
                for scene in scenes
            ]
        await _settle(stage)
        for task in running:
            task.cancel()
    slowest = max(stage.shown.first_replies, default=None)
    return await gather(stage.board, stage.network, sum(one.result() for one in playing), slowest)


async def _seat(stack: AsyncExitStack, stage: Stage, member: Member) -> Worker:
    desk = Api(stage.shown.harken, stage.office.desks[member.id])
    api = await stack.enter_async_context(aclosing(desk))
    return Worker(member, api, stage.office.saved, stage.pace, stage.shown)


async def _follow(stage: Stage, workers: dict[str, Worker]) -> None:
    """Follows the event stream: for the display, and to tell agents that there is news."""
    async for event in stage.board.events("mention", "case", "decision"):
        agent = stage.shown.see_event(event)
        if agent in workers:
            workers[agent].news.set()


async def _count_heard(stage: Stage) -> None:
    while True:
        sources = await stage.board.get("/v1/sources")
        stage.shown.heard = sum(source["accepted"] for source in sources["items"])
        await asyncio.sleep(HEARD_SECONDS)


async def _show(console: Console, stage: Stage) -> None:
    shown = stage.shown
    if not console.is_terminal:
        while True:
            await asyncio.sleep(LINE_SECONDS)
            shown.elapsed = stage.pace.elapsed
            console.print(plain(shown), highlight=False, soft_wrap=True)
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            shown.elapsed = stage.pace.elapsed
            live.update(render(shown), refresh=True)
            await asyncio.sleep(FRAME_SECONDS)


async def _settle(stage: Stage) -> None:
    """Until all is found and counted, and what can be closed is; bounded."""
    try:
        async with asyncio.timeout(SETTLING_SECONDS):
            while True:
                if await _settled(stage):
                    return
                await asyncio.sleep(FRAME_SECONDS)
    except TimeoutError:
        return  # the summary tells what is missing


async def _settled(stage: Stage) -> bool:
    shown = stage.shown
    mentions = await stage.board.get("/v1/search", kind="mention", limit=1)
    sent = await stage.board.get("/v1/search", kind="reply", filter="state:sent", limit=1)
    open_ = [case for case in shown.cases.values() if case.state not in CLOSED]
    at_rest = all(case.severity == "critical" and case.state == "waiting" for case in open_)
    counted = mentions["total"] >= shown.posted and sent["total"] >= shown.delivered
    return bool(counted and at_rest)
