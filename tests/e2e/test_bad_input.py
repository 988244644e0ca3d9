"""Hostile and broken requests against the real process: a clear problem, never a 5xx, no loss."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from harken.testing.processes import RunningHarken
from tests.e2e.calling import Caller, eventually
from tests.e2e.serve_null import start_null

GOOD: dict[str, Any] = {
    "network": "forum",
    "source_id": "good",
    "author": {"id": "u1"},
    "text": "The kettle leaks",
    "created_at": "2026-03-01T09:30:00Z",
}
JSON = "application/json"


@pytest.fixture(scope="module")
def harken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHarken]:
    running = start_null(tmp_path_factory.mktemp("bad"))
    yield running
    running.stop()


def said(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def deep(levels: int) -> bytes:
    return b'{"text":' + b"[" * levels + b"]" * levels + b"}"


BODIES = {
    "no json": b"{",
    "empty": b"",
    "a number": b"7",
    "wrong types": said(text=7, author=[]),
    "invalid utf-8": b'{"text": "\xff\xfe"}',
    "lone surrogate": b'{"network":"forum","source_id":"s","author":{"id":"a"},'
    b'"text":"\\ud800","created_at":"2026-03-01T09:30:00Z"}',
    "nul": said(text="a\0b"),
    "too deep": deep(100_000),
    "future": said(created_at="2999-01-01T00:00:00Z"),
    "year 0": said(created_at="0000-01-01T00:00:00Z"),
    "before the epoch": said(created_at="1066-10-14T09:00:00Z"),
    "no zone": said(created_at="2026-03-01T09:30:00"),
    "empty text": said(text=""),
    "only spaces": said(text=" \n\t"),
    "huge text": said(text="x" * 200_000),
    "infinite reach": b'{"network":"forum","source_id":"s","author":{"id":"a"},"text":"t",'
    b'"created_at":"2026-03-01T09:30:00Z","reach":1e999}',
    "unknown field": said(colour="red"),
    "nobody's connection": said(connection="0190a8a2-7a55-7cc0-9d0b-1c2d3e4f5a6b"),
}


@pytest.mark.e2e
@pytest.mark.parametrize("name", BODIES)
def test_a_broken_mention_is_a_problem(harken: RunningHarken, name: str) -> None:
    answer = httpx.post(
        f"{harken.address}/v1/mentions",
        content=BODIES[name],
        headers={"Authorization": f"Bearer {harken.key}", "Content-Type": JSON},
        trust_env=False,
    )
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.e2e
def test_more_than_ten_megabytes_are_refused_before_they_are_read(harken: RunningHarken) -> None:
    answer = httpx.post(
        f"{harken.address}/v1/mentions",
        content=b"[" + b" " * (10 * 1024 * 1024) + b"]",
        headers={"Authorization": f"Bearer {harken.key}", "Content-Type": JSON},
        trust_env=False,
        timeout=60,
    )
    assert answer.status_code == 413


@pytest.mark.e2e
@pytest.mark.parametrize(
    "raw",
    [
        b"GET /v1/cases\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /v1/cases/%00%ff%c3%28 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /v1/mentions HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_hardly_http_does_no_harm(harken: RunningHarken, raw: bytes) -> None:
    url = httpx.URL(harken.address)
    with socket.create_connection((url.host, url.port or 80), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answered = connection.recv(4096)
    assert not answered.startswith(b"HTTP/1.1 5")
    assert httpx.get(f"{harken.address}/healthz", trust_env=False).status_code == 200


@pytest.mark.e2e
@pytest.mark.parametrize(
    "text",
    [
        "😀" * 500,
        "\u202egnirts\u202c",
        "ا" * 200,
        "a\u0301" * 200,
        "\t\x0b",
        "x" * 99_990,
        "🧑‍🚒" * 90,
    ],
)
def test_odd_but_possible_texts_go_the_whole_way(harken: RunningHarken, text: str) -> None:
    with Caller(harken.address, harken.key) as caller:
        [mention] = caller.post(
            "/v1/mentions", {**GOOD, "source_id": str(hash(text)), "text": f"odd {text}"}
        )["ids"]
        case = eventually(
            lambda: [
                hit
                for hit in caller.get("/v1/search", q="odd", kind="mention", limit=200)["items"]
                if hit["id"] == mention
            ]
        )
        assert case[0]["text"] == f"odd {text}"
