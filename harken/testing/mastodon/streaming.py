"""The streaming API (server-sent events) as Mastodon's own server gives it, and its bad days.

Who is told what: a hashtag's stream of its public statuses, their edits and deletions; an account's
of its notifications, of the statuses of those whom it follows, and of the deletion of what named
it. The edit of a post by somebody whom it does not follow is not told.

``POST /harken/streams`` sets how streams behave (see `Behaviour`), ``POST /harken/streams/cut``
(``{"within_an_event": true}``) cuts all that are open.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from harken.testing.mastodon.entities import Entities
from harken.testing.mastodon.instance import Instance, Notes
from harken.testing.mastodon.model import Account, Status

PATH = "/api/v1/streaming"


@dataclass(slots=True)
class Behaviour:
    """``heartbeat``: seconds between signs of life, 0 for none. ``delay``: seconds before each
    event. ``times``: how often each event is told. ``backwards``: events that came together are
    told in the wrong order. Not ``offered``: 404, as a server without a streaming API answers.
    """

    heartbeat: float = 15.0
    delay: float = 0.0
    times: int = 1
    backwards: bool = False
    offered: bool = True


@dataclass(eq=False, slots=True)
class Open:
    """One stream: ``name`` is ``user:<account's id>`` or ``hashtag:<tag>``."""

    name: str
    viewer: Account | None
    waiting: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    within_an_event: bool = False


class Streams:
    """Told by the instance of everything that happens there; tells those who listen."""

    def __init__(self, instance: Instance, entities: Entities) -> None:
        self._instance = instance
        self._entities = entities
        self.behaviour = Behaviour()
        self.open: list[Open] = []
        self.opened = 0
        self._ending = False
        instance.told.append(self._happened)

    def cut(self, *, within_an_event: bool = False) -> int:
        """How many streams it cut."""
        cut = [stream for stream in self.open if not stream.cut.is_set()]
        for stream in cut:
            stream.within_an_event = within_an_event
            stream.cut.set()
        return len(cut)

    def end(self) -> None:
        """As a server that stops does: each stream comes to its proper end."""
        self._ending = True
        self.cut()

    def _happened(self, what: str, status: Status, notes: Notes) -> None:
        event = {"status": "update", "edit": "status.update", "delete": "delete"}[what]
        for stream in self._concerned(status, named=what == "delete"):
            stream.waiting.put_nowait(self._event(event, status, stream.viewer))
        for account, note in notes:
            for stream in self._named(f"user:{account}"):
                assert stream.viewer is not None
                shown = self._entities.notification(note, stream.viewer)
                stream.waiting.put_nowait(_written("notification", json.dumps(shown)))

    def _concerned(self, status: Status, *, named: bool) -> list[Open]:
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
        return [stream for stream in self.open if stream.name in names]

    def _named(self, name: str) -> list[Open]:
        return [stream for stream in self.open if stream.name == name]

    def _event(self, event: str, status: Status, viewer: Account | None) -> bytes:
        if event == "delete":
            return _written(event, str(status.id))
        return _written(event, json.dumps(self._entities.status(status, viewer)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Requests under `PATH`."""
        what = scope["path"].removeprefix(PATH)
        query = parse_qs(scope["query_string"].decode())
        if what == "/health":
            await _answer(send, 200, b"OK", "text/plain")
            return
        if not self.behaviour.offered or what not in {"/user", "/hashtag"}:
            await _answer(send, 404, b'{"error":"Not found"}')
            return
        viewer = self._viewer(scope, query)
        if viewer is None:
            await _answer(send, 401, b'{"error":"The access token is invalid"}')
            return
        tag = query.get("tag", [""])[0].lower()
        if what == "/hashtag" and not tag:
            await _answer(send, 400, b'{"error":"Missing tag name parameter"}')
            return
        await self._tell(
            Open(f"hashtag:{tag}" if tag else f"user:{viewer.id}", viewer), receive, send
        )

    def _viewer(self, scope: Scope, query: dict[str, list[str]]) -> Account | None:
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        token = headers.get("authorization", "").partition(" ")[2]
        return self._instance.world.of_token(token or query.get("access_token", [""])[0])

    async def _tell(self, stream: Open, receive: Receive, send: Send) -> None:
        """Ends without a proper end when it is cut: the server has to break the connection off."""
        await send(_start(200, b"text/event-stream"))
        await send({"type": "http.response.body", "body": b":)\n", "more_body": True})
        self.open.append(stream)
        self.opened += 1
        ends = [asyncio.create_task(_gone(receive)), asyncio.create_task(stream.cut.wait())]
        telling = asyncio.create_task(self._write(stream, send))
        try:
            await asyncio.wait([*ends, telling], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.open.remove(stream)
            for task in (*ends, telling):
                task.cancel()
            await asyncio.gather(*ends, telling, return_exceptions=True)
        if stream.within_an_event:
            half = b'event: update\ndata: {"id": "1", "conte'
            await send({"type": "http.response.body", "body": half, "more_body": True})
        if self._ending:
            await send({"type": "http.response.body", "body": b""})

    async def _write(self, stream: Open, send: Send) -> None:
        while True:
            how = self.behaviour
            try:
                async with asyncio.timeout(how.heartbeat or None):
                    events = [await stream.waiting.get()]
            except TimeoutError:
                events = [b":thump\n"]
            if how.delay:
                await asyncio.sleep(how.delay)
            while how.backwards and not stream.waiting.empty():
                events.append(stream.waiting.get_nowait())
            for event in reversed(events):
                body = event * how.times
                await send({"type": "http.response.body", "body": body, "more_body": True})


def _written(event: str, data: str) -> bytes:
    return f"event: {event}\ndata: {data}\n\n".encode()


def _start(status: int, kind: bytes) -> dict[str, object]:
    headers = [(b"content-type", kind), (b"cache-control", b"no-store")]
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _answer(send: Send, status: int, body: bytes, kind: str = "application/json") -> None:
    await send(_start(status, kind.encode()))
    await send({"type": "http.response.body", "body": body})


async def _gone(receive: Receive) -> None:
    """Returns when the other side has gone."""
    while (await receive())["type"] != "http.disconnect":
        continue
