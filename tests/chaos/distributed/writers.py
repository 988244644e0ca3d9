"""Programs that hand mentions over by the thousand, each batch until it is accepted."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.load import COMPLAINTS, Load
from tests.e2e.calling import Caller
from tests.e2e.mentions import forum_mention

MOST_AT_ONCE = 40
LEAD = 0.04
"""How far the mentions may be ahead of what goes wrong, as a share of all of them."""
URGENT = "Your kettle caught fire in our kitchen, my daughter is hurt."


@dataclass(slots=True)
class Writers:
    """They go at the pace at which things go wrong, in bursts: all of it happens under load.

    ``done`` is the share of what goes wrong that is over.
    """

    load: Load
    key: str
    count: int
    done: Callable[[], float]
    authors: int
    taken: int = 0
    repeated: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, name: str, rng: random.Random) -> None:
        """One of them, until all of them together have written enough."""
        number = 0
        with self.load.call(self.key) as caller:
            while size := self._next(rng):
                if self.taken > self.count * (self.done() + LEAD):
                    self._give_back(size)
                    if self.load.over.wait(rng.uniform(0.1, 1.0)):
                        return
                    continue
                number += 1
                batch = [self._mention(f"{name}-{number}-{n}", rng) for n in range(size)]
                self._hand_over(caller, batch)
                if rng.random() < 0.05:  # its sender has not heard, or forgot
                    self.repeated += size
                    self._hand_over(caller, batch)

    def _hand_over(self, caller: Caller, batch: list[dict[str, Any]]) -> None:
        answer = self.load.insist(caller, "POST", "/v1/mentions", batch)
        assert answer.status_code == 202, answer.text
        told = answer.json()
        assert not told["rejected"], told
        assert told["accepted"] + told["duplicates"] == len(batch), told
        self.load.ledger.accepted.update(told["ids"])

    def _mention(self, id_: str, rng: random.Random) -> dict[str, Any]:
        lot = rng.random()
        text = URGENT if lot < 0.01 else f"{rng.choice(COMPLAINTS)} ({id_})"
        mention = forum_mention(id_, f"author-{rng.randrange(self.authors)}", text)
        return {**mention, "historical": True} if lot > 0.9 else mention

    def _next(self, rng: random.Random) -> int:
        with self._lock:
            size = min(rng.randint(1, MOST_AT_ONCE), self.count - self.taken)
            self.taken += size
            return size

    def _give_back(self, size: int) -> None:
        with self._lock:
            self.taken -= size
