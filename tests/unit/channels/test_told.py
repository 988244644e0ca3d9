"""Events of a stream as strangers may send them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.exchange import Clients
from harken.channels.mastodon.again import Place
from harken.channels.mastodon.api import MastodonApi
from harken.channels.mastodon.cursor import Cursor
from harken.channels.mastodon.limits import Limits
from harken.channels.mastodon.mention import Hearing
from harken.channels.mastodon.settings import read_account
from harken.channels.mastodon.threads import Threads
from harken.channels.mastodon.told import told
from harken.channels.mastodon.ways import UNREADABLE, read_message
from harken.channels.port import Parsed
from harken.channels.sse import ServerEvent
from harken.channels.streaming import NoStream
from harken.domain.mention import Change
from harken.domain.time import Instant, parse_rfc3339
from harken.testing.fakes.clock import FakeClock
from tests.unit.channels.instance import CONNECTION, SOURCE, status

NOW = parse_rfc3339("2026-02-20T12:00:00Z")
ACCOUNT = read_account(CONNECTION)
PLACE = Place(
    ACCOUNT,
    ("/api/v1/timelines/tag/kettle", ()),
    Hearing(CONNECTION, SOURCE.id, ACCOUNT.host, "01J0US", Limits(), Instant(0), NOW),
)


async def parsed(*events: ServerEvent, tagged: bool = True) -> Parsed:
    api = MastodonApi(Clients(private_addresses=True), FakeClock())
    heard, _ = await told(events, PLACE, Threads(api), Cursor(), tagged=tagged)
    return heard


async def test_what_is_no_event_becomes_a_dead_letter_and_stops_nothing() -> None:
    good = ServerEvent("update", json.dumps(status()))
    for tagged in (True, False):
        heard = await parsed(ServerEvent(UNREADABLE, "nonsense"), good, tagged=tagged)
        (letter,) = heard.unreadable
        assert letter.raw == b"nonsense"
        assert len(heard.mentions) == int(tagged), "those whom we follow name us only if they do"


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("update", "{"),
        ("update", '{"id": "\\ud800"}'),
        ("update", "\ud800"),
        ("status.update", json.dumps(status(content="\ud800"))),
        ("delete", ""),
        ("delete", " \n"),
        ("delete", "1\x00"),
        ("delete", "1" * 501),
        ("delete", "\ud800"),
    ],
)
async def test_what_cannot_be_read_says_why(event: str, data: str) -> None:
    heard = await parsed(ServerEvent(event, data))
    assert heard.mentions == ()
    assert heard.unreadable[0].reason


async def test_events_that_nobody_knows_are_passed_over() -> None:
    heard = await parsed(ServerEvent("announcement", "{}"), ServerEvent("filters_changed", ""))
    assert heard == Parsed()


async def test_a_deletion_of_what_was_never_heard_is_a_retraction() -> None:
    (gone,) = (await parsed(ServerEvent("delete", "01J0PARENT"))).mentions
    assert (gone.change, gone.source_id) == (Change.RETRACTION, "01J0PARENT")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
EVENTS = st.fixed_dictionaries(
    {"event": st.sampled_from(["update", "status.update", "delete", "notification", ""])},
    optional={"payload": JSON | JSON.map(json.dumps), "stream": JSON},
)


@given(st.text() | JSON.map(json.dumps) | EVENTS.map(json.dumps), st.booleans())
async def test_no_message_makes_it_stumble(message: str, tagged: bool) -> None:
    try:
        event = read_message("social.example", message)
    except NoStream:
        return
    if event is not None:
        heard = await parsed(event, tagged=tagged)
        assert all(letter.reason for letter in heard.unreadable)
