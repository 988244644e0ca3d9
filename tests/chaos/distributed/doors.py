"""The way to whichever replica: what a load balancer without health checks does."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import httpx

from tests.e2e.calling import Caller

TIMEOUT = 12.0
"""Seconds: longer than any answer takes, shorter than a paused process sleeps."""


class Doors(httpx.BaseTransport):
    """Each request goes to one of the addresses, drawn anew: a repeat may meet another replica.

    ``intake`` are those of the service that takes mentions in; ``api`` those of all else.
    """

    def __init__(self, intake: Sequence[str], api: Sequence[str]) -> None:
        self._ways = httpx.HTTPTransport()
        self._intake = [httpx.URL(each) for each in intake]
        self._api = [httpx.URL(each) for each in api]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        taken_in = path == "/v1/mentions" or path.startswith("/v1/webhooks/")
        door = random.choice(self._intake if taken_in else self._api)
        request.url = request.url.copy_with(host=door.host, port=door.port)
        return self._ways.handle_request(request)

    def close(self) -> None:
        self._ways.close()


def calling(intake: Sequence[str], api: Sequence[str]) -> Callable[[str], Caller]:
    return lambda key: Caller("http://harken", key, Doors(intake, api), TIMEOUT)
