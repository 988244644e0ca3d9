"""Faults on demand: what a network does to us on a bad day, before or after it did its work."""

from __future__ import annotations

import asyncio
import json
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

KINDS = ("delay", "drop", "error")


@dataclass(slots=True)
class Fault:
    """``delay``: ``seconds`` pass; ``drop``: the connection breaks off within the answer;
    ``error``: ``status`` (with ``headers``) is answered. ``when`` is before or after the request
    was handled; it happens ``times`` times to requests of ``method`` under ``path``.
    """

    kind: str = "error"
    when: str = "before"
    status: int = 500
    seconds: float = 1.0
    times: int = 1
    method: str = "POST"
    path: str = "/api/v1/statuses"
    headers: dict[str, str] = field(default_factory=dict)


class Faults:
    def __init__(self) -> None:
        self.armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        if fault.kind not in KINDS or fault.when not in {"before", "after"}:
            raise ValueError("a fault is a delay, drop or error, before or after")
        self.armed.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self.armed:
            if fault.method == method and path.startswith(fault.path):
                fault.times -= 1
                if fault.times <= 0:
                    self.armed.remove(fault)
                return fault
        return None


class Faulty:
    """The application behind its faults. Requests under ``/harken`` are spared."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = None
        if not scope["path"].startswith("/harken"):
            fault = self._faults.take(scope.get("method", "GET"), scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.when == "before" or scope["type"] == "websocket":
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
                await self._app(scope, receive, send)
            else:
                await _spoil(fault, scope, send)
        else:
            await self._afterwards(fault, scope, receive, send)

    async def _afterwards(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        answer: list[Message] = []

        async def keep(message: MutableMapping[str, Any]) -> None:
            answer.append(message)

        await self._app(scope, receive, keep)
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
            for message in answer:
                await send(message)
        else:
            await _spoil(fault, scope, send)


async def _spoil(fault: Fault, scope: Scope, send: Send) -> None:
    # A handshake that is refused has an answer as any request has.
    answer = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    dropped = fault.kind == "drop"
    body = json.dumps({"error": "A fault that was asked for"}).encode()
    length = len(body) + 1_000 if dropped else len(body)
    headers = {"content-type": "application/json", **fault.headers, "content-length": str(length)}
    await send(
        {
            "type": f"{answer}.start",
            "status": 200 if dropped else fault.status,
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
    )
    # A shorter body than was promised, and an end: the server has to cut the connection.
    rest = body[:1] if dropped else body
    await send({"type": f"{answer}.body", "body": rest, "more_body": dropped})
