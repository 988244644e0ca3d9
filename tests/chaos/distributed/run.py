"""One run: the load, the strikes, the wait until nothing moves any more, the report."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harken.testing.fleet import Fleet
from harken.testing.processes import running_mastodon
from tests.chaos.distributed.doors import calling
from tests.chaos.distributed.faults import Plan, draw
from tests.chaos.distributed.keeper import Keeper
from tests.chaos.distributed.kept import records_of, rows_of, rule
from tests.chaos.distributed.report import Report
from tests.chaos.distributed.striking import Striking
from tests.chaos.distributed.team import QUICK, hire, on_duty
from tests.chaos.distributed.writers import Writers
from tests.chaos.ledger import Ledger
from tests.chaos.load import Load
from tests.chaos.verdict import indexed, read_network
from tests.chaos.victim import MOVING, enrol, host, say
from tests.e2e.calling import Caller, eventually
from tests.e2e.serve_null import SERVE
from tests.engines import local_engines

CUSTOMERS = [f"customer{n}" for n in range(40)]
QUICK_NETWORK = {
    "poll_quiet": "0.3",
    "poll_longest": "2",
    "network_timeout": "3",
    "retry_longest": "5",
    "postgres_connections": "8",
    # Longer than any engine is away: then whatever ends by itself has a fault.
    "start_patience": "300",
}
WRITERS = 3
PATIENCE = 600.0
"""Seconds for everything to catch up: a bound, not a promise."""


def run(plan: Plan, lot: int, folder: Path) -> Report:
    """Raises ``AssertionError`` where something is not as promised while it runs."""
    with (
        running_mastodon(folder / "network.jsonl", said=folder / "network.txt") as network,
        Fleet.on(local_engines(), folder, program=SERVE, **QUICK_NETWORK) as fleet,
    ):
        asyncio.run(rule(fleet, QUICK))
        with Keeper(fleet) as keeper:
            return _on(fleet, keeper, network, plan, lot)


def _on(fleet: Fleet, keeper: Keeper, network: str, plan: Plan, lot: int) -> Report:
    enrol(network, CUSTOMERS)
    keeper.until_ready()
    call = calling(keeper.addresses("ingest"), keeper.addresses("api"))
    ledger = Ledger()
    load = Load(call, network, ledger, threading.Event())
    striking = Striking(keeper, draw(lot, plan))
    writers = Writers(load, fleet.key, plan.mentions, lambda: striking.done, plan.mentions // 8)
    began = time.monotonic()
    with call(fleet.key) as admin:
        keys = hire(admin, network)
    with _under(load, keys, lot) as people:
        writing = [
            people.submit(writers.write, f"w{n}", random.Random(f"{lot} writer {n}"))
            for n in range(WRITERS)
        ]
        striking.strike()
        for one in writing:
            one.result()
    ended = time.monotonic()
    keeper.until_ready()
    expected = ledger.accepted | read_network(network).mentions(host(network))
    say(f"the load is over: {len(expected)} mentions, {len(ledger.asked)} replies asked for")
    say(f"refused: {dict(Counter(ledger.refused.values()))}, outages: {dict(ledger.outages)}")
    with call(fleet.key) as admin:
        _catch_up(admin, ledger, expected)
        caught_up = time.monotonic() - ended
        kept = asyncio.run(rows_of(fleet))
        found = {kind: indexed(admin, kind) for kind in ("mention", "case", "reply")}
    statuses = keeper.stop()
    assert set(statuses.values()) == {0}, statuses
    return Report(
        ledger,
        expected,
        kept,
        read_network(network),
        found,
        asyncio.run(records_of(fleet)),
        striking.told,
        keeper.ended,
        ended - began,
        caught_up,
    )


@contextmanager
def _under(load: Load, keys: dict[str, str], lot: int) -> Iterator[ThreadPoolExecutor]:
    """Everybody works within the block; at its end they finish what they began."""
    with ThreadPoolExecutor(len(CUSTOMERS)) as people:  # all at once, whatever the cores
        at_work: list[Future[Any]] = [
            people.submit(load.customers, CUSTOMERS, random.Random(f"{lot} customers")),
            people.submit(load.bad_luck, random.Random(f"{lot} luck")),
            *(people.submit(one.serve, keys[one.name]) for one in on_duty(load, lot)),
        ]
        try:
            yield people
        finally:
            load.over.set()
        for one in at_work:
            one.result()


def _catch_up(admin: Caller, ledger: Ledger, expected: set[str]) -> None:
    """Returns when all of it is found and nothing moves any more."""
    _until(lambda: admin.get("/v1/search", kind="mention")["total"] >= len(expected))
    for id_ in ledger.asked:
        _until(lambda id_=id_: admin.get(f"/v1/replies/{id_}")["state"] not in MOVING)  # type: ignore[misc]
    _until(lambda: indexed(admin, "reply").keys() >= ledger.asked.keys())
    _until(lambda: not indexed(admin, "mention").keys() ^ expected)


def _until(look: Callable[[], bool]) -> None:
    eventually(look, patience=PATIENCE)
