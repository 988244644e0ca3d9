"""Sending one alert to one receiver."""

from __future__ import annotations

from typing import Protocol

from harken.domain.time import Instant
from services.ingest.domain.alert import Alert
from services.ingest.domain.receiver import Receiver


class NotDelivered(Exception):
    """``wait`` is how many seconds the receiver asks for; ``final`` where trying again is no use.

    The message is for people to read, and holds no secret.
    """

    def __init__(self, why: str, wait: float = 0.0, *, final: bool = False) -> None:
        super().__init__(why)
        self.wait = wait
        self.final = final


class Sender(Protocol):
    async def send(self, receiver: Receiver, alert: Alert, id_: str, now: Instant, /) -> str:
        """Returns once the receiver has it, with a note on what it refused in part ("" for none).

        ``id_`` is the same at each attempt. Raises `NotDelivered`; ends within its deadline.
        """
        ...
