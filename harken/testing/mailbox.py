"""A mail server on this machine that keeps what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from harken.testing.processes import free_port


@dataclass(slots=True)
class Mailbox:
    """Addresses that start with ``no`` are refused."""

    port: int
    raw: list[bytes] = field(default_factory=list)

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(each, EmailMessage, policy=default) for each in self.raw]

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, _: Any, __: Any, envelope: Any, address: str, ___: Any
    ) -> str:
        if address.startswith("no"):
            return "550 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802
        self.raw.append(envelope.content)
        return "250 OK"


@contextmanager
def running_mailbox() -> Iterator[Mailbox]:
    """Listens in a thread of its own, without TLS."""
    box = Mailbox(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
