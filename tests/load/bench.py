"""`make bench`: what the pipeline and the model do on this machine, measured in one run.

Figures of one run may be compared with each other, never with another machine's.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles

import httpx
from sqlalchemy import select

from cli.demo.script import load
from cli.embedded import open_embedded
from harken.domain.tone import ToneText
from harken.events.codec import decode_tagged
from harken.events.v1.tone_pb2 import TaggedMention
from harken.runtime.settings import Settings
from harken.store.schema.router import DECISIONS, MENTIONS
from harken.testing.processes import RunningHarken, start_harken
from services.sentiment.tone import load_model
from tests.e2e.serve_null import start_null

BATCH = 250
"""Mentions per intake request, where it is not the requests that are measured."""
AGENT = {"name": "Bench", "capacity": 1_000, "skills": [{"name": "crisis", "level": 5}]}
AGENTS = 100
"""So many that capacity is never what an assignment waits for."""

Starter = Callable[[Path], RunningHarken]
_runs = itertools.count(1)


def texts(count: int) -> list[str]:
    """The demo's posts, in turn; the number keeps them from being equal."""
    said = [post for all_ in load().values() for one in all_ for post in one.posts]
    return [f"{said[n % len(said)]} ({n})" for n in range(count)]


def mentions(count: int) -> list[dict[str, object]]:
    run = next(_runs)
    return [
        {
            "network": "forum",
            "source_id": f"{run}-{n}",
            "author": {"id": f"u{run}-{n % max(count // 2, 1)}"},
            "text": text,
            "created_at": "2026-03-01T09:30:00Z",
        }
        for n, text in enumerate(texts(count))
    ]


def client(running: RunningHarken) -> httpx.Client:
    return httpx.Client(
        base_url=running.address,
        headers={"Authorization": f"Bearer {running.key}"},
        timeout=60,
        trust_env=False,
    )


def model_alone(count: int) -> float:
    """Texts/s of the bundled model on two threads, in the stage's batches."""
    model = load_model()
    asked = [ToneText(text) for text in texts(count)]
    model.tag(asked[:64])
    started = time.perf_counter()
    for start in range(0, len(asked), 256):
        model.tag(asked[start : start + 256])
    return count / (time.perf_counter() - started)


def end_to_end(start: Starter, count: int) -> tuple[float, float]:
    """Mentions/s from the first request to the last mention found by search; MiB at the end."""
    with tempfile.TemporaryDirectory() as folder:
        running = start(Path(folder))
        try:
            with client(running) as api:
                send(api, mentions(100))
                until_indexed(api, 100)
                started = time.perf_counter()
                send(api, mentions(count))
                until_indexed(api, 100 + count)
                return count / (time.perf_counter() - started), resident(running.process.pid)
        finally:
            running.stop()


def send(api: httpx.Client, said: Sequence[dict[str, object]]) -> None:
    for start in range(0, len(said), BATCH):
        answer = api.post("/v1/mentions", json=said[start : start + BATCH])
        answer.raise_for_status()


def until_indexed(api: httpx.Client, count: int) -> None:
    while indexed(api) < count:
        time.sleep(0.05)


def indexed(api: httpx.Client) -> int:
    """Mentions that search finds; none while the index is away."""
    answer = api.get("/v1/search", params={"kind": "mention", "limit": 1})
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        return 0
    return int(answer.raise_for_status().json()["total"])


async def _requests(running: RunningHarken, seconds: float, concurrency: int) -> float:
    headers = {"Authorization": f"Bearer {running.key}"}
    done = 0
    deadline = time.perf_counter() + seconds
    said = iter(mentions(100_000))

    async def caller(api: httpx.AsyncClient) -> None:
        nonlocal done
        while time.perf_counter() < deadline:
            (await api.post("/v1/mentions", json=next(said))).raise_for_status()
            done += 1

    async with httpx.AsyncClient(base_url=running.address, headers=headers, timeout=60) as api:
        await asyncio.gather(*(caller(api) for _ in range(concurrency)))
    return done / seconds


def intake_requests(seconds: float = 5.0, concurrency: int = 32) -> float:
    """Requests/s with one mention each, each answered after it is durable; model null."""
    with tempfile.TemporaryDirectory() as folder:
        running = start_null(Path(folder))
        try:
            return asyncio.run(_requests(running, seconds, concurrency))
        finally:
            running.stop()


def to_assignment(start: Starter, rate: float, seconds: float) -> list[float]:
    """Seconds from receipt to assignment, of each assigned case's first mention."""
    with tempfile.TemporaryDirectory() as folder:
        running = start(Path(folder))
        try:
            with client(running) as api:
                for n in range(AGENTS):
                    staff(api, running.address, f"bench-{n}")
                at_a_rate(api, rate, seconds)
                until_indexed(api, round(rate * seconds))
        finally:
            running.stop()
        return asyncio.run(_waits(Path(folder) / "data"))


def staff(api: httpx.Client, address: str, agent: str) -> None:
    api.post("/v1/agents", json={"id": agent, **AGENT}).raise_for_status()
    made = api.post("/v1/api-keys", json={"name": agent, "roles": ["agent"], "agent": agent})
    token = made.raise_for_status().json()["key"]
    httpx.put(
        f"{address}/v1/me/status",
        json={"status": "available"},
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    ).raise_for_status()


def at_a_rate(api: httpx.Client, rate: float, seconds: float) -> None:
    """Ten requests a second, each with its share."""
    said = mentions(round(rate * seconds))
    share = max(1, round(rate / 10))
    started = time.perf_counter()
    for n, place in enumerate(range(0, len(said), share)):
        time.sleep(max(0.0, started + n / 10 - time.perf_counter()))
        api.post("/v1/mentions", json=said[place : place + share]).raise_for_status()


async def _waits(data: Path) -> list[float]:
    decisions = select(DECISIONS.c.case_id, DECISIONS.c.at, DECISIONS.c.body).order_by(
        DECISIONS.c.at.desc()
    )
    async with open_embedded(Settings(data=data)) as embedded, embedded.store.reading() as snapshot:
        rows = snapshot.across_tenants()
        decided = {
            row.case_id: row.at
            for row in await rows.all(decisions)
            if json.loads(row.body)["kind"] == "assigned"
        }
        placed = await rows.all(select(MENTIONS.c.case_id, MENTIONS.c.tagged))
    received: dict[str, int] = {}
    for row in placed:
        message = TaggedMention()
        message.ParseFromString(bytes(row.tagged))
        at = decode_tagged(message).mention.received_at
        received[row.case_id] = min(at, received.get(row.case_id, at))
    return [(decided[case] - received[case]) / 1_000_000 for case in decided if case in received]


def resident(process: int) -> float:
    """MiB of memory in use; nan where the system does not say."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4_000, help="mentions per measurement")
    count = parser.parse_args().count
    print(f"Each figure over {count} of the demo's posts, in five languages, in this one run.\n")
    alone = model_alone(count)
    report("the model alone, two threads", f"{alone:,.0f} texts/s")
    with_model, memory = end_to_end(start_harken, count)
    report("intake to index with the model", f"{with_model:,.0f} mentions/s")
    report("  of the model alone (goal 0.6)", f"{with_model / alone:.2f}")
    report("  memory of the process", f"{memory:,.0f} MiB")
    without, memory = end_to_end(start_null, count)
    report("intake to index with a null model", f"{without:,.0f} mentions/s")
    report("  memory of the process", f"{memory:,.0f} MiB")
    report("intake, one mention a request", f"{intake_requests():,.0f} requests/s")
    half = with_model / 2
    waits = sorted(to_assignment(start_harken, half, min(20.0, count / half)))
    cuts = quantiles(waits, n=100)
    report(f"receipt to assignment at {half:,.0f}/s, p50", f"{cuts[49] * 1000:,.0f} ms")
    report(f"receipt to assignment at {half:,.0f}/s, p99", f"{cuts[98] * 1000:,.0f} ms")
    report("  over assignments", f"{len(waits):,}")


def report(what: str, figure: str) -> None:
    print(f"{what:<48}{figure:>20}", flush=True)


if __name__ == "__main__":
    main()
