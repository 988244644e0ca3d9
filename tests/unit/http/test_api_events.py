"""The event stream, over a socket: an in-process transport would wait for its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from sqlalchemy import Row, delete

from harken.domain.ids import TenantId
from harken.domain.roles import Role
from harken.events.v1 import work_pb2
from harken.http import feed as feeds
from harken.http.api_keys import REMEMBERED_SECONDS
from harken.http.feed import Subscription
from harken.http.feed_event import BEGINNING, FeedEvent
from harken.http.sse import Timing
from harken.runtime.pulse import Pulse
from harken.store.changes import ChangeSet, Outgoing, Statement
from harken.store.schema.infrastructure import OUTBOX
from harken.testing.api import OTHER, TENANT, Api, bearer
from harken.testing.serving import serving

PATIENCE = 10.0


@dataclass(slots=True)
class Live:
    api: Api
    client: httpx.AsyncClient
    pulse: Pulse

    async def happens(
        self,
        *names: str,
        tenant: TenantId = TENANT,
        audience: str = "agent",
        kind: str = "case",
        value: bytes | None = None,
        topic: str = "work",
    ) -> None:
        """One change set with an event for each name."""
        events = [
            Outgoing(
                service="router",
                tenant=tenant,
                topic=topic,
                key=b"k",
                aggregate=name,
                revision=1,
                value=_work(name) if value is None else value,
                kind=kind,
                audience=audience,
            )
            for name in names
        ]
        await self.api.store.submit(ChangeSet(outbox=events))

    @contextlib.asynccontextmanager
    async def listening(
        self, token: str, last: str | None = None, query: str = ""
    ) -> AsyncIterator[Stream]:
        more = {} if last is None else {"Last-Event-ID": last}
        address = f"/v1/events?{query}"
        async with self.client.stream("GET", address, headers={**bearer(token), **more}) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            stream = Stream(answer.aiter_lines())
            await stream.until_comment()
            yield stream


@dataclass(slots=True)
class Event:
    id: str
    event: str
    data: Any


@dataclass(slots=True)
class Stream:
    """``before`` are the events that came before the connection was live."""

    lines: AsyncIterator[str]
    before: list[Event] = field(default_factory=list)
    last_id: str = ""

    async def until_comment(self) -> None:
        while (event := await self._block()) is not None:
            self.before.append(event)

    async def next(self) -> Event:
        """Skips heartbeats."""
        while (event := await self._block()) is None:
            pass
        return event

    async def _block(self) -> Event | None:
        """Raises ``StopAsyncIteration`` at the end of the stream."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            while (line := await anext(self.lines)) or set(fields) <= {"retry"}:
                name, _, value = line.partition(": ")
                fields[name] = value
        self.last_id = fields.get("id", self.last_id)
        if "event" not in fields:
            return None
        return Event(fields["id"], fields["event"], json.loads(fields["data"]))

    async def ended(self) -> bool:
        with contextlib.suppress(StopAsyncIteration, httpx.RemoteProtocolError):
            while True:
                await self._block()
        return True


def _work(case: str) -> bytes:
    work = work_pb2.Work()
    work.case.id = case
    work.case.tenant = TENANT
    return work.SerializeToString()


@pytest.fixture
def timing() -> Timing:
    return Timing(heartbeat=0.2, write=0.5)


@pytest.fixture
async def live(api: Api) -> AsyncIterator[Live]:
    pulse = Pulse(asyncio.Event(), time.monotonic)
    running = asyncio.create_task(api.feed.run(pulse))
    async with (
        serving(lambda _: api.app) as address,
        httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client,
    ):
        yield Live(api, client, pulse)
        pulse.stopping.set()
        await running


async def test_events_come_as_they_happen(live: Live, agent: str) -> None:
    await live.happens("before")
    async with live.listening(agent) as stream:
        await live.happens("first", "second")
        first, second = await stream.next(), await stream.next()
    assert stream.before == []
    assert first.event == "case"
    assert first.data["aggregate"] == "first"
    assert first.data["revision"] == 1
    assert first.data["at"].endswith("Z")
    assert first.data["payload"] == {"case": {"id": "first", "tenant": "riverbend"}}
    assert second.data["aggregate"] == "second"


async def test_an_event_without_a_topic_is_json_already(live: Live, agent: str) -> None:
    async with live.listening(agent) as stream:
        await live.happens("told", kind="alert", topic="", value=b'{"title": "Silence"}')
        told = await stream.next()
    assert (told.event, told.data["payload"]) == ("alert", {"title": "Silence"})


async def test_it_goes_on_after_the_last_id(live: Live, agent: str) -> None:
    async with live.listening(agent) as stream:
        await live.happens("seen", "missed-1")
        seen = await stream.next()
    await live.happens("missed-2", "missed-3")
    async with live.listening(agent, seen.id) as stream:
        await live.happens("new")
        new = await stream.next()
    assert [event.data["aggregate"] for event in stream.before] == [
        "missed-1",
        "missed-2",
        "missed-3",
    ]
    assert new.data["aggregate"] == "new"


async def test_heartbeats_keep_the_cursor_fresh(live: Live, agent: str) -> None:
    async with live.listening(agent) as stream:
        first = stream.last_id
        await live.happens("theirs", tenant=OTHER)
        async with asyncio.timeout(PATIENCE):
            while stream.last_id == first:
                assert await stream._block() is None
    async with live.listening(agent, stream.last_id) as again:
        pass
    assert again.before == []


@pytest.mark.parametrize("last", ["", "garbage", "1-", "9-9", "-1-2", "1-1" * 50, "0-0"])
async def test_a_cursor_that_is_not_ours_is_a_reset(live: Live, agent: str, last: str) -> None:
    await live.happens("before")
    await live.api.store.submit(ChangeSet())
    if last == "0-0":
        await _forget(live)
        await live.happens("after")
    async with live.listening(agent, last) as stream:
        await live.happens("new")
        new = await stream.next()
    assert [event.event for event in stream.before] == ["reset"]
    assert new.data["aggregate"] == "new"


async def test_the_beginning_is_a_cursor_while_nothing_was_removed(live: Live, agent: str) -> None:
    async with live.listening(agent) as stream:
        pass
    await live.happens("first")
    async with live.listening(agent, stream.last_id) as again:
        pass
    assert [event.data["aggregate"] for event in again.before] == ["first"]


async def test_a_cursor_older_than_what_is_kept_is_a_reset(live: Live, agent: str) -> None:
    async with live.listening(agent) as stream:
        await live.happens("seen")
        seen = await stream.next()
    await live.happens("missed")
    await _forget(live)
    async with live.listening(agent, seen.id) as again:
        pass
    assert [event.event for event in again.before] == ["reset"]


async def _forget(live: Live) -> None:
    await live.api.store.submit(ChangeSet(writes=[Statement(delete(OUTBOX))]))


async def test_only_the_own_tenant_and_roles_see_an_event(live: Live, agent: str) -> None:
    approver = await live.api.key(Role.APPROVER)
    async with (
        live.listening(agent) as agents,
        live.listening(approver) as approvers,
        live.listening(live.api.admin) as admins,
        live.listening(live.api.other_admin) as others,
    ):
        await live.happens("nobodys", audience="")
        await live.happens("approvers", audience="approver,supervisor")
        await live.happens("agents", audience="agent")
        await live.happens("theirs", tenant=OTHER)
        assert (await agents.next()).data["aggregate"] == "agents"
        assert (await approvers.next()).data["aggregate"] == "approvers"
        assert (await admins.next()).data["aggregate"] == "approvers"
        assert (await others.next()).data["aggregate"] == "theirs"


async def test_what_was_missed_is_filtered_alike(live: Live, agent: str) -> None:
    async with live.listening(agent) as stream:
        start = stream.last_id
    await live.happens("theirs", tenant=OTHER)
    await live.happens("approvers", audience="approver")
    await live.happens("other-kind", kind="decision")
    await live.happens("mine")
    async with live.listening(agent, start, "kind=case&kind=reply") as again:
        pass
    assert [event.data["aggregate"] for event in again.before] == ["mine"]


async def test_only_the_asked_kinds_come(live: Live, agent: str) -> None:
    async with live.listening(agent, query="kind=decision") as stream:
        await live.happens("a", kind="case")
        await live.happens("b", kind="decision")
        assert (await stream.next()).data["aggregate"] == "b"


async def test_a_revoked_key_ends_its_stream(live: Live, agent: str) -> None:
    async with live.listening(agent) as stream:
        key = agent.split("_")[1]
        admin = bearer(live.api.admin)
        assert (await live.client.delete(f"/v1/api-keys/{key}", headers=admin)).status_code == 204
        live.api.seconds[0] += REMEMBERED_SECONDS
        assert await stream.ended()


async def test_a_stopping_server_ends_every_stream(live: Live, agent: str) -> None:
    async with live.listening(agent) as stream:
        live.pulse.stopping.set()
        assert await stream.ended()
    refused = await live.client.get("/v1/events", headers=bearer(agent))
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")


async def test_long_absences_are_made_up_in_pages(live: Live, agent: str) -> None:
    async with live.listening(agent) as stream:
        start = stream.last_id
    names = [f"n-{n}" for n in range(2 * feeds.ROWS_AT_ONCE + 7)]
    await live.happens(*names)
    async with live.listening(agent, start) as again:
        pass
    assert [event.data["aggregate"] for event in again.before] == names


async def test_an_event_that_cannot_be_read_comes_without_its_payload(
    live: Live, agent: str
) -> None:
    async with live.listening(agent) as stream:
        await live.happens("broken", value=b"\xff\xff")
        await live.happens("unknown", topic="no-such-topic")
        assert (await stream.next()).data == {
            "kind": "case",
            "aggregate": "broken",
            "revision": 1,
            "at": "2026-02-25T06:13:20Z",
            "payload": None,
        }
        assert (await stream.next()).data["payload"] is None


async def test_the_number_of_streams_is_bounded(
    live: Live, agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "MOST_CONNECTIONS", 1)
    headers = bearer(agent)
    async with (
        live.listening(agent),
        live.client.stream("GET", "/v1/events", headers=headers) as one,
    ):
        assert one.status_code == 503


async def test_head_of_a_stream_ends_at_once(live: Live, agent: str) -> None:
    answer = await live.client.head("/v1/events", headers=bearer(agent))
    assert answer.status_code == 200


async def test_without_listeners_nothing_is_held(live: Live, agent: str) -> None:
    async with live.listening(agent):
        assert len(live.api.feed._subscriptions) == 1
    deadline = time.monotonic() + PATIENCE
    while live.api.feed._subscriptions and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert not live.api.feed._subscriptions


async def test_nothing_is_lost_over_reconnections_and_slowness(
    live: Live, agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(feeds, "LONGEST_QUEUE", 5)
    monkeypatch.setattr("harken.http.event_stream.ROWS_AT_ONCE", 7)
    dice = random.Random(7)
    names = [f"n-{n}" for n in range(400)]

    async def write() -> None:
        left = list(names)
        while left:
            some, left = left[:3], left[3:]
            await live.happens(*some)
            await live.happens("theirs", tenant=OTHER)
            await asyncio.sleep(dice.choice((0, 0, 0.002, 0.03)))

    async with live.listening(agent) as stream:
        last = stream.last_id
    writing = asyncio.create_task(write())
    seen: list[str] = []
    async with asyncio.timeout(60):
        while len(set(seen)) < len(names):
            async with live.listening(agent, last) as stream:
                wanted = dice.randrange(60)
                found = list(stream.before)
                with contextlib.suppress(StopAsyncIteration):
                    while len(found) < wanted and len(set(seen)) + len(found) < len(names):
                        found.append(await stream.next())
            assert {event.event for event in found} <= {"case"}
            seen += [event.data["aggregate"] for event in found]
            last = stream.last_id
    await writing
    assert list(dict.fromkeys(seen)) == names


def _events(count: int) -> list[FeedEvent]:
    return [
        FeedEvent(
            cast(
                "Row[Any]",
                SimpleNamespace(txid=n, id=n, tenant=TENANT, kind="case", audience="agent"),
            )
        )
        for n in range(1, count + 1)
    ]


async def test_one_who_reads_too_slowly_is_given_up_at_once_and_whole() -> None:
    slow = Subscription(BEGINNING, lambda _: True)
    for event in _events(feeds.LONGEST_QUEUE + 1):
        slow.offer(event)
    assert slow.ended
    assert await slow.take(0.0) == ()


async def test_a_connection_that_takes_nothing_is_cut(live: Live, agent: str) -> None:
    async def endless_wait() -> Any:
        await asyncio.Event().wait()

    sent: list[Any] = []

    async def stuck(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            await endless_wait()

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/v1/events",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {agent}".encode())],
    }
    async with asyncio.timeout(PATIENCE):
        await live.api.app(scope, endless_wait, stuck)
    assert len(sent) == 2
    assert not live.api.feed._subscriptions
