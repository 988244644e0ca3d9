"""``GET /v1/events``: what happens, as server-sent events, resumable with ``Last-Event-ID``."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from harken.http.access import Caller, bearer_token
from harken.http.envelope import DEADLINE, ONLY_HEAD
from harken.http.feed import ROWS_AT_ONCE, Feed
from harken.http.feed_event import FeedEvent, Place, heartbeat, place, reset
from harken.http.models import bounded
from harken.http.principal import Principal
from harken.http.routing import api_router
from harken.http.state import edges

EVENT_STREAM = "text/event-stream"
HEARTBEAT_SECONDS = 15.0
WRITE_SECONDS = 15.0
"""How long a reader may let us wait before the connection is dropped."""
RECONNECT_MILLISECONDS = 2_000

_EXAMPLE = (
    "id: 8112-8114\n"
    "event: case\n"
    'data: {"kind":"case","aggregate":"0f0f9a52-6f0b-5a7e-9f39-6d6a3c1f8f10","revision":3,'
    '"at":"2026-03-01T09:30:00Z","payload":{"case":{"tenant":"riverbend","state":"CASE_STATE_OPEN"}'
    "}}\n\n"
)
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {
        "description": "Events as they happen, until either side ends it.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


@dataclass(frozen=True, slots=True)
class Timing:
    """In seconds."""

    heartbeat: float = HEARTBEAT_SECONDS
    write: float = WRITE_SECONDS


def event_routes(feed: Feed, timing: Timing = Timing()) -> APIRouter:
    router = api_router("Events")

    @router.get(
        "/v1/events",
        operation_id="stream_events",
        summary="Follow what happens",
        response_class=Response,
        status_code=200,
        responses=_RESPONSES,
    )
    async def events(
        request: Request,
        caller: Caller,
        kind: Annotated[
            list[Annotated[str, bounded(100)]] | None,
            Query(description="Only events of these kinds; all by default.", max_length=50),
        ] = None,
        last_event_id: Annotated[
            str | None,
            Header(
                alias="Last-Event-ID",
                description="The `id` of the last event that was received: what came since is "
                "sent first. One that is too old or unknown is answered with a `reset` event.",
                max_length=200,
            ),
        ] = None,
    ) -> Response:
        """Server-sent events of the tenant, as far as the credential's roles may see them.

        Each has an `id` to resume from, an `event` that names its kind, and `data`: a JSON object
        with `kind`, `aggregate`, `revision` (higher is newer), `at` and `payload`. Events may come
        again: keep the greatest revision. After a `reset` event load what you show again. Comments
        come every 15 seconds while nothing happens.
        """
        listener = Listener(request, caller, frozenset(kind or ()))
        return EventStream(feed, listener, last_event_id, timing)

    return router


class Listener:
    """Who listens, and whether they still may."""

    def __init__(self, request: Request, principal: Principal, kinds: frozenset[str]) -> None:
        self.principal = principal
        self._kinds = kinds
        self._token = bearer_token(request)
        self._authenticator = edges(request).authenticator

    def wants(self, event: FeedEvent) -> bool:
        chosen = not self._kinds or event.kind in self._kinds
        return chosen and event.visible_to(self.principal)

    async def still_may(self) -> bool:
        """Asked now and then: keys are revoked, and roles change, while a stream is open."""
        principal = await self._authenticator.authenticate(self._token)
        if principal is None or principal.tenant != self.principal.tenant:
            return False
        self.principal = principal
        return True


class EventStream(Response):
    media_type = EVENT_STREAM

    def __init__(self, feed: Feed, listener: Listener, cursor: str | None, timing: Timing) -> None:
        # An intermediary that collects the answer before it passes it on would hold it for ever.
        super().__init__(None, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})
        del self.headers["content-length"]
        self._feed = feed
        self._listener = listener
        self._cursor = cursor
        self._timing = timing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if DEADLINE in scope:
            scope[DEADLINE].reschedule(None)
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        if scope.get(ONLY_HEAD):
            await send({"type": "http.response.body"})
            return
        pump = asyncio.create_task(self._pump(send))
        gone = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait((pump, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            pump.cancel()
            await asyncio.gather(gone, pump, return_exceptions=True)
        if pump.done() and not pump.cancelled():
            pump.result()

    async def _pump(self, send: Send) -> None:
        try:
            async with contextlib.aclosing(self._chunks()) as chunks:
                async for chunk in chunks:
                    async with asyncio.timeout(self._timing.write):
                        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except TimeoutError:
            return  # too slow: the server cuts an answer that is left unfinished
        await send({"type": "http.response.body"})

    async def _chunks(self) -> AsyncGenerator[bytes, None]:
        yield b"retry: %d\n\n" % RECONNECT_MILLISECONDS
        reached = await self._start()
        if reached is None:
            reached = await self._feed.head()
            yield heartbeat(reached) if self._cursor is None else reset(reached)
        else:
            while len(missed := await self._missed(reached)) == ROWS_AT_ONCE:
                reached = missed[-1].place
                yield self._frames(missed)
        subscription = await self._feed.subscribe(self._listener.wants)
        try:
            rest = await self._missed(reached, subscription.start)
            while len(rest) == ROWS_AT_ONCE:
                yield self._frames(rest)
                rest = await self._missed(rest[-1].place, subscription.start)
            yield self._frames(rest) + heartbeat(max(reached, subscription.start))
            checked = time.monotonic()
            while not subscription.ended:
                events = await subscription.take(self._timing.heartbeat)
                reached = self._feed.position
                if time.monotonic() - checked >= self._timing.heartbeat:
                    if not await self._listener.still_may():
                        return
                    checked = time.monotonic()
                yield self._frames(events) if events else heartbeat(reached)
        finally:
            self._feed.leave(subscription)

    async def _start(self) -> Place | None:
        """Where to go on from; None for now."""
        asked = None if self._cursor is None else place(self._cursor)
        if asked is None or not await self._feed.known(asked):
            return None
        return asked

    async def _missed(self, after: Place, upto: Place | None = None) -> Sequence[FeedEvent]:
        return await self._feed.missed(self._listener.principal.tenant, after, upto)

    def _frames(self, events: Sequence[FeedEvent]) -> bytes:
        return b"".join(event.frame for event in events if self._listener.wants(event))


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
