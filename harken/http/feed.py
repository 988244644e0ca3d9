"""The live feed of events: one reader of the outbox for all connections of this process."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import Row, Select, select, tuple_

from harken.domain.ids import TenantId
from harken.http.feed_event import BEGINNING, COLUMNS, FeedEvent, Place
from harken.http.problem import unavailable
from harken.store.changes import StoreUnavailable
from harken.store.port import Snapshot, Store
from harken.store.retention import removed_below
from harken.store.schema.infrastructure import OUTBOX
from harken.telemetry.logs import Log

ROWS_AT_ONCE = 500
LONGEST_QUEUE = 256
"""Events that may wait for one connection; one that reads more slowly is dropped."""
MOST_CONNECTIONS = 1_000
IDLE_SECONDS = 0.5
PAUSE_SECONDS = 0.02
"""Between two reads: under load events travel in groups."""

_PLACE = tuple_(OUTBOX.c.txid, OUTBOX.c.id)
_NEWEST = (OUTBOX.c.txid.desc(), OUTBOX.c.id.desc())

_log = Log(__name__)


class Pulse(Protocol):
    """What is needed of `harken.runtime.pulse.Pulse`."""

    stopping: asyncio.Event

    def beat(self) -> None: ...

    async def sleep(self, seconds: float) -> bool: ...


class Subscription:
    """The events after ``start`` that ``wanted`` lets through, from the moment it was made."""

    def __init__(self, start: Place, wanted: Callable[[FeedEvent], bool]) -> None:
        self.start = start
        self.ended = False
        self._wanted = wanted
        self._waiting: deque[FeedEvent] = deque()
        self._news = asyncio.Event()

    def offer(self, event: FeedEvent) -> None:
        if self.ended or not self._wanted(event):
            return
        if len(self._waiting) >= LONGEST_QUEUE:
            self.end()
            return
        self._waiting.append(event)
        self._news.set()

    def end(self) -> None:
        """What waits is given up: the caller comes back with the last id that it got."""
        self._waiting.clear()
        self.ended = True
        self._news.set()

    async def take(self, seconds: float) -> Sequence[FeedEvent]:
        """All that wait, at once if there are any; empty when time is up or it has ended."""
        if not self._waiting and not self.ended:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._news.wait()
        taken = tuple(self._waiting)
        self._waiting.clear()
        if not self.ended:
            self._news.clear()
        return taken


class Feed:
    """A `Worker`. Reads only while somebody listens."""

    name = "event-feed"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._subscriptions: set[Subscription] = set()
        self._entering = asyncio.Lock()
        self._closed = False
        self.position = BEGINNING
        """Everything up to here was offered to every subscription."""

    async def run(self, pulse: Pulse) -> None:
        try:
            while not pulse.stopping.is_set():
                pulse.beat()
                await self._turn(pulse)
        finally:
            self.close()

    def close(self) -> None:
        """Ends every connection; a stopping server waits for nobody."""
        self._closed = True
        for subscription in tuple(self._subscriptions):
            subscription.end()

    def admit(self) -> None:
        """Raises the problem 503 where there are too many connections, or at the end."""
        if self._closed or len(self._subscriptions) >= MOST_CONNECTIONS:
            raise unavailable("No further event stream can be opened now.", retry_after=5.0)

    async def subscribe(self, wanted: Callable[[FeedEvent], bool]) -> Subscription:
        """Ended from the start where the feed is closed. Raises `StoreUnavailable`."""
        async with self._entering:
            if not self._subscriptions:
                self.position = await self._head()
            subscription = Subscription(self.position, wanted)
            if self._closed:
                subscription.end()
            self._subscriptions.add(subscription)
            return subscription

    def leave(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)

    async def known(self, place: Place) -> bool:
        """Whether all that came after this place is still there.

        Not where its row is gone, or never was, or where retention has come further: that leaves
        gaps between rows that were not sent.
        """
        async with self._store.reading() as snapshot:
            rows = snapshot.across_tenants()
            if place.txid < await removed_below(rows):
                return False
            if place == BEGINNING:
                first = await rows.first(select(OUTBOX.c.id).order_by(OUTBOX.c.id).limit(1))
                return first is None or first.id == 1
            here = select(OUTBOX.c.id).where(OUTBOX.c.id == place.id, OUTBOX.c.txid == place.txid)
            return await rows.first(here) is not None

    async def missed(
        self, tenant: TenantId, after: Place, upto: Place | None = None
    ) -> Sequence[FeedEvent]:
        """The tenant's next events after a place, at most `ROWS_AT_ONCE`, of all audiences."""
        async with self._store.reading() as snapshot:
            query = _after(after, await snapshot.horizon())
            if upto is not None:
                query = query.where(tuple_(*upto) >= _PLACE)
            rows = await snapshot.for_tenant(tenant).all(query)
        return [FeedEvent(row) for row in rows]

    async def head(self) -> Place:
        """The place of the newest event."""
        return self.position if self._subscriptions else await self._head()

    async def _turn(self, pulse: Pulse) -> None:
        try:
            more = bool(self._subscriptions) and await self._read()
        except StoreUnavailable as error:
            _log.warning("event feed waits", why=str(error), retry_after=error.retry_after)
            await pulse.sleep(error.retry_after)
            return
        if not more:
            await self._store.wait(IDLE_SECONDS)
        await asyncio.sleep(PAUSE_SECONDS)

    async def _read(self) -> bool:
        """True where more waits to be read."""
        start = self.position
        async with self._store.reading() as snapshot:
            rows = await _next(snapshot, start)
        if self.position != start:  # the first listener came just now, and set where to begin
            return True
        for row in rows:
            event = FeedEvent(row)
            for subscription in self._subscriptions:
                subscription.offer(event)
            self.position = event.place
        return len(rows) == ROWS_AT_ONCE

    async def _head(self) -> Place:
        async with self._store.reading() as snapshot:
            below = OUTBOX.c.txid < await snapshot.horizon()
            newest = select(OUTBOX.c.txid, OUTBOX.c.id).where(below).order_by(*_NEWEST).limit(1)
            row = await snapshot.across_tenants().first(newest)
        return BEGINNING if row is None else Place(row.txid, row.id)


async def _next(snapshot: Snapshot, after: Place) -> Sequence[Row[Any]]:
    return await snapshot.across_tenants().all(_after(after, await snapshot.horizon()))


def _after(place: Place, horizon: int) -> Select[Any]:
    below = OUTBOX.c.txid < horizon
    query = select(*COLUMNS).where(tuple_(*place) < _PLACE, below)
    return query.order_by(OUTBOX.c.txid, OUTBOX.c.id).limit(ROWS_AT_ONCE)
