"""What an instance streams, by the way that it offers, read ahead within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass

from harken.channels.backlog import Backlog
from harken.channels.exchange import AddressRefused, Clients, NeverSent, NoAnswer
from harken.channels.mastodon.ways import Stream, Told, Way, by_events, by_websocket
from harken.channels.port import ChannelUnavailable
from harken.channels.sse import ServerEvent
from harken.channels.streaming import NoStream

MOST_WAITING = 4 * 1024 * 1024
"""Characters of events that were read and not taken yet; beyond, the instance has to wait."""

Events = Backlog[ServerEvent]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. ``silent``: without a sign of life it counts as cut (Mastodon gives one each 15 s
    by server-sent events, each 30 s by WebSocket, as others do). ``again``: between two looks at
    what was heard lately. ``settled``: from a stream's beginning until it surely tells all; an
    instance agrees a moment before it begins to. ``beat``: between two pages, at most.
    ``refused``: until a refused stream is asked for again.
    """

    silent: float = 50.0
    again: float = 120.0
    settled: float = 5.0
    beat: float = 5.0
    refused: float = 600.0


class Live:
    """Remembers by which way each host streamed last; nothing that must survive."""

    def __init__(self, clients: Clients, pace: Pace) -> None:
        self._clients = clients
        self._pace = pace
        self._last: dict[str, Way] = {}

    @asynccontextmanager
    async def events(self, stream: Stream, likely: Way) -> AsyncIterator[Events]:
        """Read from the moment on at which the instance has agreed to tell them. ``likely`` is
        tried first where nothing is known.

        Raises `NoStream`, `ChannelUnavailable`; taking raises them too once it was cut.
        """
        try:
            async with AsyncExitStack() as opened:
                told = await self._open(opened, stream, likely)
                events = Events(MOST_WAITING)
                name = f"stream {stream.base.host}"
                reading = asyncio.create_task(self._read(told, events), name=name)
                try:
                    yield events
                finally:
                    reading.cancel()
                    await asyncio.gather(reading, return_exceptions=True)
        except AddressRefused as refused:
            raise NoStream(str(refused), self._pace.refused) from refused
        except (NeverSent, NoAnswer) as failed:
            raise ChannelUnavailable(str(failed), retry_after=0.0) from failed

    async def _open(self, opened: AsyncExitStack, stream: Stream, likely: Way) -> Told:
        host = stream.base.netloc.decode("ascii")
        first = self._last.get(host, likely)
        refusals: list[str] = []
        for way in (first, by_websocket if first is by_events else by_events):
            try:
                told = await opened.enter_async_context(
                    way(self._clients, stream, self._pace.silent)
                )
            except NoStream as none:
                refusals.append(str(none))
            else:
                self._last[host] = way
                return told
        raise NoStream("; ".join(refusals), self._pace.refused)

    async def _read(self, told: Told, events: Events) -> None:
        why: Exception = ChannelUnavailable("the stream ended", retry_after=0.0)
        try:
            async with aclosing(told):
                async for event in told:
                    await events.put(event, len(event.data))
        except NoAnswer as cut:
            why = ChannelUnavailable(str(cut), retry_after=0.0)
        except NoStream as none:
            why = NoStream(str(none), self._pace.refused)
        await events.end(why)
