from __future__ import annotations

from dataclasses import replace

import pytest

from harken.channels.mastodon.limits import Limits, counted, read_limits, reply_capability
from harken.domain.mention import Counting, Mention, Visibility
from harken.domain.time import Instant, hours, minutes
from harken.testing.fakes.clock import FakeClock
from tests.unit.channels.instance import (
    CONNECTION,
    SOURCE,
    FakeInstance,
    notification,
)

NOW = Instant(0)


@pytest.mark.parametrize(
    ("version", "counting"),
    [
        ("4.4.0", Counting.MASTODON),
        ("4.3.1+glitch", Counting.MASTODON),
        ("2.7.2 (compatible; Pleroma 2.6.0)", Counting.CODE_POINTS),
        ("0.19.1+git-1a2b3c", Counting.CODE_POINTS),
        ("takahe/0.11.0", Counting.CODE_POINTS),
        (None, Counting.CODE_POINTS),
    ],
)
def test_only_mastodon_counts_as_mastodon(version: object, counting: Counting) -> None:
    assert read_limits({"version": version}).counting is counting


@pytest.mark.parametrize(
    ("body", "most", "url"),
    [
        ({"configuration": {"statuses": {"max_characters": 5000,
                                         "characters_reserved_per_url": 25}}}, 5000, 25),
        ({"max_toot_chars": 1234}, 1234, 23),
        ({}, 500, 23),
        ({"configuration": {"statuses": {"max_characters": "many"}}}, 500, 23),
        ({"configuration": {"statuses": {"max_characters": -1}}}, 500, 23),
        ({"configuration": {"statuses": {"max_characters": 10**30}}}, 500, 23),
        ({"configuration": None}, 500, 23),
    ],
)  # fmt: skip
def test_the_instances_word_counts(body: object, most: int, url: int) -> None:
    limits = read_limits(body)
    assert (limits.max_characters, limits.url_length) == (most, url)


@pytest.mark.parametrize(
    ("counting", "length"),
    [(Counting.MASTODON, 1), (Counting.CODE_POINTS, 3), (Counting.UTF16_UNITS, 5)],
)
def test_networks_count_differently(counting: Counting, length: int) -> None:
    assert counted("👩\u200d👩", counting, 23) == length


def test_room_is_kept_for_the_handle_that_an_answer_leads_with() -> None:
    mastodon = reply_capability(Limits(), "mara@far.example", Visibility.PUBLIC)
    assert mastodon.max_length == 500 - len("@mara ")
    other = Limits(500, 25, Counting.CODE_POINTS)
    whole = reply_capability(other, "mara@far.example", Visibility.PUBLIC)
    assert whole.max_length == 500 - len("@mara@far.example ")


async def mention(instance: FakeInstance) -> Mention:
    instance.on("GET", "/api/v1/notifications", [notification("1")])
    (heard,) = (await instance.channel().fetch(CONNECTION, SOURCE, "")).parsed.mentions
    return heard


async def test_limits_are_kept_for_a_while() -> None:
    instance, clock = FakeInstance(), FakeClock()
    heard = await mention(instance)
    channel = instance.channel(clock)
    before = await channel.capability(CONNECTION, heard, NOW)
    instance.on(
        "GET",
        "/api/v2/instance",
        {"version": "4.4.0", "configuration": {"statuses": {"max_characters": 1000}}},
    )
    clock.advance(minutes(59))
    assert await channel.capability(CONNECTION, heard, NOW) == before
    clock.advance(hours(1))
    after = await channel.capability(CONNECTION, heard, NOW)
    assert after.max_length == before.max_length + 500


async def test_an_older_server_is_asked_in_the_older_way() -> None:
    instance = FakeInstance()
    heard = await mention(instance)
    instance.on("GET", "/api/v2/instance", {}, code=404)
    instance.on("GET", "/api/v1/instance", {"version": "2.4 (compatible; Pleroma)",
                                            "max_toot_chars": 2000})  # fmt: skip
    able = await instance.channel().capability(CONNECTION, heard, NOW)
    assert (able.counting, able.max_length) == (Counting.CODE_POINTS, 2000 - 18)


@pytest.mark.parametrize("code", [404, 500, 401])
async def test_where_the_instance_does_not_tell_mastodons_limits_hold_for_a_minute(
    code: int,
) -> None:
    instance, clock = FakeInstance(), FakeClock()
    heard = await mention(instance)
    channel = instance.channel(clock)
    known = instance.answers["GET", "/api/v2/instance"]
    for version in ("v1", "v2"):
        instance.on("GET", f"/api/{version}/instance", {}, code=code)
    assert (await channel.capability(CONNECTION, heard, NOW)).max_length == 500 - len("@mara ")
    instance.answers["GET", "/api/v2/instance"] = known
    clock.advance(minutes(1))
    await channel.capability(CONNECTION, heard, NOW)
    assert len(instance.asked_for("GET", "/api/v2/instance")) >= 2


async def test_what_cannot_be_answered_says_why() -> None:
    instance = FakeInstance()
    heard = await mention(instance)
    channel = instance.channel()
    echo = await channel.capability(CONNECTION, replace(heard, echo=True), NOW)
    lost = await channel.capability(replace(CONNECTION, settings={}), heard, NOW)
    for able in (echo, lost):
        assert not able.possible(NOW)
        assert able.why_not


@pytest.mark.parametrize(
    ("version", "code", "kept"),
    [
        ("4.4.0", 200, hours(1)),
        ("2.7.2 (compatible; Pleroma 2.6.0)", 200, 0),
        (None, 200, 0),
        ("4.4.0", 503, 0),
    ],
)
async def test_only_who_says_that_it_is_mastodon_knows_keys_again(
    version: object, code: int, kept: int
) -> None:
    instance = FakeInstance()
    for path in ("/api/v1/instance", "/api/v2/instance"):
        instance.on("GET", path, {"version": version}, code=code)
    assert await instance.channel().keys_kept(CONNECTION) == kept
