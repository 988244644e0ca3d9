"""Harken's public HTTP API, as a user interface calls it with its key."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import msgspec

TIMEOUT = 30.0
ATTEMPTS = 5
MOST_PAUSE = 2.0
RECONNECTIONS = 20


class Refused(Exception):
    """An answer other than 2xx; ``kind`` is the last word of the problem's type."""

    def __init__(self, request: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.kind = str(problem.get("type", "")).rpartition("/")[2]
        super().__init__(
            f"{request}: {status} {problem.get('title', '')} {problem.get('detail', '')}"
        )


class Api:
    def __init__(self, address: str, key: str) -> None:
        self.address = address
        headers = {"Authorization": f"Bearer {key}"}
        limits = httpx.Limits(max_connections=8)
        self._client = httpx.AsyncClient(
            base_url=address, headers=headers, timeout=TIMEOUT, limits=limits, trust_env=False
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def get(self, path: str, **query: Any) -> Any:
        """Raises `Refused`."""
        return await self._ask("GET", path, params=query)

    async def post(
        self, path: str, body: Mapping[str, Any] | None = None, *, seen: int | None = None
    ) -> Any:
        """``seen`` is the revision that it is based on. Raises `Refused`."""
        return await self._ask("POST", path, body, seen=seen)

    async def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Raises `Refused`."""
        return await self._ask("PUT", path, body)

    async def pages(self, path: str, **query: Any) -> AsyncIterator[Any]:
        """Every item of a list, page by page."""
        cursor = ""
        while True:
            page = await self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            for item in page["items"]:
                yield item
            cursor = page["next_cursor"] or ""
            if not cursor:
                return

    async def events(self, *kinds: str) -> AsyncIterator[dict[str, Any]]:
        """What happens from now on; goes on where it was when the connection breaks."""
        last, broken = "", 0
        while broken < RECONNECTIONS:
            headers = {"Last-Event-ID": last} if last else {}
            try:
                async with (
                    self._client.stream(
                        "GET", "/v1/events", params={"kind": list(kinds)}, headers=headers
                    ) as answer,
                ):
                    answer.raise_for_status()
                    async for line in answer.aiter_lines():
                        name, _, value = line.partition(": ")
                        if name == "id":
                            last, broken = value, 0
                        elif name == "data" and value != "{}":
                            yield msgspec.json.decode(value)
            except httpx.TransportError:
                broken += 1
                await asyncio.sleep(0.2 * broken)

    async def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        seen: int | None = None,
    ) -> Any:
        """A busy server (503) is asked again, with the same idempotency key."""
        headers = {} if method == "GET" else {"Idempotency-Key": str(uuid.uuid4())}
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        for attempt in range(1, ATTEMPTS + 1):
            answer = await self._client.request(
                method, path, params=params, json=body, headers=headers
            )
            if answer.status_code != 503 or attempt == ATTEMPTS:
                break
            pause = float(answer.headers.get("Retry-After", "1"))
            await asyncio.sleep(min(pause, MOST_PAUSE))
        if answer.is_success:
            return answer.json() if answer.content else None
        raise Refused(f"{method} {path}", answer.status_code, _problem(answer))


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {"detail": answer.text[:200]}
    return found if isinstance(found, dict) else {}
