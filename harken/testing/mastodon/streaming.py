"""The streaming API as Mastodon's own server gives it, and its bad days.

Who is told what: a hashtag's stream of its public statuses, their edits and deletions; an account's
of its notifications, of the statuses of those whom it follows, and of the deletion of what named
it. The edit of a post by somebody whom it does not follow is not told.

``POST /harken/streams`` sets how streams behave (see `Behaviour`), ``POST /harken/streams/cut``
(``{"within_an_event": true}``) cuts all that are open.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from harken.testing.mastodon.entities import Entities
from harken.testing.mastodon.instance import Instance, Notes
from harken.testing.mastodon.model import Account, Status

PATH = "/api/v1/streaming"

Way = Literal["events", "websocket"]


@dataclass(slots=True)
class Behaviour:
    """``heartbeat``: seconds between signs of life, 0 for none. ``delay``: seconds before each
    event. ``times``: how often each event is told. ``backwards``: events that came together are
    told in the wrong order. ``deaf``: agreed, but nothing is told yet. What is not ``offered`` is
    not found, as where a server has none.
    """

    heartbeat: float = 15.0
    delay: float = 0.0
    times: int = 1
    backwards: bool = False
    deaf: bool = False
    offered: tuple[Way, ...] = ("events", "websocket")


class Happened(NamedTuple):
    """``stream``: as it is named to its follower, ``["hashtag", "kettle"]``."""

    stream: tuple[str, ...]
    event: str
    payload: str


@dataclass(eq=False, slots=True)
class Open:
    """One connection; it follows ``user:<account's id>`` or ``hashtag:<tag>``, or several."""

    viewer: Account
    follows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    waiting: asyncio.Queue[Happened] = field(default_factory=asyncio.Queue)
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    within_an_event: bool = False

    def follow(self, what: str, tag: str) -> bool:
        """Whether there is such a stream."""
        found = self._named(what, tag)
        self.follows.update(found)
        return bool(found)

    def leave(self, what: str, tag: str) -> None:
        for name in self._named(what, tag):
            self.follows.pop(name, None)

    def _named(self, what: str, tag: str) -> dict[str, tuple[str, ...]]:
        if what == "user":
            return {f"user:{self.viewer.id}": ("user",)}
        if what == "hashtag" and tag:
            return {f"hashtag:{tag.lower()}": ("hashtag", tag)}
        return {}


class Streams:
    """Told by the instance of everything that happens there; tells those who listen."""

    def __init__(self, instance: Instance, entities: Entities) -> None:
        self.software = instance.software
        self._instance = instance
        self._entities = entities
        self.behaviour = Behaviour()
        self.open: list[Open] = []
        self.opened = 0
        self.ending = False
        instance.told.append(self._happened)

    def offers(self, way: Way) -> bool:
        has = way == "websocket" or self.software.events
        return has and way in self.behaviour.offered

    def viewer(self, token: str) -> Account | None:
        return self._instance.world.of_token(token)

    def cut(self, *, within_an_event: bool = False) -> int:
        """How many streams it cut."""
        cut = [stream for stream in self.open if not stream.cut.is_set()]
        for stream in cut:
            stream.within_an_event = within_an_event
            stream.cut.set()
        return len(cut)

    def end(self) -> None:
        """As a server that stops does: each stream comes to its proper end."""
        self.ending = True
        self.cut()

    @asynccontextmanager
    async def opening(self, stream: Open) -> AsyncIterator[None]:
        self.open.append(stream)
        self.opened += 1
        try:
            yield
        finally:
            self.open.remove(stream)

    async def next(self, stream: Open) -> list[Happened]:
        """What is to be told now; nothing where a sign of life is due."""
        how = self.behaviour
        try:
            async with asyncio.timeout(how.heartbeat or None):
                events = [await stream.waiting.get()]
        except TimeoutError:
            return []
        if how.delay:
            await asyncio.sleep(how.delay)
        while how.backwards and not stream.waiting.empty():
            events.append(stream.waiting.get_nowait())
        return [event for event in reversed(events) for _ in range(how.times)]

    def _happened(self, what: str, status: Status, notes: Notes) -> None:
        event = {"status": "update", "edit": "status.update", "delete": "delete"}[what]
        for stream, name in self._concerned(status, named=what == "delete"):
            payload = str(status.id)
            if event != "delete":
                payload = json.dumps(self._entities.status(status, stream.viewer))
            stream.waiting.put_nowait(Happened(name, event, payload))
        for account, note in notes:
            for stream, name in self._following({f"user:{account}"}):
                payload = json.dumps(self._entities.notification(note, stream.viewer))
                stream.waiting.put_nowait(Happened(name, "notification", payload))

    def _concerned(self, status: Status, *, named: bool) -> Iterator[tuple[Open, tuple[str, ...]]]:
        world = self._instance.world
        to = {status.account}
        to |= {each.id for each in world.accounts.values() if status.account in each.following}
        if named:
            to |= set(status.mentions)
        names = {
            f"user:{account}"
            for account in to
            if self._instance.may_see(status, world.accounts[account])
        }
        if status.visibility == "public":
            names |= {f"hashtag:{tag}" for tag in status.tags}
        return self._following(names)

    def _following(self, names: set[str]) -> Iterator[tuple[Open, tuple[str, ...]]]:
        for stream in () if self.behaviour.deaf else self.open:
            for name, told in stream.follows.items():
                if name in names:
                    yield stream, told


async def until_one_ends(*running: Coroutine[object, object, object]) -> None:
    """The others are cancelled then."""
    tasks = [asyncio.create_task(each) for each in running]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
