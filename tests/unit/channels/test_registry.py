from __future__ import annotations

from dataclasses import replace

import pytest

from harken.channels.port import Connection, Source
from harken.channels.registry import (
    NETWORKS,
    Channels,
    build_channels,
    connection_problems,
    source_problems,
)
from harken.domain.ids import ConnectionId, SourceId, TenantId
from harken.testing.fakes.channel import FakeChannel
from harken.testing.fakes.clock import FakeClock
from harken.testing.secrecy import open_vault
from harken.testing.webhook_network.network import DEFAULT_SECRET

MASTODON = Connection(
    TenantId("t"),
    ConnectionId("c1"),
    "mastodon",
    "Ours",
    {"instance": "social.example"},
    {"access_token": "abc"},
)
WEBHOOK = Connection(
    TenantId("t"),
    ConnectionId("c2"),
    "webhook",
    "Forum",
    {"reply_url": "https://forum.example/replies", "max_length": "400"},
    {"secret": f"{DEFAULT_SECRET} {DEFAULT_SECRET}"},
)


async def test_every_network_has_its_channel() -> None:
    channels = build_channels(FakeClock(), open_vault(), private_addresses=True)
    assert set(channels.networks) == set(NETWORKS)
    for network in channels.networks:
        assert channels.of(network).network == network
    with pytest.raises(KeyError):
        channels.of("carrier-pigeon")
    await channels.close()


async def test_closing_closes_every_channel() -> None:
    fake = FakeChannel(FakeClock())
    await Channels([fake], open_vault()).close()
    assert fake.closed


@pytest.mark.parametrize("connection", [MASTODON, WEBHOOK], ids=["mastodon", "webhook"])
def test_a_good_connection_has_no_problems(connection: Connection) -> None:
    assert connection_problems(connection) == []


@pytest.mark.parametrize(
    ("connection", "words"),
    [
        (replace(MASTODON, network="pigeon"), ["pigeon"]),
        (replace(MASTODON, settings={}, secrets={}), ["'instance'", "'access_token'"]),
        (replace(MASTODON, settings={"instance": "http://social.example"}), ["allow_http"]),
        (replace(MASTODON, secrets={"access_token": "a b"}), ["'access_token'"]),
        (replace(MASTODON, secrets={"access_token": "ключ"}), ["'access_token'"]),
        (replace(MASTODON, settings={**MASTODON.settings, "instanc": "x"}), ["'instanc'"]),
        (replace(WEBHOOK, secrets={}), ["'secret'"]),
        (replace(WEBHOOK, secrets={"secret": "whsec_§"}), ["'secret'"]),
        (replace(WEBHOOK, secrets={"secret": "whsec_"}), ["'secret'"]),
        (replace(WEBHOOK, settings={"reply_url": "forum", "max_length": "x"}),
         ["'reply_url'", "'max_length'"]),
    ],
)  # fmt: skip
def test_every_problem_is_named(connection: Connection, words: list[str]) -> None:
    problems = connection_problems(connection)
    assert len(problems) == len(words)
    for problem, word in zip(problems, words, strict=True):
        assert word in problem


@pytest.mark.parametrize(
    ("network", "kind", "settings", "good"),
    [
        ("mastodon", "notifications", {}, True),
        ("mastodon", "hashtag", {"tag": "#kettle"}, True),
        ("mastodon", "hashtag", {}, False),
        ("mastodon", "hashtag", {"tag": "two tags"}, False),
        ("mastodon", "hashtag", {"tag": "a/../b"}, False),
        ("mastodon", "hashtag", {"tag": "żółć"}, True),
        ("mastodon", "hashtag", {"tag": "\u202e"}, False),
        ("mastodon", "feed", {}, False),
        ("webhook", "deliveries", {}, True),
        ("webhook", "notifications", {}, False),
        ("feed", "feed", {"url": "https://news.example/feed"}, True),
        ("feed", "feed", {"url": "news.example/feed", "entries": "comment"}, True),
        ("feed", "feed", {"url": "news.example:8080"}, True),
        ("feed", "feed", {"url": "feed:https://news.example/rss"}, True),
        ("feed", "feed", {"url": "htp:/news.example/rss"}, False),
        ("feed", "feed", {"url": "feed://news.example/rss"}, True),
        ("feed", "feed", {}, False),
        ("feed", "feed", {"url": "ftp://news.example/feed"}, False),
        ("feed", "feed", {"url": "https://me:secret@news.example/feed"}, False),
        ("feed", "feed", {"url": "https://news.example:99999/feed"}, False),
        ("feed", "feed", {"url": "https://news.example/feed", "entries": "novel"}, False),
        ("feed", "feed", {"url": "https://news.example/feed", "tag": "kettle"}, False),
        ("feed", "hashtag", {"url": "https://news.example/feed"}, False),
        ("pigeon", "notifications", {}, False),
    ],
)
def test_sources_are_checked(network: str, kind: str, settings: dict[str, str], good: bool) -> None:
    source = Source(TenantId("t"), SourceId("s"), ConnectionId("c"), kind, settings)
    assert (not source_problems(network, source)) is good


def test_secrets_are_not_shown() -> None:
    assert "abc" not in repr(MASTODON)
