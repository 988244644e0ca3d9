from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from harken.channels.mastodon.publish import addressed, posted_visibility
from harken.channels.port import NotNow, OutcomeUnknown, Published, Refused
from harken.domain.mention import Visibility
from tests.unit.channels.instance import CONNECTION, REQUEST, FakeInstance, account, status

POST = ("POST", "/api/v1/statuses")
PARENT = ("GET", "/api/v1/statuses/01J0PARENT")
POSTED = {"id": "01J0NEW", "url": "https://social.example/@kettle/01J0NEW"}


@pytest.fixture
def instance() -> FakeInstance:
    made = FakeInstance()
    made.on(*POST, POSTED)
    return made


def form(instance: FakeInstance) -> dict[str, Any]:
    (request,) = instance.asked_for(*POST)
    body: dict[str, Any] = json.loads(request.content)
    return body


async def test_a_reply_names_its_parent_its_author_and_its_key(instance: FakeInstance) -> None:
    published = await instance.channel().publish(CONNECTION, REQUEST)
    assert published == Published("01J0NEW", POSTED["url"])
    assert form(instance) == {
        "status": "@mara@far.example Sorry about that.",
        "in_reply_to_id": "01J0PARENT",
        "visibility": "public",
        "content_type": "text/plain",
        "language": "en",
    }
    (request,) = instance.asked_for(*POST)
    assert request.headers["idempotency-key"] == "key-1"
    assert request.headers["authorization"] == "Bearer secret"
    assert request.headers["user-agent"]


async def test_a_language_that_is_none_is_not_sent(instance: FakeInstance) -> None:
    await instance.channel().publish(CONNECTION, replace(REQUEST, language="??"))
    assert "language" not in form(instance)


async def test_nobody_is_named_in_an_answer_to_ourselves(instance: FakeInstance) -> None:
    instance.on(*PARENT, status(account=account(id="01J0US", acct="kettle")))
    await instance.channel().publish(CONNECTION, REQUEST)
    assert form(instance)["status"] == REQUEST.text


@pytest.mark.parametrize(
    ("text", "acct", "expected"),
    [
        ("Hi", "mara", "@mara Hi"),
        ("Hi", "mara@far.example", "@mara@far.example Hi"),
        ("@mara Hi", "mara", "@mara Hi"),
        ("Hi @Mara, hello", "mara", "Hi @Mara, hello"),
        ("Hi @mara.", "mara", "Hi @mara."),
        ("@mara@social.example Hi", "mara", "@mara@social.example Hi"),
        ("@mara Hi", "mara@far.example", "@mara@far.example @mara Hi"),
        ("@mara@far.example.org", "mara@far.example", "@mara@far.example @mara@far.example.org"),
        ("@maraton Hi", "mara", "@mara @maraton Hi"),
        ("@mara@far.example Hi", "mara", "@mara @mara@far.example Hi"),
        ("x@mara Hi", "mara", "@mara x@mara Hi"),
        ("https://far.example/@mara", "mara", "@mara https://far.example/@mara"),
    ],
)  # fmt: skip
def test_the_one_who_is_answered_is_named_once(text: str, acct: str, expected: str) -> None:
    assert addressed(text, acct, "social.example") == expected


@pytest.mark.parametrize(
    ("requested", "parent", "expected"),
    [
        (Visibility.PUBLIC, "public", "public"),
        (Visibility.PUBLIC, "unlisted", "unlisted"),
        (Visibility.PUBLIC, "local", "unlisted"),
        (Visibility.PUBLIC, "private", "direct"),
        (Visibility.PUBLIC, "direct", "direct"),
        (Visibility.PUBLIC, None, "direct"),
        (Visibility.PRIVATE, "public", "direct"),
        (Visibility.PRIVATE, "private", "direct"),
        (Visibility.PRIVATE, "direct", "direct"),
    ],
)
def test_an_answer_is_never_wider_than_what_it_answers(
    requested: Visibility, parent: str | None, expected: str
) -> None:
    assert posted_visibility(requested, parent) == expected


@pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 410, 413, 422])
async def test_a_definite_no_is_refused_with_the_servers_words(
    instance: FakeInstance, code: int
) -> None:
    instance.on(*POST, {"error": "we would rather not"}, code=code)
    with pytest.raises(Refused, match="we would rather not"):
        await instance.channel().publish(CONNECTION, REQUEST)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "12"}, 12),
        ({"X-RateLimit-Reset": "30"}, 30),
        ({"X-RateLimit-Reset": "2026-02-25T06:14:20.000Z"}, 60),
        ({}, 30),
    ],
)
async def test_a_rate_limit_means_later(
    instance: FakeInstance, headers: dict[str, str], wait: float
) -> None:
    instance.on(*POST, {"error": "Too many requests"}, code=429, headers=headers)
    with pytest.raises(NotNow) as later:
        await instance.channel().publish(CONNECTION, REQUEST)
    assert later.value.retry_after == wait


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (500, b""),
        (502, b"<html>"),
        (503, {"error": "race"}),
        (504, b""),
        (302, b""),
        (408, b""),
        (409, b""),
        (425, b""),
        (200, b"<html>"),
        (200, b""),
        (200, {"id": None}),
        (200, {"id": ""}),
    ],
)
async def test_whatever_is_no_answer_leaves_the_outcome_open(
    instance: FakeInstance, code: int, body: object
) -> None:
    instance.on(*POST, body, code=code)
    with pytest.raises(OutcomeUnknown):
        await instance.channel().publish(CONNECTION, REQUEST)


def failing(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    return fail


@pytest.mark.parametrize(
    "error",
    [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("full")],
)
async def test_without_a_connection_it_may_be_tried_again(
    instance: FakeInstance, error: Exception
) -> None:
    instance.on(*POST, failing(error))
    with pytest.raises(NotNow):
        await instance.channel().publish(CONNECTION, REQUEST)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.WriteTimeout("slow"),
        httpx.RemoteProtocolError("closed"),
        TimeoutError(),
    ],
)
async def test_a_break_after_the_connection_leaves_the_outcome_open(
    instance: FakeInstance, error: Exception
) -> None:
    instance.on(*POST, failing(error))
    with pytest.raises(OutcomeUnknown):
        await instance.channel().publish(CONNECTION, REQUEST)


@pytest.mark.parametrize(
    ("code", "raised"),
    [(404, Refused), (401, Refused), (403, Refused), (429, NotNow), (500, NotNow), (200, NotNow)],
)
async def test_a_parent_that_cannot_be_read_means_that_nothing_was_posted(
    instance: FakeInstance, code: int, raised: type[Exception]
) -> None:
    instance.on(*PARENT, {"error": "no"}, code=code)
    with pytest.raises(raised):
        await instance.channel().publish(CONNECTION, REQUEST)
    assert instance.asked_for(*POST) == []


async def test_a_parent_that_breaks_off_means_that_nothing_was_posted(
    instance: FakeInstance,
) -> None:
    instance.on(*PARENT, failing(httpx.ReadError("reset")))
    with pytest.raises(NotNow):
        await instance.channel().publish(CONNECTION, REQUEST)


async def test_a_parent_that_takes_the_whole_time_means_that_nothing_was_posted(
    instance: FakeInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = instance.channel()

    async def never(*_: object, **__: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(channel._api, "read", never)
    with pytest.raises(NotNow):
        await asyncio.wait_for(channel.publish(CONNECTION, replace(REQUEST, deadline=0.1)), 20)


async def test_ids_cannot_lead_elsewhere(instance: FakeInstance) -> None:
    odd = replace(REQUEST, parent_source_id="../../x?y#z")
    with pytest.raises(Refused):
        await instance.channel().publish(CONNECTION, odd)
    assert instance.asked[-1].url.raw_path == b"/api/v1/statuses/..%2F..%2Fx%3Fy%23z"


async def test_a_connection_that_lacks_something_refuses(instance: FakeInstance) -> None:
    with pytest.raises(Refused, match="access_token"):
        await instance.channel().publish(replace(CONNECTION, secrets={}), REQUEST)
