"""What every `Channel` keeps to, with a network behind it that people write on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harken.channels.comparison import same_text
from harken.channels.port import (
    Channel,
    Connection,
    InboundRequest,
    NotNow,
    NotVerified,
    OutcomeUnknown,
    Parsed,
    PublishRequest,
    Refused,
)
from harken.domain.ids import mention_id
from harken.domain.mention import Change, Mention, Visibility
from harken.domain.time import Instant

NOW = Instant(1_772_000_000_000_000)

GARBAGE = (
    b"",
    b" ",
    b"null",
    b"true",
    b"17",
    b'"text"',
    b"{}",
    b"[[]]",
    b"[null, 1]",
    b'{"mentions": 3}',
    b'{"mentions": {}}',
    b'{"id": {"id": []}}',
    b'{"id": "1", "text": "\\ud800", "created_at": "2026-01-01T00:00:00Z", "author": {"id": "a"}}',
    b'{"event": "update", "payload": {}}',
    b'{"event": "update", "payload": "{"}',
    b"{" * 1_000,
    b"[" * 100_000,
    b'{"id": NaN}',
    b"9" * 5_000,
    b"\xff\xfe\x00",
    b"\x80abc",
    b'{"id": "' + b"x" * 1_000_000 + b'"}',
)
"""Payloads of which nothing can be read."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["id", "type", "status", "content", "account", "acct", "created_at", "text", "author",
             "mentions", "event", "payload", "deleted", "revision", "media", "reply"]
        )
        | st.text(max_size=3),
        inner,
        max_size=6,
    ),
    max_leaves=12,
)  # fmt: skip


class Failure(Enum):
    """What the network does to our next post."""

    BUSY = auto()
    BROKEN_BEFORE = auto()
    BROKEN_AFTER = auto()
    CUT_AFTER = auto()
    SILENT_AFTER = auto()


@dataclass(frozen=True, slots=True)
class Standing:
    """A post of ours, as the network's own side has it."""

    id: str
    parent: str
    text: str
    visibility: Visibility


class ListeningRig(Protocol):
    """A channel, and the other side of its network, where people write."""

    @property
    def channel(self) -> Channel: ...

    @property
    def connection(self) -> Connection: ...

    async def say(self, text: str) -> str:
        """Somebody writes to us. Gives the source id."""
        ...

    async def hear(self) -> Sequence[Mention]:
        """What the channel brings since it was last heard, to the end."""
        ...


class ChannelRig(ListeningRig, Protocol):
    """The same of a network where we can answer."""

    async def say(
        self, text: str, *, visibility: Visibility = Visibility.PUBLIC, parent: str = ""
    ) -> str: ...

    async def standing(self) -> Sequence[Standing]: ...

    async def fail_next(self, failure: Failure) -> None: ...

    async def unreachable(self) -> Connection:
        """A connection to where nobody listens."""
        ...


def reply_to(mention: Mention, text: str = "We are on it.", key: str = "key-1") -> PublishRequest:
    return PublishRequest(
        parent_source_id=mention.source_id,
        parent_author_handle=mention.author.handle,
        visibility=mention.visibility,
        text=text,
        language="en",
        key=key,
        deadline=20.0,
    )


class ListeningConformance:
    """Of every channel. ``addressed``: what is written there is written to us."""

    addressed = True

    @pytest.fixture
    def rig(self) -> ListeningRig:
        raise NotImplementedError

    async def heard(self, rig: ListeningRig, text: str = "My kettle leaks.") -> Mention:
        source_id = await rig.say(text)
        (mention,) = await rig.hear()
        assert mention.source_id == source_id
        return mention

    async def test_a_mention_carries_what_was_said_and_where(self, rig: ListeningRig) -> None:
        mention = await self.heard(rig, "My kettle leaks & hisses <loudly>.")
        connection = rig.connection
        assert "My kettle leaks & hisses <loudly>." in mention.text
        assert (mention.tenant, mention.connection) == (connection.tenant, connection.id)
        assert mention.network == rig.channel.network == connection.network
        assert mention.id == mention_id(
            connection.tenant, mention.network, mention.scope, mention.source_id
        )
        assert mention.author.id
        assert mention.author.handle
        assert (mention.revision, mention.change) == (1, Change.CONTENT)
        assert mention.direct is self.addressed
        assert not mention.echo
        assert mention.created_at <= mention.received_at

    async def test_everything_is_heard_once_and_in_order(self, rig: ListeningRig) -> None:
        said = [await rig.say(f"one {n}") for n in range(3)]
        first = [mention.source_id for mention in await rig.hear()]
        said += [await rig.say(f"two {n}") for n in range(95)]
        second = [mention.source_id for mention in await rig.hear()]
        assert first + second == said
        assert await rig.hear() == []

    @pytest.mark.parametrize("payload", GARBAGE, ids=range(len(GARBAGE)))
    async def test_garbage_is_set_aside_with_a_reason(
        self, rig: ListeningRig, payload: bytes
    ) -> None:
        parsed = rig.channel.parse(rig.connection, payload, NOW)
        assert parsed.mentions == ()
        assert parsed.unreadable
        assert all(entry.reason and isinstance(entry.raw, bytes) for entry in parsed.unreadable)

    def test_no_json_makes_parse_fail(self, rig: ListeningRig) -> None:
        @settings(max_examples=150, deadline=None)
        @given(body=JSON)
        def parse(body: object) -> None:
            parsed = rig.channel.parse(rig.connection, json.dumps(body).encode(), NOW)
            assert isinstance(parsed, Parsed)

        parse()

    async def test_a_bare_call_is_not_verified(self, rig: ListeningRig) -> None:
        request = InboundRequest("POST", {}, {}, b"{}", NOW)
        with pytest.raises(NotVerified):
            rig.channel.verify(rig.connection, request)

    async def test_closing_twice_does_no_harm(self, rig: ListeningRig) -> None:
        await rig.channel.close()
        await rig.channel.close()


class ListeningOnlyConformance(ListeningConformance):
    """Of channels that have nowhere to answer."""

    async def test_it_takes_no_replies_and_says_why(self, rig: ListeningRig) -> None:
        mention = await self.heard(rig)
        able = await rig.channel.capability(rig.connection, mention, NOW)
        assert able == mention.capability
        assert not able.possible(NOW)
        assert able.why_not
        with pytest.raises(Refused) as refused:
            await rig.channel.publish(rig.connection, reply_to(mention))
        assert refused.value.why == able.why_not
        assert list(await rig.channel.find_own_replies(rig.connection, mention.source_id)) == []


class ChannelConformance(ListeningConformance):
    """Of channels that answer. Subclass it and give a ``rig`` fixture.

    ``keeps_keys``: the network posts once per key.
    """

    keeps_keys = True

    @pytest.fixture
    def rig(self) -> ChannelRig:
        raise NotImplementedError

    async def test_an_answer_in_a_thread_has_its_root(self, rig: ChannelRig) -> None:
        first = await self.heard(rig)
        published = await rig.channel.publish(rig.connection, reply_to(first))
        await rig.say("It still does.", parent=published.network_id)
        (second,) = await rig.hear()
        assert second.parent == published.network_id
        assert first.thread_root == first.source_id

    async def test_what_is_private_is_answered_in_private(self, rig: ChannelRig) -> None:
        await rig.say("Only for you.", visibility=Visibility.PRIVATE)
        (mention,) = await rig.hear()
        assert mention.visibility is Visibility.PRIVATE
        able = await rig.channel.capability(rig.connection, mention, NOW)
        assert (able.public, able.private) == (False, True)
        await rig.channel.publish(rig.connection, reply_to(mention))
        (standing,) = await rig.standing()
        assert standing.visibility is Visibility.PRIVATE

    async def test_a_private_answer_to_a_public_post_stays_private(self, rig: ChannelRig) -> None:
        mention = await self.heard(rig)
        private = replace(reply_to(mention), visibility=Visibility.PRIVATE)
        await rig.channel.publish(rig.connection, private)
        (standing,) = await rig.standing()
        assert standing.visibility is Visibility.PRIVATE

    async def test_a_reply_stands_under_its_parent_and_is_found_again(
        self, rig: ChannelRig
    ) -> None:
        mention = await self.heard(rig)
        text = (
            "Sorry! Write to us:\n\nhttps://support.northkettle.example/a/rather/long/path?x=1&y=2"
        )
        assert list(await rig.channel.find_own_replies(rig.connection, mention.source_id)) == []
        published = await rig.channel.publish(rig.connection, reply_to(mention, text))
        (standing,) = await rig.standing()
        assert (standing.id, standing.parent) == (published.network_id, mention.source_id)
        assert same_text(text, standing.text)
        (found,) = await rig.channel.find_own_replies(rig.connection, mention.source_id)
        assert found.network_id == published.network_id
        assert same_text(text, found.text)

    async def test_the_answers_of_others_are_not_ours(self, rig: ChannelRig) -> None:
        mention = await self.heard(rig)
        await rig.say("Mine too.", parent=mention.source_id)
        assert list(await rig.channel.find_own_replies(rig.connection, mention.source_id)) == []

    async def test_the_same_key_posts_once(self, rig: ChannelRig) -> None:
        if not self.keeps_keys:
            pytest.skip("the network knows no keys")
        mention = await self.heard(rig)
        first = await rig.channel.publish(rig.connection, reply_to(mention))
        again = await rig.channel.publish(rig.connection, reply_to(mention))
        assert again.network_id == first.network_id
        assert len(await rig.standing()) == 1

    async def test_the_longest_text_is_taken_and_a_longer_one_refused(
        self, rig: ChannelRig
    ) -> None:
        mention = await self.heard(rig)
        able = await rig.channel.capability(rig.connection, mention, NOW)
        assert able.max_length > 0
        longest = "ż" * able.max_length
        assert rig.channel.length(rig.connection, longest, able) == able.max_length
        with pytest.raises(Refused) as refused:
            await rig.channel.publish(rig.connection, reply_to(mention, longest + "ż"))
        assert refused.value.why
        assert await rig.standing() == []
        await rig.channel.publish(rig.connection, reply_to(mention, longest, key="key-2"))
        assert len(await rig.standing()) == 1

    async def test_an_answer_to_nothing_is_refused(self, rig: ChannelRig) -> None:
        mention = await self.heard(rig)
        nowhere = replace(reply_to(mention), parent_source_id="404")
        with pytest.raises(Refused):
            await rig.channel.publish(rig.connection, nowhere)
        assert await rig.standing() == []

    async def test_a_busy_network_says_when_to_try_again(self, rig: ChannelRig) -> None:
        mention = await self.heard(rig)
        await rig.fail_next(Failure.BUSY)
        with pytest.raises(NotNow) as later:
            await rig.channel.publish(rig.connection, reply_to(mention))
        assert later.value.retry_after > 0
        assert await rig.standing() == []

    async def test_without_a_connection_nothing_was_posted(self, rig: ChannelRig) -> None:
        mention = await self.heard(rig)
        with pytest.raises(NotNow):
            await rig.channel.publish(await rig.unreachable(), reply_to(mention))
        assert await rig.standing() == []

    @pytest.mark.parametrize("failure", list(Failure)[1:])
    async def test_without_an_answer_the_outcome_is_unknown_until_it_is_read_back(
        self, rig: ChannelRig, failure: Failure
    ) -> None:
        mention = await self.heard(rig)
        await rig.fail_next(failure)
        request = reply_to(mention)
        if failure is Failure.SILENT_AFTER:
            request = replace(request, deadline=1.0)
        with pytest.raises(OutcomeUnknown):
            await rig.channel.publish(rig.connection, request)
        standing = await rig.standing()
        found = await rig.channel.find_own_replies(rig.connection, mention.source_id)
        assert len(standing) == (0 if failure is Failure.BROKEN_BEFORE else 1)
        assert [reply.network_id for reply in found] == [post.id for post in standing]
