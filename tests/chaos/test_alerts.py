"""Kill -9 at random moments while trackers match: every match is told, each under one id."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import httpx
import pytest

from harken.testing.processes import free_port
from tests.chaos.victim import Victim, kill_often, say, seed
from tests.e2e.calling import Caller, eventually
from tests.e2e.hooks import Hook, running_hook
from tests.e2e.mentions import forum_mention

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

KILLS = 8
LONGEST_LIFE = 3.0
AT_ONCE = 5


def test_every_match_is_told_whenever_it_is_killed(tmp_path: Path) -> None:
    rng, over, taken = random.Random(seed()), threading.Event(), set[str]()
    with running_hook() as hook, Victim(tmp_path, free_port()) as victim:
        with Caller(victim.harken.address, victim.harken.key) as admin:
            pager = {"name": "Pager", "by": "webhook", "url": hook.address}
            receiver = admin.post("/v1/alert-receivers", pager)["id"]
            alert = {"when": "each", "receivers": [receiver]}
            admin.post("/v1/trackers", {"name": "T", "query": "kettle", "alerts": [alert]})
        key, address = victim.harken.key, victim.harken.address
        with ThreadPoolExecutor() as people:
            sending = people.submit(send, address, key, over, taken)
            try:
                kill_often(victim, rng, KILLS, LONGEST_LIFE)
            finally:
                over.set()
            sending.result()
        with Caller(address, key) as admin:
            told = eventually(lambda: all_told(admin, taken))
        assert victim.harken.stop() == 0
    assert_told(hook, told)
    say(f"{len(taken)} matches told by {len(hook.calls)} calls")
    assert len(taken) >= KILLS * AT_ONCE


def send(address: str, key: str, over: threading.Event, taken: set[str]) -> None:
    """Each batch until it is accepted: repeating is harmless."""
    with Caller(address, key) as ingest:
        for number in count():
            if over.is_set():
                return
            batch = [forum_mention(f"{number}-{place}", f"a{place}") for place in range(AT_ONCE)]
            while True:
                try:
                    answer = ingest.send("POST", "/v1/mentions", batch)
                except httpx.HTTPError:
                    over.wait(0.05)
                    continue
                if answer.status_code == 202:
                    taken.update(answer.json()["ids"])
                    break


def all_told(admin: Caller, taken: set[str]) -> dict[str, str]:
    """Each mention with its alert, once every one of them was told."""
    found: dict[str, str] = {}
    cursor: dict[str, str] = {}
    while True:
        page = admin.get("/v1/alerts", limit=200, **cursor)
        for alert in page["items"]:
            [mention] = alert["mentions"]
            assert mention["id"] not in found
            if [each["state"] for each in alert["deliveries"]] == ["delivered"]:
                found[mention["id"]] = alert["id"]
        if page["next_cursor"] is None:
            return found if found.keys() >= taken else {}
        cursor = {"cursor": page["next_cursor"]}


def assert_told(hook: Hook, told: dict[str, str]) -> None:
    """Each alert came, and all its calls had one id of its own."""
    ids: dict[str, set[str]] = {}
    for call in hook.calls:
        ids.setdefault(call.told["data"]["id"], set()).add(call.headers["webhook-id"])
    assert ids.keys() == set(told.values())
    used = Counter(id_ for each in ids.values() for id_ in each)
    assert all(len(each) == 1 for each in ids.values())
    assert set(used.values()) == {1}
