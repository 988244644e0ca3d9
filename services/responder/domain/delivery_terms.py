"""How long each step of a delivery may take, and what cannot happen in it."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.reply import Reply
from harken.domain.time import Duration, hours, minutes, seconds
from services.responder.domain.delivery_events import Event


@dataclass(frozen=True, slots=True)
class Terms:
    """How long each step takes at the most.

    ``lease``: from CLAIMED to SENDING. ``deadline``: from SENDING to the end of the exchange.
    ``lag``: from ``send_by`` until the network shows whatever reached it before. ``between``: the
    two looks. ``unreadable``: how long a thread may stay unreadable before a person decides.
    ``margin``: how much sooner than the network we take its keys for forgotten. ``tries``: attempts
    without an answer after which a person decides, whatever the network remembers.
    """

    lease: Duration
    deadline: Duration
    lag: Duration
    between: Duration
    unreadable: Duration
    margin: Duration
    tries: int


USUAL = Terms(
    lease=seconds(30),
    deadline=seconds(15),
    lag=seconds(10),
    between=seconds(20),
    unreadable=hours(1),
    margin=minutes(2),
    tries=3,
)


class Impossible(Exception):
    """The event cannot happen in this state."""

    def __init__(self, reply: Reply, event: Event, why: str = "") -> None:
        detail = f": {why}" if why else ""
        super().__init__(f"{type(event).__name__} in {reply.state.value}{detail}")


class Superseded(Impossible):
    """The event is an earlier claim's: another worker has it by now."""


class PostedTwice(Impossible):
    """The network has it under two ids: rule 2 or 3 was broken outside of our power."""
