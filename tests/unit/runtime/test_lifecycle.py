"""A process takes requests until it is asked to stop, then ends in order and within its time."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

import httpx
import pytest
import structlog
from fastapi import FastAPI

from harken.runtime.lifecycle import FAILED, STOPPING, Process, run_process
from harken.runtime.pulse import Pulse
from harken.runtime.server import HttpServer
from harken.testing.runtime import quick_settings


@dataclass
class Loop:
    """Notes in ``events`` that it began and ended; ``ending`` is awaited before it ends."""

    name: str
    events: list[str] = field(default_factory=list)
    fail: Exception | None = None
    stubborn: bool = False

    async def run(self, pulse: Pulse) -> None:
        self.events.append(f"{self.name} runs")
        if self.fail is not None:
            raise self.fail
        while await pulse.sleep(0.005) or self.stubborn:  # noqa: ASYNC110 - that is the point
            await asyncio.sleep(0.005)
        self.events.append(f"{self.name} ended")


async def soon(process: Process) -> None:
    await asyncio.sleep(0.03)
    process.stop("the test")


async def test_requests_end_first_then_the_loops_then_the_adapters() -> None:
    events: list[str] = []
    app = FastAPI()
    entered = asyncio.Event()

    @app.get("/slow")
    async def slow() -> str:
        entered.set()
        await asyncio.sleep(0.05)
        events.append("answered")
        return "done"

    async def close() -> None:
        events.append("closed")

    process = Process([Loop("stage", events)], quick_settings(stop_deadline=10.0))
    server = HttpServer(app, "127.0.0.1", 0, 5.0)
    running = asyncio.create_task(
        process.run(server, on_stop=[lambda: events.append("asked")], close=[close])
    )
    async with httpx.AsyncClient(base_url=server.address) as client:
        request = asyncio.create_task(client.get("/slow"))
        await entered.wait()
        process.stop("the test")
        assert (await request).json() == "done"
    assert await running == 0
    assert events == ["stage runs", "asked", "answered", "stage ended", "closed"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signals_ask_for_a_graceful_stop(number: signal.Signals) -> None:
    process = Process([stage := Loop("stage")], quick_settings())
    running = asyncio.create_task(process.run())
    await asyncio.sleep(0.02)
    os.kill(os.getpid(), number)
    assert await running == 0
    assert stage.events == ["stage runs", "stage ended"]


async def test_a_loop_that_fails_takes_the_process_with_it_loudly() -> None:
    closed = asyncio.Event()

    async def close() -> None:
        closed.set()

    other = Loop("other")
    bad = Loop("bad", fail=KeyError("Anna's secret"))
    process = Process([other, bad], quick_settings())
    with structlog.testing.capture_logs() as lines:
        assert await process.run(close=[close]) == FAILED
    assert other.events == ["other runs", "other ended"]
    assert closed.is_set()
    (said,) = [line for line in lines if line["event"] == "worker failed"]
    assert said["worker"] == "bad"
    assert said["error"].startswith("KeyError at")
    assert "Anna" not in str(lines)


async def test_a_loop_that_ends_by_itself_is_a_failure_too() -> None:
    class Short(Loop):
        async def run(self, pulse: Pulse) -> None:
            pulse.beat()

    assert await Process([Short("short")], quick_settings()).run() == FAILED


async def test_what_fails_while_stopping_is_a_failure_too() -> None:
    class Late(Loop):
        async def run(self, pulse: Pulse) -> None:
            await pulse.stopping.wait()
            raise ValueError("at the end")

    process = Process([Late("late")], quick_settings())
    _, status = await asyncio.gather(soon(process), process.run())
    assert status == FAILED


async def test_a_loop_that_does_not_end_is_cancelled_at_the_deadline() -> None:
    process = Process([Loop("stubborn", stubborn=True)], quick_settings(stop_deadline=1.05))
    with structlog.testing.capture_logs() as lines:
        _, status = await asyncio.gather(soon(process), process.run())
    assert status == 0
    assert [line["worker"] for line in lines if line["event"] == "cancelled at the deadline"] == [
        "stubborn"
    ]


async def test_asked_twice_it_waits_for_nothing() -> None:
    process = Process([Loop("stubborn", stubborn=True)], quick_settings(stop_deadline=3_600.0))
    _, _, status = await asyncio.gather(soon(process), soon(process), process.run())
    assert status == 0


async def test_an_adapter_that_does_not_close_does_not_keep_the_others_open() -> None:
    closed: list[str] = []

    async def bad() -> None:
        raise OSError("cannot close")

    async def good() -> None:
        closed.append("good")

    process = Process([Loop("stage")], quick_settings())
    _, status = await asyncio.gather(soon(process), process.run(close=[bad, good]))
    assert (status, closed) == (0, ["good"])


def test_two_loops_of_one_name_are_refused() -> None:
    async def make() -> None:
        Process([Loop("a"), Loop("a")], quick_settings())

    with pytest.raises(ValueError, match="same name"):
        asyncio.run(make())


async def test_an_address_that_is_taken_is_said_before_anything_runs() -> None:
    first = HttpServer(FastAPI(), "127.0.0.1", 0, 1.0)
    try:
        port = int(first.address.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="in use"):
            HttpServer(FastAPI(), "127.0.0.1", port, 1.0)
    finally:
        first.close()


def test_the_exit_status_is_what_the_process_returned() -> None:
    async def main() -> int:
        await asyncio.sleep(0)
        return 3

    before = {number: signal.getsignal(number) for number in STOPPING}
    try:
        assert run_process(main()) == 3
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


SLOW_TO_END = """
import asyncio, atexit, sys, time
from harken.runtime.lifecycle import Process, run_process
from harken.testing.runtime import quick_settings

async def main():
    running = asyncio.create_task(Process([], quick_settings()).run())
    await asyncio.sleep(0)
    print("runs", flush=True)
    status = await running
    print("closes", flush=True)
    await asyncio.sleep(0.05)
    return status

atexit.register(time.sleep, 0.05)
sys.exit(run_process(main()))
"""


def test_told_to_stop_again_and_again_it_ends_in_order() -> None:
    with subprocess.Popen([sys.executable, "-c", SLOW_TO_END], stdout=subprocess.PIPE) as told:
        assert told.stdout is not None
        assert told.stdout.readline() == b"runs\n"
        while told.poll() is None:
            told.terminate()
            time.sleep(0.01)
        assert (told.returncode, b"closes" in told.stdout.read()) == (0, True)
