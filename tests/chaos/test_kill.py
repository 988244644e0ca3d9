"""Kill -9 at random moments, under load, on a bad network: nothing is lost, nothing said twice."""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from harken.testing.processes import (
    RunningHarken,
    free_port,
    running_mastodon,
    spawn_harken,
)
from tests.chaos.ledger import Ledger
from tests.chaos.load import Load
from tests.chaos.verdict import (
    assert_each_mention_went_its_way_once,
    assert_nobody_shares_a_case,
    assert_replies_at_most_once,
    indexed,
    read_kept,
    read_network,
)
from tests.e2e.calling import Caller, eventually, hire
from tests.e2e.networks import connect
from tests.e2e.serve_null import PROGRAM, start_null

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

KILLS = 26
KILLED_WHILE_STARTING = 0.15
LONGEST_LIFE = 5.0
AGENTS = ("eva", "jan", "mia")
CUSTOMERS = [f"customer{n}" for n in range(40)]
SETTINGS = {
    "poll_quiet": "0.3",
    "poll_longest": "2",
    "network_timeout": "3",
    "retry_longest": "2",
}
MOVING = {"planned", "claimed", "sending", "unknown"}


class Victim:
    """Harken on one folder and one port, whichever process it is just now."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self.harken = start_null(folder, port=port, settings=SETTINGS)

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


def test_kill_at_any_moment(tmp_path: Path) -> None:
    seed = int(os.environ.get("HARKEN_CHAOS_SEED") or random.SystemRandom().randrange(10**6))
    say(f"HARKEN_CHAOS_SEED={seed}")
    rng, ledger, port = random.Random(seed), Ledger(), free_port()
    with running_mastodon(tmp_path / "network.jsonl") as network:
        enrol(network)
        with Victim(tmp_path, port) as victim:
            keys = prepare(victim.harken, network)
            load = Load(victim.harken.address, network, ledger, threading.Event())
            with under(load, keys, seed):
                kill_often(victim, rng)
            say(f"the load is over: {len(ledger.accepted)} accepted, {len(ledger.asked)} asked")
            expected = ledger.accepted | read_network(network).mentions(host(network))
            with Caller(victim.harken.address, keys["admin"]) as admin:
                drained(admin, ledger, expected)
            assert victim.harken.stop() == 0
        kept, shown = asyncio.run(read_kept(tmp_path)), read_network(network)

    states = Counter(reply.state.value for reply in kept.replies.values())
    say(f"{len(expected)} mentions ({len(shown.customers)} polled), {len(kept.cases)} cases")
    say(f"replies: {dict(states)}, on the network: {len(shown.ours)}")
    say(f"refused: {dict(Counter(ledger.refused.values()))}, outages: {dict(ledger.outages)}")
    assert kept.dead == 0
    assert_each_mention_went_its_way_once(kept, expected)
    assert_nobody_shares_a_case(kept, ledger)
    assert_replies_at_most_once(kept, ledger, shown)
    # Else too little happened for the rest to mean anything.
    assert states["sent"] >= KILLS


def enrol(network: str) -> None:
    """Accounts for the customers."""
    with httpx.Client(base_url=network, trust_env=False) as client:
        for name in CUSTOMERS:
            client.post("/harken/accounts", json={"username": name}).raise_for_status()


def prepare(harken: RunningHarken, network: str) -> dict[str, str]:
    """A connection and three agents; returns the keys by name."""
    with Caller(harken.address, harken.key) as admin:
        connect(admin, "mastodon", {"instance": network}, {"access_token": "northkettle-token"})
        agents = {name: hire(admin, harken.address, name).key for name in AGENTS}
    return {"admin": harken.key, **agents}


@contextmanager
def under(load: Load, keys: dict[str, str], seed: int) -> Iterator[None]:
    """Everybody works within the block; at its end they finish what they began."""
    with ThreadPoolExecutor() as people:
        at_work: list[Future[Any]] = [
            people.submit(load.sender, keys["admin"], random.Random(f"{seed} sender")),
            people.submit(load.customers, CUSTOMERS, random.Random(f"{seed} customers")),
            people.submit(load.bad_luck, random.Random(f"{seed} luck")),
            *(
                people.submit(load.agent, name, keys[name], random.Random(f"{seed} {name}"))
                for name in AGENTS
            ),
        ]
        try:
            yield
        finally:
            load.over.set()
        for one in at_work:
            one.result()


def kill_often(victim: Victim, rng: random.Random) -> None:
    """At random moments; it runs in the end."""
    starting = 0
    for _ in range(KILLS):
        time.sleep(rng.uniform(0.0, LONGEST_LIFE))
        victim.kill()
        if rng.random() < KILLED_WHILE_STARTING:
            starting += 1
            victim.die_young(rng.uniform(0.2, 3.0))
        victim.start()
    say(f"killed {KILLS} times at work, {starting} times while starting")


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


def say(what: str) -> None:
    print(what, flush=True)  # noqa: T201
