"""One connection that follows the feed of events."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from harken.http.access import bearer_token
from harken.http.envelope import DEADLINE, ONLY_HEAD
from harken.http.feed import ROWS_AT_ONCE, Feed, Subscription
from harken.http.feed_event import FeedEvent, Place, heartbeat, place, reset
from harken.http.principal import Principal
from harken.http.state import edges
from harken.store.changes import StoreUnavailable
from harken.telemetry.logs import Log

EVENT_STREAM = "text/event-stream"
RECONNECT_MILLISECONDS = 2_000

_log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """In seconds. ``write`` is how long a reader may let us wait before it is dropped."""

    heartbeat: float = 15.0
    write: float = 15.0


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
        except StoreUnavailable as error:
            _log.warning("event stream ends", why=str(error))
        await send({"type": "http.response.body"})

    async def _chunks(self) -> AsyncGenerator[bytes, None]:
        yield b"retry: %d\n\n" % RECONNECT_MILLISECONDS
        reached = await self._start()
        if reached is None:
            reached = await self._feed.head()
            if self._cursor is not None:
                yield reset(reached)
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
            async for chunk in self._live(subscription):
                yield chunk
        finally:
            self._feed.leave(subscription)

    async def _live(self, subscription: Subscription) -> AsyncGenerator[bytes, None]:
        checked = time.monotonic()
        while True:
            events = await subscription.take(self._timing.heartbeat)
            reached = self._feed.position
            if subscription.ended:  # something may have been given up: no later id may be told
                return
            if time.monotonic() - checked >= self._timing.heartbeat:
                if not await self._listener.still_may():
                    return
                checked = time.monotonic()
            yield self._frames(events) if events else heartbeat(reached)

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
