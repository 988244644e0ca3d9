"""A disk that fills up under load: said with 503, survived, and nothing accepted is lost."""

from __future__ import annotations

import asyncio
import random
import resource
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from harken.testing.processes import RunningHarken
from tests.chaos.verdict import assert_each_mention_went_its_way_once, indexed, read_folder
from tests.e2e.calling import Caller, eventually
from tests.e2e.conftest import Start
from tests.e2e.mentions import forum_mention

pytestmark = pytest.mark.e2e

SENDERS = 4
FULL_SECONDS = 4.0
BYTES_LEFT = (200_000, 0)
"""Room for growth beyond the largest file: the disk ends in the middle of work, or at once."""

MORE = {
    "/v1/agents": {"id": "late", "name": "Late"},
    "/v1/saved-replies": {"name": "late", "texts": {"en": "Late."}},
    "/v1/api-keys": {"name": "late", "roles": ["agent"]},
}


@dataclass(slots=True)
class Senders:
    """Each repeats its mention until it is accepted, and keeps what it was answered."""

    address: str
    key: str
    over: threading.Event = field(default_factory=threading.Event)
    accepted: set[str] = field(default_factory=set)
    refused: list[httpx.Response] = field(default_factory=list)

    def send(self, sender: int) -> None:
        rng = random.Random(sender)
        number = 0
        with Caller(self.address, self.key) as caller:
            while not self.over.is_set():
                mention = forum_mention(f"{sender}-{number}", f"person-{sender}-{number % 7}")
                answer = caller.send("POST", "/v1/mentions", mention)
                if answer.status_code == 202:
                    self.accepted.update(answer.json()["ids"])
                    number += 1
                else:
                    self.refused.append(answer)
                    time.sleep(rng.uniform(0.01, 0.05))


def test_a_full_disk_is_said_and_survived(start: Start, tmp_path: Path) -> None:
    harken = start()
    senders = Senders(harken.address, harken.key)
    with ThreadPoolExecutor() as threads, Caller(harken.address, harken.key) as admin:
        at_work = [threads.submit(senders.send, n) for n in range(SENDERS)]
        try:
            for left in BYTES_LEFT:
                grown(senders, 100)
                with full_disk(harken, tmp_path / "data", left):
                    was_refused = len(senders.refused)
                    eventually(lambda n=was_refused: len(senders.refused) > n + 20)  # type: ignore[misc]
                    ask_for_more(admin)
                    time.sleep(FULL_SECONDS)
                    assert is_well(harken, "healthz")
                    eventually(lambda: not is_well(harken, "readyz"))
                    assert admin.get("/v1/cases")["items"], "what is there can still be read"
            grown(senders, 100)
        finally:
            senders.over.set()
        for one in at_work:
            one.result()
        eventually(lambda: is_well(harken, "readyz"))
        eventually(lambda: all(ask_for_more(admin)))
        assert len(named_late(admin)) == len(MORE)
        eventually(
            lambda: admin.get("/v1/search", kind="mention")["total"] >= len(senders.accepted)
        )
        assert indexed(admin, "mention") == Counter(senders.accepted)
    assert harken.process.poll() is None
    assert harken.stop() == 0

    for answer in senders.refused:
        assert_says_when_to_come_again(answer)
    kept = asyncio.run(read_folder(tmp_path))
    assert kept.dead == 0
    assert_each_mention_went_its_way_once(kept, senders.accepted)


def grown(senders: Senders, by: int) -> None:
    """Waits until so many more were accepted."""
    goal = len(senders.accepted) + by
    eventually(lambda: len(senders.accepted) >= goal)


@contextmanager
def full_disk(harken: RunningHarken, data: Path, left: int) -> Iterator[None]:
    """No file of the process grows further than ``left`` bytes beyond its largest."""
    pid = harken.process.pid
    largest = max(file.stat().st_size for file in data.iterdir())
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + left, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def is_well(harken: RunningHarken, page: str) -> bool:
    return httpx.get(f"{harken.address}/{page}", trust_env=False).is_success


def ask_for_more(admin: Caller) -> list[bool]:
    """Asks for one thing of each kind, always with the same keys; whether each is there now."""
    there = []
    for path, body in MORE.items():
        answer = admin.send("POST", path, body, once="late")
        if not answer.is_success:
            assert_says_when_to_come_again(answer)
        there.append(answer.is_success)
    return there


def named_late(admin: Caller) -> list[str]:
    pages = [admin.get(path, limit=100)["items"] for path in MORE]
    return [item["name"] for items in pages for item in items if item["name"].lower() == "late"]


def assert_says_when_to_come_again(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("unavailable")
    assert int(answer.headers["retry-after"]) >= 1
