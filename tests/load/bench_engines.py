"""`make bench ENGINES=1`: what the services do on the real engines, beside one process.

Everything is on this one machine, so the processes and the servers share its cores: the figures
say what the way through the engines costs, not what a cluster reaches.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from harken.testing.fleet import SERVE, Fleet
from harken.testing.processes import start_harken
from tests.e2e.serve_null import SERVE as SERVE_NULL
from tests.e2e.serve_null import start_null
from tests.engines import local_engines
from tests.load import bench
from tests.load.bench import report
from tests.load.index_rates import index_rates
from tests.load.kafka_rates import kafka_rates

AWAY = ("sentiment", "router", "search")
"""What stands still while the backlog of `recovery` grows."""


@contextmanager
def fleet(program: Sequence[str]) -> Iterator[tuple[Fleet, httpx.Client, httpx.Client]]:
    """One process of each service; callers of its intake and of its API."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Fleet.on(local_engines(), Path(folder), program=program) as running,
    ):
        running.start_all()
        with client(running, "ingest") as intake, client(running, "api") as api:
            yield running, intake, api


def client(running: Fleet, service: str) -> httpx.Client:
    return httpx.Client(
        base_url=running.address(service),
        headers={"Authorization": f"Bearer {running.key}"},
        timeout=60,
        trust_env=False,
    )


def end_to_end(program: Sequence[str], count: int) -> float:
    """Mentions/s from the first request to the last mention found by search."""
    with fleet(program) as (_, intake, api):
        bench.send(intake, bench.mentions(100))
        bench.until_indexed(api, 100)
        started = time.perf_counter()
        bench.send(intake, bench.mentions(count))
        bench.until_indexed(api, 100 + count)
        return count / (time.perf_counter() - started)


def recovery(count: int) -> tuple[float, float]:
    """Seconds from the start of the processes that were killed until they have caught up with
    ``count`` mentions, and the first until they are ready for work again."""
    with fleet(SERVE_NULL) as (running, intake, api):
        bench.send(intake, bench.mentions(100))
        bench.until_indexed(api, 100)
        for name in AWAY:
            running.one(name).kill()
        bench.send(intake, bench.mentions(count))
        started = time.perf_counter()
        for name in AWAY:
            running.start(name)
        ready = time.perf_counter() - started
        bench.until_indexed(api, 100 + count)
        return time.perf_counter() - started, ready


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4_000, help="mentions per measurement")
    count = parser.parse_args().count
    print(f"\nOn the real engines, and beside them one process; {count} mentions each.\n")
    asyncio.run(kafka_rates(10 * count))
    asyncio.run(index_rates(count))
    for model, one, many in (("the", start_harken, SERVE), ("a null", start_null, SERVE_NULL)):
        embedded, _ = bench.end_to_end(one, count)
        report(f"intake to index with {model} model, one process", f"{embedded:,.0f} mentions/s")
        distributed = end_to_end(many, count)
        report("  one process of each service, engines", f"{distributed:,.0f} mentions/s")
        report("  of the one process", f"{distributed / embedded:.2f}")
    caught_up, ready = recovery(count)
    report(f"{', '.join(AWAY)} back: answer after", f"{ready:,.1f} s")
    report(f"  {count} mentions behind, caught up after", f"{caught_up:,.1f} s")


if __name__ == "__main__":
    main()
