"""The process: every service's loops and the HTTP server on one event loop, and a graceful stop.

First no more requests are taken in, then the loops end, then the adapters are closed; all of it
within one deadline. A loop that fails takes the process with it, loudly: a restart is clean.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any

from harken.runtime.pulse import Pulse
from harken.runtime.server import HttpServer
from harken.runtime.service import Worker
from harken.runtime.settings import Settings
from harken.telemetry.logs import Log

_log = Log(__name__)

FAILED = 1
LAST_MOMENT = 1.0
"""Seconds that closing the adapters has at least."""
STOPPING = (signal.SIGTERM, signal.SIGINT)
COLLECTED_AFTER = (50_000, 20, 20)
"""Objects made before the collector of cyclic garbage looks at the young, and rounds of those
before it looks at older ones. With Python's own figures it took a fifth of the pipeline's time,
since batches of records are many objects that live for a moment."""


def run_process(main: Coroutine[Any, Any, int]) -> int:
    """Runs it to its exit status, on uvloop where there is one.

    From there on the program can only end, and signals that ask for it are ignored.
    """
    try:
        import uvloop
    except ImportError:  # not on Windows
        factory = None
    else:
        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        status = runner.run(main)
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    return status


def settle() -> None:
    """Once everything is built: it stays to the end, so the collector need not look at it again."""
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


class Process:
    """``pulses`` has one for each worker, by name, before they run: health is read from them."""

    def __init__(
        self,
        workers: Sequence[Worker],
        settings: Settings,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises ``ValueError`` where two workers have one name."""
        self._workers = {worker.name: worker for worker in workers}
        if len(self._workers) != len(workers):
            raise ValueError("two workers have the same name")
        self._settings = settings
        self._monotonic = monotonic
        self._stopping = asyncio.Event()
        self._asked = asyncio.Event()
        self._hurry = asyncio.Event()
        self.pulses: Mapping[str, Pulse] = {
            name: Pulse(self._stopping, monotonic) for name in self._workers
        }

    def stop(self, why: str) -> None:
        """Asks for a graceful stop; asked again, it waits for nothing any more."""
        _log.info("stop asked for", why=why)
        (self._hurry if self._asked.is_set() else self._asked).set()

    async def run(
        self,
        server: HttpServer | None = None,
        *,
        on_stop: Sequence[Callable[[], None]] = (),
        close: Sequence[Callable[[], Awaitable[None]]] = (),
    ) -> int:
        """Returns the exit status once everything has ended.

        ``on_stop`` is called first (to end event streams), ``close`` last, in order.
        """
        loops = {
            asyncio.create_task(worker.run(self.pulses[name]), name=name)
            for name, worker in self._workers.items()
        }
        serving: set[asyncio.Task[None]] = set()
        if server is not None:
            serving.add(asyncio.create_task(server.run(), name="http server"))
        self._listen()
        early = await self._until_asked(loops | serving)
        deadline = self._monotonic() + self._settings.stop_deadline
        for call in on_stop:
            call()
        if server is not None:
            server.stop()
            await self._end(serving, deadline - 2 * LAST_MOMENT)
            server.close()
        self._stopping.set()
        await self._end(loops, deadline - LAST_MOMENT)
        failed = [task for task in (loops | serving) - early if _failed(task)]
        await self._close(close, deadline)
        _log.info("stopped", outcome="failed" if early or failed else "graceful")
        return FAILED if early or failed else 0

    async def _until_asked(self, tasks: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """The tasks that ended by themselves, which none should."""
        asked = asyncio.create_task(self._asked.wait())
        await asyncio.wait({asked, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        ended = {task for task in tasks if task.done()}
        for task in ended:
            if not _failed(task):
                _log.error("worker ended by itself", worker=task.get_name())
        return ended

    async def _end(self, tasks: set[asyncio.Task[None]], deadline: float) -> None:
        """Waits for them; cancels what is left at the deadline."""
        hurry = asyncio.create_task(self._hurry.wait())
        left = {task for task in tasks if not task.done()}
        while left and not hurry.done() and (time_left := deadline - self._monotonic()) > 0:
            await asyncio.wait({hurry, *left}, timeout=time_left, return_when="FIRST_COMPLETED")
            left = {task for task in left if not task.done()}
        hurry.cancel()
        for task in left:
            _log.warning("cancelled at the deadline", worker=task.get_name())
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=LAST_MOMENT)

    async def _close(self, close: Sequence[Callable[[], Awaitable[None]]], deadline: float) -> None:
        for call in close:
            allowed = max(deadline - self._monotonic(), LAST_MOMENT)
            try:
                await asyncio.wait_for(call(), allowed)
            except Exception as error:  # noqa: BLE001 - the others are to be closed as well
                _log.error("closing failed", error)

    def _listen(self) -> None:
        """To the end of the event loop: what comes again while the rest is closed must not end the
        process as if it had failed."""
        loop = asyncio.get_running_loop()
        for number in STOPPING:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self.stop, number.name)


def _failed(task: asyncio.Task[None]) -> bool:
    """True where it ended with an exception, which is said loudly."""
    if not task.done() or task.cancelled() or (error := task.exception()) is None:
        return False
    _log.error("worker failed", error, worker=task.get_name())
    return True
