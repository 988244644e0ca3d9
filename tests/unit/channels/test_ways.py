"""By which way an instance is followed, and what its messages are taken for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from starlette.types import Receive, Scope, Send

from harken.channels.exchange import Clients
from harken.channels.mastodon.live import Live, Pace
from harken.channels.mastodon.settings import Account, read_account
from harken.channels.mastodon.ways import (
    UNREADABLE,
    Stream,
    Way,
    by_events,
    by_websocket,
    read_message,
    streaming_base,
)
from harken.channels.port import Connection
from harken.channels.sse import ServerEvent
from harken.channels.streaming import NoStream
from harken.domain.ids import ConnectionId, TenantId
from harken.testing.mastodon.app import LocalMastodon
from harken.testing.mastodon.instance import Settings
from harken.testing.mastodon.sockets import Sockets
from harken.testing.mastodon.software import Name
from harken.testing.serving import serving


def account(address: str, token: str = "northkettle-token") -> Account:  # noqa: S107 - anyone's
    return read_account(
        Connection(
            TenantId("northkettle"),
            ConnectionId("c1"),
            "mastodon",
            "Ours",
            {"instance": address},
            {"access_token": token},
        )
    )


@dataclass
class Instance:
    """What was asked for is written down: ``http`` for events, or ``websocket``."""

    local: LocalMastodon
    address: str
    live: Live
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope["type"])
        await self.local(scope, receive, send)

    async def follow(self, likely: Way, token: str = "northkettle-token") -> list[str]:  # noqa: S107
        """What was asked for until it was followed."""
        self.asked.clear()
        stream = Stream(account(self.address, token), account(self.address).base, "kettle")
        async with self.live.events(stream, likely):
            assert len(self.local.streams.open) == 1
            return self.asked[:]


@asynccontextmanager
async def instance(software: Name = "mastodon") -> AsyncIterator[Instance]:
    made: list[Instance] = []
    clients = Clients(private_addresses=True)

    def make(address: str) -> Instance:
        local = LocalMastodon(Settings(address=address, rate_limit=0, software=software))
        made.append(Instance(local, address, Live(clients, Pace(refused=7.0))))
        return made[0]

    async with serving(make, Sockets):
        yield made[0]
        await clients.close()


async def test_the_likely_way_is_tried_first() -> None:
    async with instance() as there:
        assert await there.follow(by_events) == ["http"]
    async with instance("gotosocial") as there:
        assert await there.follow(by_websocket) == ["websocket"]


async def test_the_way_that_is_offered_is_found_and_remembered() -> None:
    async with instance() as there:
        there.local.streams.behaviour.offered = ("websocket",)
        assert await there.follow(by_events) == ["http", "websocket"]
        assert await there.follow(by_events) == ["websocket"]
        there.local.streams.behaviour.offered = ("events",)
        assert await there.follow(by_websocket) == ["websocket", "http"]
        assert await there.follow(by_websocket) == ["http"]


async def test_where_neither_is_both_answers_are_told() -> None:
    async with instance() as there:
        there.local.streams.behaviour.offered = ()
        with pytest.raises(NoStream) as none:
            await there.follow(by_events)
        assert "no server-sent events here (it answered 404)" in str(none.value)
        assert "no WebSocket here (it answered 404)" in str(none.value)
        assert none.value.retry_after == 7.0


@pytest.mark.parametrize("software", ["mastodon", "gotosocial", "pleroma"])
async def test_a_wrong_token_opens_nothing(software: Name) -> None:
    async with instance(software) as there:
        with pytest.raises(NoStream, match="401"):
            await there.follow(by_websocket, "mistyped")


async def test_a_token_that_no_protocol_can_be_is_sent_as_any_other() -> None:
    async with instance("gotosocial") as there:
        brand = there.local.instance.world.of_token("northkettle-token")
        assert brand is not None
        there.local.instance.world._by_token["a/b=="] = brand.id
        assert await there.follow(by_websocket, "a/b==") == ["websocket"]


async def test_a_place_to_stream_from_that_lies_inside_is_no_stream() -> None:
    clients = Clients(private_addresses=False)
    ours = account("https://social.example")
    inside = streaming_base(ours, "wss://10.0.0.1")
    with pytest.raises(NoStream, match="no public address"):
        async with Live(clients, Pace()).events(Stream(ours, inside), by_websocket):
            pass
    await clients.close()


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ({"event": "update", "payload": '{"id": "1"}'}, ServerEvent("update", '{"id": "1"}')),
        ({"event": "delete", "payload": "17", "stream": ["user"]}, ServerEvent("delete", "17")),
        ({"event": "update", "payload": {"id": "1"}}, ServerEvent("update", '{"id": "1"}')),
        ({"event": "filters_changed"}, ServerEvent("filters_changed", "")),
        ({"event": "delete", "payload": None}, ServerEvent("delete", "")),
        ({"event": "announcement", "payload": "{}"}, ServerEvent("announcement", "{}")),
        ({"event": 7, "payload": "x"}, None),
        ({"stream": ["user"]}, None),
        ([1, 2], None),
        ("text", None),
    ],
)
def test_messages_are_events_or_unreadable(message: object, event: ServerEvent | None) -> None:
    said = json.dumps(message)
    assert read_message("social.example", said) == (event or ServerEvent(UNREADABLE, said))


@pytest.mark.parametrize("said", ["{", "{'event': 'update'}", "[" * 100_000, '{"event": NaN}'])
def test_what_is_no_json_is_unreadable(said: str) -> None:
    assert read_message("social.example", said) == ServerEvent(UNREADABLE, said)


def test_an_empty_message_is_a_sign_of_life() -> None:
    assert read_message("social.example", "") is None
    assert read_message("social.example", " \n") is None


def test_an_instance_that_refuses_a_stream_says_so() -> None:
    refusal = '{"error": "Not authorized to stream this", "status": 401}'
    with pytest.raises(NoStream, match=r"social\.example .* Not authorized"):
        read_message("social.example", refusal)
