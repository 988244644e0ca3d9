from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from harken.channels.exchange import Clients
from harken.channels.port import Connection, Parsed, Source
from harken.channels.revisions import LAST
from harken.channels.webhook.channel import WebhookChannel
from harken.domain.ids import ConnectionId, SourceId, TenantId, mention_id
from harken.domain.mention import Change, Kind, Mention, ReplyCapability, Visibility
from harken.domain.time import parse_rfc3339
from harken.testing.fakes.clock import FakeClock
from harken.testing.webhook_network.network import DEFAULT_SECRET

NOW = parse_rfc3339("2026-02-20T12:00:00Z")
CONNECTION = Connection(
    TenantId("northkettle"),
    ConnectionId("forum-1"),
    "webhook",
    "Forum",
    {"reply_url": "https://forum.example/replies", "max_length": "400"},
    {"secret": DEFAULT_SECRET},
)
LEAST = {
    "id": "post-1",
    "text": "My kettle leaks.",
    "created_at": "2026-02-20T10:00:00Z",
    "author": {"id": "p-1"},
}
MOST = {
    **LEAST,
    "kind": "review",
    "visibility": "private",
    "author": {"id": "p-1", "handle": "mara", "name": "Mara", "followers": 3, "verified": True},
    "thread_root": "post-0",
    "parent": "post-00",
    "url": "https://forum.example/post-1",
    "language": "pl-PL",
    "media": [{"kind": "image", "url": "https://forum.example/1.png", "description": "a leak"}],
    "reach": 120,
    "direct": False,
    "historical": True,
    "revision": 4,
    "reply": {"until": "2026-02-21T10:00:00Z", "max_length": 90, "why_not": ""},
    "something_new": {"of": ["v1", "later"]},
}


def parse(body: object, connection: Connection = CONNECTION) -> Parsed:
    channel = WebhookChannel(FakeClock(), Clients(private_addresses=True))
    return channel.parse(connection, json.dumps(body).encode(), NOW)


def one(body: object, connection: Connection = CONNECTION) -> Mention:
    parsed = parse(body, connection)
    assert parsed.unreadable == ()
    (mention,) = parsed.mentions
    return mention


def test_the_least_that_is_needed() -> None:
    mention = one(LEAST)
    assert mention.id == mention_id(CONNECTION.tenant, "webhook", "forum-1", "post-1")
    assert (mention.kind, mention.visibility) == (Kind.POST, Visibility.PUBLIC)
    assert (mention.author.handle, mention.author.followers) == ("p-1", -1)
    assert (mention.thread_root, mention.parent, mention.reach) == ("post-1", "", -1)
    assert (mention.revision, mention.direct, mention.historical) == (1, True, False)
    assert mention.capability == ReplyCapability(public=True, private=True, max_length=400)


def test_what_names_no_handle_of_ours_is_about_us() -> None:
    ours = replace(CONNECTION, settings={**CONNECTION.settings, "handle": "@tarntoll"})
    assert not one(LEAST, ours).direct
    assert one({**LEAST, "text": "@TarnToll my kettle leaks"}, ours).direct
    assert one({**LEAST, "visibility": "private"}, ours).direct
    assert one({**LEAST, "direct": True}, ours).direct


def test_reach_is_the_authors_followers_where_it_is_not_told() -> None:
    followed = {**LEAST, "author": {"id": "p-1", "followers": 70}}
    assert one(followed).reach == 70
    assert one({**followed, "reach": 3}).reach == 3


def test_everything_that_can_be_told() -> None:
    mention = one(MOST)
    assert (mention.kind, mention.visibility) == (Kind.REVIEW, Visibility.PRIVATE)
    assert (mention.author.name, mention.author.followers, mention.author.verified) == (
        "Mara",
        3,
        True,
    )
    assert (mention.thread_root, mention.parent) == ("post-0", "post-00")
    assert (mention.language, mention.reach) == ("pl", 120)
    assert (mention.direct, mention.historical, mention.revision) == (False, True, 4)
    assert mention.media[0].description == "a leak"
    able = mention.capability
    assert (able.public, able.private, able.max_length) == (False, True, 90)
    assert able.until == parse_rfc3339("2026-02-21T10:00:00Z")


def test_many_come_in_one_call_and_the_broken_ones_are_set_aside() -> None:
    parsed = parse({"mentions": [LEAST, {**LEAST, "id": 7}, "text", {**LEAST, "id": "post-2"}]})
    assert [mention.source_id for mention in parsed.mentions] == ["post-1", "post-2"]
    assert [json.loads(each.raw) for each in parsed.unreadable] == [{**LEAST, "id": 7}, "text"]
    assert "$.id" in parsed.unreadable[0].reason


def test_no_mentions_are_none() -> None:
    assert parse({"mentions": []}) == Parsed()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": ""}, "id"),
        ({"id": "a\x1fb"}, "id"),
        ({"id": "x" * 501}, "id"),
        ({"text": ""}, "empty"),
        ({"text": " \n "}, "empty"),
        ({"text": 5}, "text"),
        ({"text": "x" * 70_000}, "longer"),
        ({"text": "\udc00"}, "surrogate"),
        ({"author": None}, "author"),
        ({"author": {}}, "author"),
        ({"created_at": 5}, "created_at"),
        ({"created_at": "2026-02-20T10:00:00"}, "RFC 3339"),
        ({"created_at": "2026-03-20T10:00:00Z"}, "future"),
        ({"kind": "shout"}, "kind"),
        ({"revision": 0}, "revision"),
        ({"revision": 2**63}, "revision"),
        ({"edited_at": "now"}, "RFC 3339"),
        ({"reach": -1}, "reach"),
        ({"media": [{"kind": "image"}]}, "media"),
        ({"language": "not a language"}, "language"),
        ({"reply": {"until": "soon"}}, "reply.until"),
        ({"reply": []}, "reply"),
        ({"deleted": "yes"}, "deleted"),
    ],
)
def test_an_impossible_entry_names_its_field(change: dict[str, Any], reason: str) -> None:
    parsed = parse({**LEAST, **change})
    assert parsed.mentions == ()
    assert reason in parsed.unreadable[0].reason


def test_a_picture_needs_no_words() -> None:
    assert one({**LEAST, "text": "", "media": MOST["media"]}).text == ""


def test_control_characters_are_dropped_from_texts() -> None:
    assert one({**LEAST, "text": "a\u0000b\r\nc\u001b"}).text == "ab\nc"


def test_edits_grow_and_a_deletion_is_last() -> None:
    first = one({**LEAST, "edited_at": "2026-02-20T10:10:00Z"}).revision
    second = one({**LEAST, "edited_at": "2026-02-20T10:10:00.002Z"}).revision
    deletion = one({"id": "post-1", "created_at": LEAST["created_at"], "deleted": True})
    assert 1 < first < second < deletion.revision == LAST
    assert (deletion.change, deletion.text, deletion.author.id) == (Change.RETRACTION, "", "")
    assert deletion.id == one(LEAST).id
    assert one({**LEAST, "deleted": True, "revision": 3}).revision == 3


def test_our_own_post_comes_back_as_an_echo() -> None:
    mention = one({**LEAST, "own": True})
    assert mention.echo
    assert not mention.capability.possible(NOW)


def test_what_was_written_before_the_connection_is_history() -> None:
    later = replace(CONNECTION, created_at=parse_rfc3339("2026-02-20T11:00:00Z"))
    assert one(LEAST, later).historical
    assert not one({**LEAST, "created_at": "2026-02-20T11:30:00Z"}, later).historical


def test_the_scope_can_be_shared_by_connections() -> None:
    shared = replace(CONNECTION, settings={**CONNECTION.settings, "scope": "forum.example"})
    other = replace(shared, id=ConnectionId("forum-2"))
    assert one(LEAST, shared).id == one(LEAST, other).id != one(LEAST).id


async def test_capability_follows_the_mention_and_the_connection() -> None:
    channel = WebhookChannel(FakeClock(), Clients(private_addresses=True))
    mention = one(MOST)
    assert await channel.capability(CONNECTION, mention, NOW) == mention.capability
    for settings in ({}, {"reply_url": "nowhere"}):
        able = await channel.capability(replace(CONNECTION, settings=settings), mention, NOW)
        assert not able.possible(NOW)
        assert able.why_not


def test_a_misconfigured_connection_loses_nothing() -> None:
    parsed = parse(LEAST, replace(CONNECTION, secrets={}))
    assert "secret" in parsed.unreadable[0].reason


async def test_there_is_nothing_to_fetch() -> None:
    source = Source(CONNECTION.tenant, SourceId("s"), CONNECTION.id, "deliveries")
    page = await WebhookChannel(FakeClock(), Clients(private_addresses=True)).fetch(
        CONNECTION, source, "c"
    )
    assert (page.parsed, page.cursor, page.more) == (Parsed(), "c", False)
