"""Agents on duty: work is handed to them, critical work is offered, and they are not reliable."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

import httpx

from tests.chaos.ledger import Taken
from tests.chaos.load import Load
from tests.e2e.calling import Caller

LATE = 0.05
"""Seconds after an offer's end, by its own time, from which on it must be refused."""


class Mood(Enum):
    """What an agent does with an offer."""

    ACCEPT = "accept"
    DECLINE = "decline"
    IGNORE = "ignore"
    ACCEPT_LATE = "accept late"


MOODS = (Mood.ACCEPT, Mood.DECLINE, Mood.IGNORE, Mood.ACCEPT, Mood.ACCEPT_LATE, Mood.ACCEPT)


@dataclass(slots=True)
class Duty:
    """One agent's. What becomes of an offer, all agents take from ``moods`` in turn: however few
    there are, some are declined, some ignored, some accepted when they are over."""

    load: Load
    name: str
    rng: random.Random
    moods: Iterator[Mood]
    answered: set[tuple[str, int]] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)

    def serve(self, key: str) -> None:
        with self.load.call(key) as caller:
            while not self.load.over.wait(self.rng.uniform(0.05, 0.2)):
                self.ask(caller, "PUT", "/v1/me/status", {"status": "available"})
                desk = self.load.insist(caller, "GET", "/v1/me/assignments").json()
                for offer in desk["offers"]:
                    if offer["id"] not in self.settled:
                        self.settled.add(offer["id"])
                        self.settle(caller, offer)
                for case in desk["cases"]:
                    self.work(caller, case)

    def settle(self, caller: Caller, offer: dict[str, Any]) -> None:
        path, mood = f"/v1/offers/{offer['id']}", next(self.moods)
        if mood is Mood.IGNORE:
            return
        if mood is Mood.DECLINE:
            answer = self.ask(caller, "POST", f"{path}/decline")
            assert answer.status_code in (200, 409), answer.text
            return
        over = datetime.fromisoformat(offer["until"]).timestamp() + LATE
        if mood is Mood.ACCEPT_LATE:
            threading.Event().wait(max(0.0, over - time.time()))
        late = time.time() >= over
        answer = self.ask(caller, "POST", f"{path}/accept")
        assert answer.status_code == 409 or (answer.is_success and not late), answer.text
        if answer.status_code == 409:
            self.load.ledger.refused_offers.add(offer["id"])
        elif (shown := answer.json())["assignee"] == self.name:
            self.load.ledger.accepted_offers.add(offer["id"])
            taken = Taken(shown["id"], shown["fence"])
            self.load.ledger.taken.setdefault(taken, set()).add(self.name)

    def work(self, caller: Caller, case: dict[str, Any]) -> None:
        """Answers what is new; some cases are then done with, which makes room for others."""
        if case["state"] == "assigned" and (case["id"], case["posts"]) not in self.answered:
            self.answered.add((case["id"], case["posts"]))
            self.load.answer(caller, self.name, case["id"], self.rng)
        elif self.rng.random() < 0.3:
            path = f"/v1/cases/{case['id']}/resolve"
            done = self.ask(caller, "POST", path, {"outcome": "solved"}, seen=case["revision"])
            assert done.status_code in (200, 404, 409, 412), done.text

    def ask(
        self, caller: Caller, method: str, path: str, body: Any = None, *, seen: int = 0
    ) -> httpx.Response:
        once = str(uuid.UUID(int=self.rng.getrandbits(128)))
        return self.load.insist(caller, method, path, body, once if method == "POST" else "", seen)
