"""Harken as the victim: killed, started again, and asked whether it has done all there was."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import httpx

from harken.testing.processes import spawn_harken
from tests.chaos.ledger import Ledger
from tests.chaos.verdict import indexed
from tests.e2e.calling import Caller, eventually
from tests.e2e.serve_null import PROGRAM, start_null

SETTINGS = {
    "poll_quiet": "0.3",
    "poll_longest": "2",
    "network_timeout": "3",
    "retry_longest": "2",
}
KILLED_WHILE_STARTING = 0.15
MOVING = {"planned", "claimed", "sending", "unknown"}


class Victim:
    """Harken on one folder and one port, whichever process it is just now."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self.harken = start_null(folder, port=port, settings=SETTINGS)
        self.key = self.harken.key

    def start(self) -> None:
        self.harken = start_null(self._folder, port=self._port, settings=SETTINGS)

    def kill(self) -> None:
        assert self.harken.process.poll() is None, "it ended by itself"
        self.harken.kill()

    def die_young(self, seconds: float) -> None:
        """Starts, and is killed before long."""
        process = spawn_harken(self._folder, port=self._port, settings=SETTINGS, program=PROGRAM)
        time.sleep(seconds)
        process.kill()
        process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.harken.process.poll() is None:
            self.harken.kill()


def kill_often(victim: Victim, rng: random.Random, times: int, longest_life: float) -> None:
    """At random moments, within ``longest_life`` seconds of each start; it runs in the end."""
    starting = 0
    for _ in range(times):
        time.sleep(rng.uniform(0.0, longest_life))
        victim.kill()
        if rng.random() < KILLED_WHILE_STARTING:
            starting += 1
            victim.die_young(rng.uniform(0.2, 3.0))
        victim.start()
    say(f"killed {times} times at work, {starting} times while starting")


def enrol(network: str, customers: Iterable[str]) -> None:
    """Accounts for them."""
    with httpx.Client(base_url=network, trust_env=False) as client:
        for name in customers:
            client.post("/harken/accounts", json={"username": name}).raise_for_status()


def drained(admin: Caller, ledger: Ledger, expected: set[str]) -> None:
    """Waits until nothing moves any more, and everything is found."""
    began = time.monotonic()
    eventually(lambda: admin.get("/v1/search", kind="mention")["total"] >= len(expected))
    assert indexed(admin, "mention") == Counter(expected)
    for id_ in ledger.asked:
        eventually(lambda id_=id_: admin.get(f"/v1/replies/{id_}")["state"] not in MOVING)  # type: ignore[misc]
    eventually(lambda: indexed(admin, "reply").keys() >= ledger.asked.keys())
    say(f"drained after {time.monotonic() - began:.0f} s")


def host(address: str) -> str:
    return address.partition("://")[2]


def seed() -> int:
    """The environment's, or one of its own, which is said."""
    chosen = int(os.environ.get("HARKEN_CHAOS_SEED") or random.SystemRandom().randrange(10**6))
    say(f"HARKEN_CHAOS_SEED={chosen}")
    return chosen


def say(what: str) -> None:
    print(what, flush=True)  # noqa: T201
