"""Looks after a fleet as an orchestrator would: whatever ends is started again, where it was."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

import httpx

from harken.testing.fleet import Fleet
from harken.testing.processes import free_port, spawn
from tests.chaos.distributed.faults import PLACES, Place

LOOK_SECONDS = 0.5
READY_SECONDS = 240.0
STOP_SECONDS = 60.0


@dataclass(slots=True)
class _Member:
    port: int
    process: subprocess.Popen[bytes]
    turn: threading.Lock = field(default_factory=threading.Lock)


class Keeper:
    """A context. ``ended`` counts by replica and status how often one ended that nobody killed."""

    def __init__(self, fleet: Fleet) -> None:
        self.ended: Counter[str] = Counter()
        self._fleet = fleet
        self._members: dict[Place, _Member] = {}
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._keep, name="keeper")

    def __enter__(self) -> Self:
        for place in PLACES:
            port = free_port()
            self._members[place] = _Member(port, self._started(place, port))
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()
        for member in self._members.values():
            member.process.kill()
            member.process.wait()

    def addresses(self, service: str) -> list[str]:
        return [
            f"http://127.0.0.1:{member.port}"
            for place, member in self._members.items()
            if place.service == service
        ]

    def kill(self, place: Place, seconds: float) -> None:
        """-9, and started again after ``seconds``."""
        member = self._members[place]
        with member.turn:
            member.process.kill()
            member.process.wait()
            time.sleep(seconds)
            member.process = self._started(place, member.port)

    def pause(self, place: Place, seconds: float) -> None:
        member = self._members[place]
        with member.turn:
            member.process.send_signal(signal.SIGSTOP)
            time.sleep(seconds)
            member.process.send_signal(signal.SIGCONT)

    def until_ready(self) -> None:
        """Fails where one of them is not ready after all."""
        deadline = time.monotonic() + READY_SECONDS
        waiting = {place: f"http://127.0.0.1:{one.port}" for place, one in self._members.items()}
        with httpx.Client(trust_env=False, timeout=2.0) as client:
            while waiting := {at: url for at, url in waiting.items() if not _ready(client, url)}:
                names = ", ".join(map(str, waiting))
                assert time.monotonic() < deadline, f"not ready: {names}"
                time.sleep(0.3)

    def stop(self) -> dict[str, int]:
        """Gracefully, all of them; returns their exit statuses."""
        self._over.set()
        self._watch.join()
        for member in self._members.values():
            member.process.terminate()
        return {
            str(place): member.process.wait(STOP_SECONDS) for place, member in self._members.items()
        }

    def _keep(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            for place, member in self._members.items():
                with _free(member.turn) as free:
                    if free and member.process.poll() is not None:
                        self.ended[f"{place} ({member.process.returncode})"] += 1
                        member.process = self._started(place, member.port)

    def _started(self, place: Place, port: int) -> subprocess.Popen[bytes]:
        command = [*self._fleet.program, place.service, "--port", str(port)]
        return spawn(command, self._fleet.folder / str(place), self._fleet.settings)


@contextmanager
def _free(lock: threading.Lock) -> Iterator[bool]:
    """Whether nobody else has it."""
    got = lock.acquire(blocking=False)
    try:
        yield got
    finally:
        if got:
            lock.release()


def _ready(client: httpx.Client, address: str) -> bool:
    try:
        return client.get(f"{address}/readyz").status_code == 200
    except httpx.HTTPError:
        return False
