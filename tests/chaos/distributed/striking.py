"""Carries the strikes out, at processes and at engines."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg

from deploy.local import engines, place
from tests.chaos.distributed.faults import Away, Fault, Killed, Paused, Severed, Strike
from tests.chaos.distributed.keeper import Keeper
from tests.chaos.victim import say

OF_CLIENTS = (
    "datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


@dataclass(slots=True)
class Striking:
    """``done`` is the share of all strikes that are over; ``told`` counts them by kind."""

    keeper: Keeper
    hands: Sequence[Sequence[Strike]]
    told: Counter[str] = field(default_factory=Counter)
    _over: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def strike(self) -> None:
        """Returns when everything was done, and everything was started again."""
        with ThreadPoolExecutor(len(self.hands)) as hands:
            for done in [hands.submit(self._follow, hand) for hand in self.hands]:
                done.result()

    @property
    def done(self) -> float:
        return self._over / sum(map(len, self.hands))

    def _follow(self, hand: Sequence[Strike]) -> None:
        for after, fault in hand:
            time.sleep(after)
            began = time.monotonic()
            what = self._carry_out(fault)
            with self._lock:
                self._over += 1
                self.told[what] += 1
            say(f"{self.done:4.0%} {fault} took {time.monotonic() - began:.0f} s")

    def _carry_out(self, fault: Fault) -> str:
        match fault:
            case Killed(at, seconds):
                self.keeper.kill(at, seconds)
                return f"{at.service} killed"
            case Paused(at, seconds):
                self.keeper.pause(at, seconds)
                return f"{at.service} paused"
            case Away(engine, seconds):
                engines.kill(engine)
                time.sleep(seconds)
                engines.start([engine])
                return f"{engine} killed"
            case Severed(everybody):
                sever(everybody=everybody)
                return "connections severed"


def sever(*, everybody: bool) -> None:
    """By PostgreSQL itself, in the middle of whatever they do."""
    which = OF_CLIENTS if everybody else f"{OF_CLIENTS} ORDER BY query_start DESC LIMIT 1"
    ask = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {which}"  # noqa: S608
    try:
        with psycopg.connect(place.POSTGRES_SUPERUSER) as connection:
            connection.execute(ask.encode())
    except psycopg.OperationalError:
        pass  # it is away: nobody has a connection
