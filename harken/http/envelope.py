"""Around every request: its trace, time limit and body limit, one log line, safe headers.

Plain ASGI. Whatever an operation raises that no handler answers ends here: logged with its stack,
answered 500 without a word of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harken.http.answers import PROBLEM, problem_response
from harken.http.principal import Principal
from harken.http.problem import Problem, not_found
from harken.http.state import EdgeSettings
from harken.telemetry import metrics, tracing
from harken.telemetry.fields import Fields
from harken.telemetry.logs import Log

DEADLINE = "harken.deadline"
"""Key in the ASGI scope of the request's ``asyncio.Timeout``; streams reschedule it to None."""
ONLY_HEAD = "harken.head"
"""Key in the ASGI scope, True where only the head is wanted: an endless body ends at once."""

_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})

_log = Log(__name__)


class Envelope:
    def __init__(self, app: ASGIApp, settings: EdgeSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._settings.body_limit)
        with tracing.span("http request", exchange.traceparent, method=exchange.method):
            try:
                await self._answer(exchange)
            finally:
                exchange.record()

    async def _answer(self, exchange: _Exchange) -> None:
        try:
            async with asyncio.timeout(self._settings.request_timeout) as deadline:
                exchange.scope[DEADLINE] = deadline
                exchange.check()
                await self._app(exchange.scope, exchange.receive, exchange.send)
        except Problem as problem:
            await exchange.refuse(problem)
        except TimeoutError as error:
            if not deadline.expired():
                await exchange.fail(error)
            else:
                await exchange.refuse(_too_slow())
        except Exception as error:  # noqa: BLE001 - the last place before the server's
            await exchange.fail(error)


def _too_slow() -> Problem:
    return Problem(
        503,
        "timeout",
        "Took too long",
        "Whether it was done is unknown: repeat it with the same Idempotency-Key or ids.",
        retry_after=1.0,
    )


def _too_large(limit: int) -> Problem:
    return Problem(413, "too-large", "Too large", f"A body may have {limit} bytes.")


class _Exchange:
    """One request and what is known of its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        self._started_at = time.perf_counter()
        self.method: str = scope["method"]
        self._head = self.method == "HEAD"
        # HEAD is answered as GET is, less the body.
        self.scope: MutableMapping[str, Any] = scope
        if self._head:
            self.scope = {**scope, "method": "GET", ONLY_HEAD: True}
        self._receive = receive
        self._send = send
        self._limit = limit
        self._read = 0
        self.status = 0
        self.traceparent = ""
        self._length = 0
        for name, value in scope["headers"]:
            if name == b"traceparent":
                self.traceparent = tracing.traceparent(((tracing.TRACEPARENT, value),))
            elif name == b"content-length" and value.isdigit():
                self._length = int(value[:20])

    def check(self) -> None:
        """Raises for what no operation has to see."""
        if self._length > self._limit:
            raise _too_large(self._limit)
        if "\0" in self.scope["path"]:
            raise not_found("path")

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            if self._read > self._limit:
                raise _too_large(self._limit)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message.setdefault("headers", [])
            present = {name.lower() for name, _ in headers}
            message["headers"] = [*headers, *(one for one in _HEADERS if one[0] not in present)]
        elif self._head and message["type"] == "http.response.body":
            if message.get("more_body"):
                return
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def refuse(self, problem: Problem) -> None:
        """Too late once the answer has begun: then the connection is cut."""
        if self.status:
            raise ConnectionAbortedError("the answer had begun")
        await problem_response(problem, self.scope)(self.scope, self.receive, self.send)

    async def fail(self, error: Exception) -> None:
        _log.error("request failed", error, method=self._method(), route=self._route())
        problem = Problem(500, "internal", "Our fault", "This went wrong here; it was logged.")
        await self.refuse(problem)

    def record(self) -> None:
        seconds = time.perf_counter() - self._started_at
        method, route = self._method(), self._route()
        labels = (method, route, str(self.status))
        metrics.REQUESTS.labels(*labels).inc()
        metrics.REQUEST_SECONDS.labels(*labels[:2]).observe(seconds)
        fields: Fields = {
            "method": method,
            "route": route,
            "status": self.status,
            "seconds": round(seconds, 6),
            "size": self._read,
        }
        principal = self.scope.get("harken.principal")
        if isinstance(principal, Principal):
            fields["tenant"], fields["principal"] = principal.tenant, principal.id
        if PROBLEM in self.scope:
            fields["problem"] = self.scope[PROBLEM]
        say = _log.debug if route in _PROBES else _log.info
        say("request", **fields)

    def _method(self) -> str:
        """A word of ours: metrics must not grow with what callers send."""
        return self.method if self.method in _METHODS else "other"

    def _route(self) -> str:
        return getattr(self.scope.get("route"), "path_format", "")
