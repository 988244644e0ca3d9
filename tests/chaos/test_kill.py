"""Kill -9 at random moments, under load, on a bad network: nothing is lost, nothing said twice."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harken.testing.processes import RunningHarken, free_port, running_mastodon
from tests.chaos.ledger import Ledger
from tests.chaos.load import Load
from tests.chaos.verdict import (
    assert_each_mention_went_its_way_once,
    assert_nobody_shares_a_case,
    assert_replies_at_most_once,
    read_folder,
    read_network,
)
from tests.chaos.victim import Victim, drained, enrol, host, kill_often, say, seed
from tests.e2e.calling import Caller, hire
from tests.e2e.networks import connect

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

KILLS = 26
LONGEST_LIFE = 3.5
AGENTS = ("eva", "jan", "mia")
CUSTOMERS = [f"customer{n}" for n in range(40)]


def test_kill_at_any_moment(tmp_path: Path) -> None:
    lot = seed()
    rng, ledger, port = random.Random(lot), Ledger(), free_port()
    with running_mastodon(tmp_path / "network.jsonl") as network:
        enrol(network, CUSTOMERS)
        with Victim(tmp_path, port) as victim:
            keys = prepare(victim.harken, network)
            load = Load(partial(Caller, victim.harken.address), network, ledger, threading.Event())
            with under(load, keys, lot):
                kill_often(victim, rng, KILLS, LONGEST_LIFE)
            say(f"the load is over: {len(ledger.accepted)} accepted, {len(ledger.asked)} asked")
            expected = ledger.accepted | read_network(network).mentions(host(network))
            with Caller(victim.harken.address, keys["admin"]) as admin:
                drained(admin, ledger, expected)
            assert victim.harken.stop() == 0
        kept, shown = asyncio.run(read_folder(tmp_path)), read_network(network)

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


def prepare(harken: RunningHarken, network: str) -> dict[str, str]:
    """A connection and three agents; returns the keys by name."""
    with Caller(harken.address, harken.key) as admin:
        connect(admin, "mastodon", {"instance": network}, {"access_token": "northkettle-token"})
        agents = {name: hire(admin, harken.address, name).key for name in AGENTS}
    return {"admin": harken.key, **agents}


@contextmanager
def under(load: Load, keys: dict[str, str], lot: int) -> Iterator[None]:
    """Everybody works within the block; at its end they finish what they began."""
    with ThreadPoolExecutor() as people:
        at_work: list[Future[Any]] = [
            people.submit(load.sender, keys["admin"], random.Random(f"{lot} sender")),
            people.submit(load.customers, CUSTOMERS, random.Random(f"{lot} customers")),
            people.submit(load.bad_luck, random.Random(f"{lot} luck")),
            *(
                people.submit(load.agent, name, keys[name], random.Random(f"{lot} {name}"))
                for name in AGENTS
            ),
        ]
        try:
            yield
        finally:
            load.over.set()
        for one in at_work:
            one.result()
