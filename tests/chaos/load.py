"""Those outside: senders of mentions, customers on the network, agents, and bad luck."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tests.chaos.ledger import Asked, Ledger, Taken
from tests.e2e.calling import Caller
from tests.e2e.mentions import forum_mention

PATIENCE = 600.0
"""Seconds that somebody goes on asking: longer than any engine is away."""
PAUSE = 0.1
AT_ONCE = 3
"""Cases that an agent takes in one go: few enough to be after the same ones as the others."""
EXPECTED = frozenset({200, 201, 202, 404, 409, 412, 422, 503})
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "delay", "when": "after", "seconds": 0.7},
    {"kind": "delay", "when": "before", "seconds": 0.7},
    {"kind": "drop", "when": "after"},
    {"kind": "drop", "when": "before"},
    {"kind": "error", "when": "after", "status": 502},
    {"kind": "error", "when": "before", "status": 503},
)
COMPLAINTS = (
    "My kettle leaks since yesterday.",
    "The lid came off and nobody answers my letters.",
    "Third parcel in a row that arrives broken, what now?",
    "When will the blue one be back in the shop?",
)


@dataclass(slots=True)
class Load:
    """Each method is one person's day, ended by ``over``; all may run side by side.

    ``call`` makes a caller with that key.
    """

    call: Callable[[str], Caller]
    network: str
    ledger: Ledger
    over: threading.Event

    def sender(self, key: str, rng: random.Random) -> None:
        """A program that hands mentions over and repeats each until it is accepted."""
        with self.call(key) as caller:
            number = 0
            while not self.over.wait(rng.uniform(0.02, 0.2)):
                number += 1
                mention = forum_mention(f"post-{number}", f"person-{rng.randrange(30)}")
                answer = self.insist(caller, "POST", "/v1/mentions", mention)
                assert answer.status_code == 202, answer.text
                self.ledger.accepted.update(answer.json()["ids"])

    def customers(
        self, names: list[str], rng: random.Random, complaints: Sequence[str] = COMPLAINTS
    ) -> None:
        """They write to the brand on the network, which does not go down."""
        with httpx.Client(base_url=self.network, trust_env=False, timeout=30.0) as client:
            while not self.over.wait(rng.uniform(0.2, 0.8)):
                name, once = rng.choice(names), str(uuid.UUID(int=rng.getrandbits(128)))
                text = f"@northkettle {rng.choice(complaints)}"
                _post_status(client, name, text, once)

    def agent(self, name: str, key: str, rng: random.Random) -> None:
        """Takes cases that nobody has, racing the others for them, and answers what is theirs."""
        answered: set[tuple[str, int]] = set()
        with self.call(key) as caller:
            while not self.over.wait(rng.uniform(0.05, 0.2)):
                waiting = self.cases(caller, "unassigned")[:AT_ONCE]
                for case in rng.sample(waiting, len(waiting)):
                    self.take(caller, name, case["id"], rng)
                for case in self.cases(caller, "mine"):
                    if case["state"] == "assigned" and (case["id"], case["posts"]) not in answered:
                        answered.add((case["id"], case["posts"]))
                        self.answer(caller, name, case["id"], rng)

    def bad_luck(self, rng: random.Random) -> None:
        """Arms the network's faults, one at a time."""
        with httpx.Client(base_url=self.network, trust_env=False) as client:
            while not self.over.wait(rng.uniform(0.5, 2.5)):
                client.post("/harken/faults", json=rng.choice(FAULTS)).raise_for_status()
            client.delete("/harken/faults").raise_for_status()

    def cases(self, caller: Caller, view: str) -> list[dict[str, Any]]:
        query = f"/v1/cases?view={view}&network=mastodon&limit=50"
        found: list[dict[str, Any]] = self.insist(caller, "GET", query).json()["items"]
        return found

    def take(self, caller: Caller, name: str, case: str, rng: random.Random) -> None:
        path, once = f"/v1/cases/{case}/assign", str(uuid.UUID(int=rng.getrandbits(128)))
        answer = self.insist(caller, "POST", path, {}, once)
        assert answer.status_code in (200, 409), answer.text
        if answer.is_success and (shown := answer.json())["assignee"] == name:
            self.ledger.taken.setdefault(Taken(case, shown["fence"]), set()).add(name)

    def answer(self, caller: Caller, name: str, case: str, rng: random.Random) -> None:
        once = str(uuid.UUID(int=rng.getrandbits(128)))
        text = f"We are on it, {name} of support (our number {once[:8]})."
        path = f"/v1/cases/{case}/replies"
        answer = self.insist(caller, "POST", path, {"text": text}, once)
        if answer.is_success:
            self.ledger.asked[answer.json()["id"]] = Asked(case, text)
        else:
            assert answer.status_code in (409, 422), answer.text
            self.ledger.refused[text] = answer.json()["type"]

    def insist(
        self,
        caller: Caller,
        method: str,
        path: str,
        body: Any = None,
        once: str = "",
        seen: int = 0,
    ) -> httpx.Response:
        """Repeats the request, with the same key, until there is an answer for good."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                answer = caller.send(method, path, body, once=once, seen=seen)
            except httpx.TransportError as error:
                self.ledger.outages[type(error).__name__] += 1
            else:
                assert answer.status_code in EXPECTED, answer.text
                later = "retry-after" in answer.headers
                if answer.status_code != 503 and not later:
                    return answer
                assert later, "a 503 has to say when to come again"
                self.ledger.outages[str(answer.status_code)] += 1
                self.ledger.turned_away += path == "/v1/mentions"
            threading.Event().wait(PAUSE)
        raise AssertionError(f"no answer for good: {method} {path}")


def _post_status(client: httpx.Client, name: str, text: str, once: str) -> None:
    headers = {"Authorization": f"Bearer {name}-token", "Idempotency-Key": once}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if client.post("/api/v1/statuses", json={"status": text}, headers=headers).is_success:
                return
        except httpx.TransportError:
            pass
        threading.Event().wait(PAUSE)
    raise AssertionError("the network takes nothing any more")
