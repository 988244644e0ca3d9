"""Networks to be heard and answered on, each a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple, Protocol

import httpx

from harken.testing.processes import free_port, running_mastodon, running_webhook_network
from harken.testing.webhook_network.network import DEFAULT_SECRET
from tests.e2e.calling import Caller


class Answered(NamedTuple):
    """A reply of the brand as the network shows it: what it answers, and its text."""

    parent: str
    text: str


class Network(Protocol):
    """A customer's view of it, and ours."""

    name: str

    def say(self, text: str, thread: str = "") -> str:
        """A customer writes to the brand, first or in the thread of an earlier post; returns the
        network's id of the post."""
        ...

    def answers(self) -> list[Answered]:
        """Everything that the brand has posted."""
        ...


class Mastodon:
    name = "mastodon"

    def __init__(self, address: str) -> None:
        self._address = address

    def say(self, text: str, thread: str = "") -> str:
        made = httpx.post(
            f"{self._address}/api/v1/statuses",
            json={
                "status": f"@northkettle {text}",
                "language": "en",
                "in_reply_to_id": thread,
            },
            headers={"Authorization": "Bearer mara-token"},
            trust_env=False,
        )
        made.raise_for_status()
        return str(made.json()["id"])

    def arm(self, fault: dict[str, Any]) -> None:
        """See `harken.testing.mastodon.faults`."""
        armed = httpx.post(f"{self._address}/harken/faults", json=fault, trust_env=False)
        armed.raise_for_status()

    def answers(self) -> list[Answered]:
        shown = httpx.get(f"{self._address}/harken/statuses", trust_env=False).json()
        ours = [status for status in shown if status["account"] == "northkettle"]
        return [Answered(status["in_reply_to_id"], status["text"]) for status in ours]


class SignedCalls:
    name = "webhook"

    def __init__(self, address: str) -> None:
        self._address = address

    def say(self, text: str, thread: str = "") -> str:
        said = httpx.post(
            f"{self._address}/harken/mentions",
            json={"text": text, "language": "en", "thread_root": thread or None},
            trust_env=False,
        ).json()
        assert said["delivered"] == 200, said
        return str(said["mention"]["id"])

    def answers(self) -> list[Answered]:
        shown = httpx.get(f"{self._address}/harken/replies", trust_env=False).json()
        return [Answered(reply["parent"], reply["text"]) for reply in shown]


@contextmanager
def on_mastodon(admin: Caller, harken: str) -> Iterator[Network]:
    """Heard by polling, answered in the thread."""
    with running_mastodon() as address:
        connect(admin, "mastodon", {"instance": address}, {"access_token": "northkettle-token"})
        yield Mastodon(address)


@contextmanager
def on_signed_calls(admin: Caller, harken: str) -> Iterator[Network]:
    """Heard and answered by signed calls."""
    port = free_port()
    replies = f"http://127.0.0.1:{port}/replies"
    settings = {"reply_url": replies, "replies_url": replies}
    made = connect(admin, "webhook", settings, {"secret": DEFAULT_SECRET})
    deliver_to = f"{harken}/v1/webhooks/{made['id']}"
    with running_webhook_network(deliver_to, port) as address:
        yield SignedCalls(address)


def connect(
    admin: Caller, network: str, settings: dict[str, str], secrets: dict[str, str]
) -> dict[str, Any]:
    body = {"network": network, "name": network, "settings": settings, "secrets": secrets}
    made: dict[str, Any] = admin.post("/v1/connections", body)
    return made


NETWORKS: dict[str, Callable[[Caller, str], AbstractContextManager[Network]]] = {
    "mastodon": on_mastodon,
    "webhook": on_signed_calls,
}
