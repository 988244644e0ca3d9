from __future__ import annotations

import json

import pytest

from harken.channels.port import Connection
from harken.channels.revisions import LAST
from harken.domain.ids import mention_id
from harken.domain.mention import Change, Mention
from harken.domain.time import parse_rfc3339
from tests.unit.channels.instance import CONNECTION, FakeInstance, account, notification, status

NOW = parse_rfc3339("2026-02-20T12:00:00Z")


def parsed(body: object, connection: Connection = CONNECTION) -> Mention:
    channel = FakeInstance().channel()
    result = channel.parse(connection, json.dumps(body).encode(), NOW)
    assert result.unreadable == ()
    (mention,) = result.mentions
    return mention


def test_a_status_becomes_a_mention() -> None:
    mention = parsed(
        status(
            spoiler_text="boiling",
            account=account(followers_count=1_200),
            language="pl-PL",
            media_attachments=[{"type": "image", "url": "https://far.example/1.png",
                                "description": "a leak"}],
            in_reply_to_id="01J0ABOVE",
        )
    )  # fmt: skip
    assert mention.text == "boiling\n\nMy kettle leaks."
    assert (mention.author.handle, mention.author.name) == ("mara@far.example", "Mara")
    assert (mention.author.followers, mention.reach, mention.author.verified) == (
        1_200,
        1_200,
        False,
    )
    assert (mention.language, mention.language_certainty) == ("pl", 0.5)
    assert mention.media[0].description == "a leak"
    assert (mention.parent, mention.thread_root) == ("01J0ABOVE", "01J0ABOVE")
    assert mention.scope == "social.example"
    assert mention.id == mention_id(CONNECTION.tenant, "mastodon", "social.example", "01J0PARENT")
    assert mention.url == "https://far.example/@mara/1"
    assert mention.created_at == parse_rfc3339("2026-02-20T10:00:00Z")


def test_shares_reach_more_than_followers() -> None:
    said = account(followers_count=10)
    assert parsed(status(account=said, reblogs_count=0)).reach == 10
    assert parsed(status(account=said, reblogs_count=30)).reach > 1_000
    assert parsed(status(account=said, reblogs_count=30, visibility="private")).reach == -1


def test_a_local_handle_is_completed() -> None:
    assert parsed(status(account=account(acct="mara"))).author.handle == "mara@social.example"


def test_numbers_as_ids_are_read_as_text() -> None:
    mention = parsed(status(id=123, account=account(id=7), in_reply_to_id=9))
    assert (mention.source_id, mention.author.id, mention.parent) == ("123", "7", "9")


def test_an_edit_is_a_greater_revision() -> None:
    first = parsed(status(edited_at="2026-02-20T10:01:00Z"))
    second = parsed(status(edited_at="2026-02-20T10:01:00.500Z"))
    assert 1 == parsed(status()).revision < first.revision < second.revision < LAST
    assert first.id == second.id


def test_a_deletion_in_a_stream_is_a_retraction() -> None:
    mention = parsed({"event": "delete", "payload": "01J0PARENT"})
    assert (mention.change, mention.revision) == (Change.RETRACTION, LAST)
    assert mention.id == parsed(status()).id
    assert not mention.capability.possible(NOW)


@pytest.mark.parametrize("event", ["update", "status.update"])
def test_statuses_in_a_stream_are_heard(event: str) -> None:
    assert parsed({"event": event, "payload": json.dumps(status())}).source_id == "01J0PARENT"


def test_a_mention_in_a_stream_is_to_us() -> None:
    mention = parsed({"event": "notification", "payload": json.dumps(notification("1"))})
    assert (mention.source_id, mention.direct) == ("S1", True)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"event": "filters_changed", "payload": ""},
        {"id": "1", "type": "follow"},
        status(reblog=status()),
    ],
)
def test_what_is_no_mention_is_passed_over(body: object) -> None:
    result = FakeInstance().channel().parse(CONNECTION, json.dumps(body).encode(), NOW)
    assert (result.mentions, result.unreadable) == ((), ())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (status(id=""), r"\$\.id"),
        (status(id="a\nb"), r"\$\.id"),
        (status(id="a\x1fb"), r"\$\.id"),
        (status(account={}), r"\$\.account"),
        (status(created_at="2126-02-20T10:00:00Z"), "future"),
        (status(created_at="1926-02-20T10:00:00Z"), "before 1970"),
        (status(created_at="2026-02-20"), "RFC 3339"),
        (status(edited_at="later"), "RFC 3339"),
        (status(content="<p>" + "x" * 70_000), "longer"),
        (status(content="\ud800"), "surrogate"),
        (notification("1") | {"status": None}, "without its status"),
    ],
)
def test_what_cannot_be_read_says_why(body: object, reason: str) -> None:
    result = FakeInstance().channel().parse(CONNECTION, json.dumps(body).encode(), NOW)
    assert result.mentions == ()
    (entry,) = result.unreadable
    assert reason.replace("\\", "") in entry.reason


def test_a_clock_a_little_ahead_does_no_harm() -> None:
    assert parsed(status(created_at="2026-02-20T12:00:09Z")).created_at == NOW


async def test_rereading_tells_edits_and_deletions() -> None:
    instance = FakeInstance()
    channel = instance.channel()
    before = parsed(status())
    path = "/api/v1/statuses/01J0PARENT"
    instance.on("GET", path, status(content="<p>It drips.</p>", edited_at="2026-02-20T10:05:00Z"))
    edited = await channel.reread(CONNECTION, before)
    assert (edited.id, edited.text) == (before.id, "It drips.")
    assert edited.revision > before.revision
    instance.on("GET", path, {"error": "gone"}, code=404)
    gone = await channel.reread(CONNECTION, edited)
    assert (gone.id, gone.change) == (before.id, Change.RETRACTION)
    assert gone.revision > edited.revision
    assert gone.author == before.author
