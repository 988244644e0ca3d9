from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from harken.channels.exchange import Clients
from harken.channels.port import (
    ChannelUnavailable,
    Connection,
    NotNow,
    OutcomeUnknown,
    Published,
    PublishRequest,
    Refused,
)
from harken.channels.webhook.channel import WebhookChannel
from harken.channels.webhook.signature import verify
from harken.domain.ids import ConnectionId, TenantId
from harken.domain.mention import Visibility
from harken.testing.fakes.clock import START, FakeClock
from harken.testing.webhook_network.network import DEFAULT_SECRET

CONNECTION = Connection(
    TenantId("northkettle"),
    ConnectionId("forum-1"),
    "webhook",
    "Forum",
    {
        "reply_url": "https://forum.example/replies",
        "replies_url": "https://forum.example/replies?board=3",
    },
    {"secret": DEFAULT_SECRET},
)
REQUEST = PublishRequest("post 1&x=y", "mara", Visibility.PUBLIC, "Přijdeme.", "cs", "key-1", 5.0)

Answering = Callable[[httpx.Request], httpx.Response]


def channel(answer: Answering) -> WebhookChannel:
    return WebhookChannel(
        FakeClock(), Clients(transport=httpx.MockTransport(answer), private_addresses=True)
    )


def answering(code: int, body: object = b"", headers: dict[str, str] | None = None) -> Answering:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _: httpx.Response(code, content=content, headers=headers)


async def test_a_reply_is_signed_and_carries_its_key() -> None:
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json={"id": "r-1", "url": "https://forum.example/r-1"})

    made = channel(take)
    assert await made.publish(CONNECTION, REQUEST) == Published("r-1", "https://forum.example/r-1")
    await made.publish(CONNECTION, REQUEST)
    first, second = seen
    verify((DEFAULT_SECRET,), first.headers, first.content, START)
    assert first.headers["webhook-id"] == "key-1"
    assert first.content == second.content
    assert json.loads(first.content) == {
        "type": "reply",
        "version": 1,
        "data": {
            "key": "key-1",
            "parent": "post 1&x=y",
            "parent_author": "mara",
            "visibility": "public",
            "text": "Přijdeme.",
            "language": "cs",
        },
    }


@pytest.mark.parametrize(
    ("answer", "network_id"),
    [
        (answering(200, {"id": "r-1"}), "r-1"),
        (answering(200, {"id": 5}), "key-1"),
        (answering(202, b"ok"), "key-1"),
        (answering(204), "key-1"),
        (answering(409, {"id": "r-1"}), "r-1"),
    ],
)
async def test_what_was_taken_has_an_id(answer: Answering, network_id: str) -> None:
    assert (await channel(answer).publish(CONNECTION, REQUEST)).network_id == network_id


def failing(error: Exception) -> Answering:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    return fail


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (answering(400, b"no"), Refused),
        (answering(401), Refused),
        (answering(404), Refused),
        (answering(422, {"error": "too long"}), Refused),
        (answering(429), NotNow),
        (failing(httpx.ConnectError("refused")), NotNow),
        (answering(408), OutcomeUnknown),
        (answering(409), OutcomeUnknown),
        (answering(425), OutcomeUnknown),
        (answering(500), OutcomeUnknown),
        (answering(503, headers={"Retry-After": "5"}), OutcomeUnknown),
        (answering(302), OutcomeUnknown),
        (failing(httpx.ReadError("reset")), OutcomeUnknown),
        (failing(httpx.ReadTimeout("slow")), OutcomeUnknown),
    ],
)
async def test_outcomes_are_told_apart(answer: Answering, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        await channel(answer).publish(CONNECTION, REQUEST)


async def test_patience_is_passed_on() -> None:
    with pytest.raises(NotNow) as later:
        await channel(answering(429, headers={"Retry-After": "5"})).publish(CONNECTION, REQUEST)
    assert later.value.retry_after == 5


@pytest.mark.parametrize("settings", [{}, {"reply_url": "http://forum.example/replies"}])
async def test_without_a_usable_address_it_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(Refused, match="reply_url"):
        await channel(answering(200)).publish(replace(CONNECTION, settings=settings), REQUEST)


async def test_replies_are_read_back_with_a_signed_query() -> None:
    def tell(request: httpx.Request) -> httpx.Response:
        assert request.url.params["board"] == "3"
        assert request.url.params["parent"] == "post 1&x=y"
        verify((DEFAULT_SECRET,), request.headers, request.url.query, START)
        reply = {"id": "r-1", "text": "Přijdeme.", "created_at": "2026-02-20T10:00:00Z"}
        return httpx.Response(200, json={"replies": [reply]})

    (found,) = await channel(tell).find_own_replies(CONNECTION, "post 1&x=y")
    assert (found.network_id, found.text) == ("r-1", "Přijdeme.")


@pytest.mark.parametrize(
    "answer",
    [
        answering(401),
        answering(500),
        answering(200, b"<html>"),
        answering(200, {}),
        answering(200, {"replies": [{"id": "r-1"}]}),
        answering(200, {"replies": [{"id": "r", "text": "", "created_at": "now"}]}),
        failing(httpx.ConnectError("refused")),
    ],
)
async def test_absence_is_not_concluded_from_a_failure(answer: Answering) -> None:
    with pytest.raises(ChannelUnavailable):
        await channel(answer).find_own_replies(CONNECTION, "post-1")


async def test_where_nothing_can_be_read_back_nothing_is_found() -> None:
    blind = replace(CONNECTION, settings={"reply_url": "https://forum.example/replies"})
    assert list(await channel(answering(500)).find_own_replies(blind, "post-1")) == []
    with pytest.raises(ChannelUnavailable, match="secret"):
        await channel(answering(200)).find_own_replies(replace(blind, secrets={}), "post-1")
