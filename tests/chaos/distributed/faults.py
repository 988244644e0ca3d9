"""What goes wrong, and in which order: drawn from a seed, so that a run can be had again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SERVICES = ("ingest", "sentiment", "router", "responder", "search", "api")
REPLICAS = 2


class Place(NamedTuple):
    service: str
    number: int

    def __str__(self) -> str:
        return f"{self.service}-{self.number}"


PLACES = tuple(Place(service, number) for service in SERVICES for number in range(REPLICAS))


@dataclass(frozen=True, slots=True)
class Killed:
    """-9, and started again after ``seconds``."""

    place: Place
    seconds: float


@dataclass(frozen=True, slots=True)
class Paused:
    """SIGSTOP, and SIGCONT after ``seconds``: for the others it is as if it were dead."""

    place: Place
    seconds: float


@dataclass(frozen=True, slots=True)
class Away:
    """An engine is killed (-9), and started again after ``seconds``."""

    engine: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Severed:
    """PostgreSQL ends connections of its clients: one, or everybody's as when a backend
    crashes."""

    everybody: bool


Fault = Killed | Paused | Away | Severed


class Strike(NamedTuple):
    """``after`` so many seconds since the hand's last one was over."""

    after: float
    fault: Fault


@dataclass(frozen=True, slots=True)
class Plan:
    """``away`` and ``paused`` are taken in a drawn order, ``kills`` at drawn places.

    It lasts about ``seconds``.
    """

    mentions: int
    kills: int
    away: Sequence[Away]
    paused: Sequence[tuple[str, float]]
    severed: Sequence[bool]
    seconds: float


def draw(lot: int, plan: Plan) -> list[list[Strike]]:
    """Three hands strike side by side, each one blow after the other: at processes, at engines,
    and at those that it stops for a while.
    """
    rng = random.Random(lot)
    kills: list[Fault] = [Killed(place, rng.uniform(0, 4)) for place in _places(rng, plan.kills)]
    kills += [Severed(each) for each in plan.severed]
    paused = [Paused(Place(name, rng.randrange(REPLICAS)), long) for name, long in plan.paused]
    hands: list[list[Fault]] = [kills, [*plan.away], [*paused]]
    for hand in hands:
        rng.shuffle(hand)
    return [_spread(rng, hand, plan.seconds) for hand in hands if hand]


def _spread(rng: random.Random, faults: Sequence[Fault], seconds: float) -> list[Strike]:
    """Over so long a time, as far as they leave any."""
    left = max(0.0, seconds - sum(getattr(fault, "seconds", 0.0) for fault in faults))
    shares = [rng.random() for _ in faults]
    return [
        Strike(left * share / sum(shares), fault)
        for share, fault in zip(shares, faults, strict=True)
    ]


def _places(rng: random.Random, count: int) -> Iterator[Place]:
    """Each as often as any other, give or take one."""
    left: list[Place] = []
    for _ in range(count):
        if not left:
            left = rng.sample(PLACES, len(PLACES))
        yield left.pop()
