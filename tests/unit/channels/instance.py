"""An instance that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from harken.channels.exchange import Clients
from harken.channels.mastodon.channel import MastodonChannel
from harken.channels.port import Connection, PublishRequest, Source
from harken.domain.ids import ConnectionId, SourceId, TenantId
from harken.domain.mention import Visibility
from harken.testing.fakes.clock import FakeClock

Answering = Callable[[httpx.Request], httpx.Response]

CONNECTION = Connection(
    TenantId("northkettle"),
    ConnectionId("c1"),
    "mastodon",
    "Ours",
    {"instance": "https://social.example"},
    {"access_token": "secret"},
)
SOURCE = Source(CONNECTION.tenant, SourceId("s1"), CONNECTION.id, "notifications")
REQUEST = PublishRequest(
    parent_source_id="01J0PARENT",
    parent_author_handle="mara@far.example",
    visibility=Visibility.PUBLIC,
    text="Sorry about that.",
    language="en",
    key="key-1",
    deadline=5.0,
)


def account(**more: Any) -> dict[str, Any]:
    return {"id": "01J0MARA", "acct": "mara@far.example", "display_name": "Mara", **more}


def status(**more: Any) -> dict[str, Any]:
    return {
        "id": "01J0PARENT",
        "created_at": "2026-02-20T10:00:00.000Z",
        "account": account(),
        "content": "<p>My kettle leaks.</p>",
        "visibility": "public",
        "in_reply_to_id": None,
        "url": "https://far.example/@mara/1",
        **more,
    }


def notification(number: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "type": "mention",
        "created_at": "2026-02-20T10:00:00.000Z",
        "account": account(),
        "status": status(id=f"S{number}", **more),
    }


class FakeInstance:
    """``on`` says what a path is answered with; who we are and the limits are known already."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.answers: dict[tuple[str, str], Answering] = {}
        self.on("GET", "/api/v1/accounts/verify_credentials", account(id="01J0US", acct="kettle"))
        self.on(
            "GET",
            "/api/v2/instance",
            {"version": "4.4.0", "configuration": {"statuses": {"max_characters": 500}}},
        )
        self.on("GET", "/api/v1/statuses/01J0PARENT", status())

    def on(
        self,
        method: str,
        path: str,
        answer: Answering | object,
        *,
        code: int = 200,
        headers: dict[str, str] | None = None,
    ) -> None:
        if callable(answer):
            self.answers[method, path] = answer
            return
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.answers[method, path] = lambda _: httpx.Response(code, content=body, headers=headers)

    def asked_for(self, method: str, path: str) -> list[httpx.Request]:
        return [each for each in self.asked if (each.method, each.url.path) == (method, path)]

    def channel(self, clock: FakeClock | None = None) -> MastodonChannel:
        clients = Clients(transport=httpx.MockTransport(self._answer), private_addresses=True)
        return MastodonChannel(clock or FakeClock(), clients)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.get((request.method, request.url.path))
        return answer(request) if answer else httpx.Response(404, json={"error": "Not found"})
