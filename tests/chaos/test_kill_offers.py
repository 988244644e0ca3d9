"""Kill -9 while work is handed out: no case has two agents, and no offer is taken too late."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest

from cli.embedded import open_embedded
from harken.domain.facts import DecisionKind
from harken.domain.time import seconds
from harken.runtime.settings import Settings
from harken.testing.processes import RunningHarken, free_port, running_mastodon
from services.router.domain.offer import OfferState
from services.router.domain.policy import Offering, RoutingPolicy
from tests.chaos.duty import MOODS, Duty
from tests.chaos.ledger import Ledger
from tests.chaos.load import COMPLAINTS, Load
from tests.chaos.ruling import store_policy
from tests.chaos.verdict import (
    assert_each_mention_went_its_way_once,
    assert_nobody_shares_a_case,
    assert_offers_were_settled_once,
    assert_replies_at_most_once,
    read_folder,
    read_network,
)
from tests.chaos.victim import Victim, drained, enrol, host, kill_often, say, seed
from tests.e2e.calling import Caller
from tests.e2e.networks import connect

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

KILLS = 7
LONGEST_LIFE = 4.0
AGENTS = {"eva": 4, "jan": 3, "mia": 2}
"""With how much each can do at once."""
CUSTOMERS = [f"customer{n}" for n in range(30)]
CRITICAL = (
    "The kettle started smoking and burned my hand!",
    "Your kettle caught fire in our kitchen, my daughter is hurt.",
)
QUICK = RoutingPolicy(
    offering=Offering(
        accept_within=seconds(2),
        declined_for=seconds(2),
        missed_for=seconds(1),
        missed_limit=1_000,
    ),
    lease=seconds(6),
    returned_for=seconds(1),
    silence=seconds(60),
)
"""Everything that runs out does so between two kills, and over them."""


def test_kill_while_work_is_handed_out(tmp_path: Path) -> None:
    lot = seed()
    ledger, over = Ledger(), threading.Event()
    asyncio.run(rule(tmp_path, QUICK))
    with running_mastodon(tmp_path / "network.jsonl") as network:
        enrol(network, CUSTOMERS)
        with Victim(tmp_path, free_port()) as victim:
            keys = prepare(victim.harken, network)
            moods = cycle(MOODS)
            load = Load(partial(Caller, victim.harken.address), network, ledger, over)
            with ThreadPoolExecutor() as people:
                at_work = [
                    people.submit(
                        load.customers,
                        CUSTOMERS,
                        random.Random(f"{lot} customers"),
                        COMPLAINTS + CRITICAL,
                    )
                ]
                for name in AGENTS:
                    duty = Duty(load, name, random.Random(f"{lot} {name}"), moods)
                    at_work.append(people.submit(duty.serve, keys[name]))
                try:
                    kill_often(victim, random.Random(lot), KILLS, LONGEST_LIFE)
                finally:
                    over.set()
                for one in at_work:
                    one.result()
            expected = read_network(network).mentions(host(network))
            with Caller(victim.harken.address, victim.key) as admin:
                drained(admin, ledger, expected)
            assert victim.harken.stop() == 0
        kept, shown = asyncio.run(read_folder(tmp_path)), read_network(network)

    states = Counter(offer.state for offer in kept.offers.values())
    say(f"{len(expected)} mentions, {len(kept.cases)} cases, offers: {dict(states)}")
    say(f"{len(ledger.asked)} replies asked, {len(shown.ours)} on the network")
    say(f"decisions: {dict(kept.decisions)}, outages: {dict(ledger.outages)}")
    assert kept.dead == 0
    assert_each_mention_went_its_way_once(kept, expected)
    assert_nobody_shares_a_case(kept, ledger)
    assert_offers_were_settled_once(kept, ledger)
    assert_replies_at_most_once(kept, ledger, shown)
    # Else too little happened for the rest to mean anything.
    assert states.keys() >= {OfferState.ACCEPTED, OfferState.DECLINED, OfferState.MISSED}
    assert kept.decisions.keys() >= {DecisionKind.ASSIGNED, DecisionKind.OFFERED}
    assert ledger.refused_offers


async def rule(folder: Path, policy: RoutingPolicy) -> None:
    """Stores the tenant's policy before the first start."""
    async with open_embedded(Settings(data=folder / "data")) as opened:
        await store_policy(opened.kit.store, policy)


def prepare(harken: RunningHarken, network: str) -> dict[str, str]:
    """A connection, and agents for critical work; returns their keys by name."""
    keys = {}
    skills = [{"name": "language:en", "level": 3}, {"name": "crisis", "level": 2}]
    with Caller(harken.address, harken.key) as admin:
        connect(admin, "mastodon", {"instance": network}, {"access_token": "northkettle-token"})
        for name, capacity in AGENTS.items():
            agent = {"id": name, "name": name.title(), "skills": skills, "capacity": capacity}
            admin.post("/v1/agents", agent)
            made = {"name": name, "roles": ["agent", "crisis"], "agent": name}
            keys[name] = admin.post("/v1/api-keys", made)["key"]
    return keys
