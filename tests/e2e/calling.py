"""Calling Harken as its users do: over HTTP, with a key."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

import httpx

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds after which a test gives up waiting: a bound, not a promise."""


class Caller:
    """One credential of a tenant. Answers are decoded JSON; a refusal fails the test.

    ``way`` is how requests get there, where it is not just the address.
    """

    def __init__(
        self,
        address: str,
        key: str,
        way: httpx.BaseTransport | None = None,
        timeout: float = 30.0,
    ) -> None:
        self.key = key
        self._client = httpx.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=timeout,
            trust_env=False,
            transport=way,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **params: str | int | list[str]) -> Any:
        return self._done(self._client.get(path, params=params))

    def post(self, path: str, body: Any = None, *, once: str = "") -> Any:
        return self._done(self.send("POST", path, body, once=once))

    def put(self, path: str, body: Any) -> Any:
        return self._done(self.send("PUT", path, body))

    def send(
        self, method: str, path: str, body: Any = None, *, once: str = "", seen: int = 0
    ) -> httpx.Response:
        """``once`` is an idempotency key, ``seen`` the revision that must still be the last.
        Whatever is answered, or raised, is the caller's."""
        headers = {"Idempotency-Key": once} if once else {}
        if seen:
            headers["If-Match"] = f'"{seen}"'
        return self._client.request(method, path, json=body, headers=headers)

    def _done(self, answer: httpx.Response) -> Any:
        assert answer.is_success, f"{answer.request.url}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


def hire(admin: Caller, address: str, name: str) -> Caller:
    """An agent who answers in English, with a key of their own."""
    skills = [{"name": "language:en", "level": 3}]
    admin.post("/v1/agents", {"id": name, "name": name.title(), "skills": skills, "capacity": 100})
    made = admin.post("/v1/api-keys", {"name": name, "roles": ["agent"], "agent": name})
    return Caller(address, made["key"])


def eventually(look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """What ``look`` finds at last; looks again while it finds nothing."""
    until = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)
