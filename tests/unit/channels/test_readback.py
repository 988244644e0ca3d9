from __future__ import annotations

import pytest

from harken.channels.comparison import same_text
from harken.channels.port import ChannelUnavailable
from harken.domain.time import parse_rfc3339
from tests.unit.channels.instance import CONNECTION, FakeInstance, account, status

US = account(id="01J0US", acct="kettle")
CONTEXT = "/api/v1/statuses/P/context"


def ours(number: str, parent: str = "P", **more: object) -> dict[str, object]:
    return status(id=number, in_reply_to_id=parent, account=US, **more)


@pytest.fixture
def instance() -> FakeInstance:
    return FakeInstance()


async def test_only_our_own_posts_directly_under_the_parent_are_found(
    instance: FakeInstance,
) -> None:
    theirs = status(id="1", in_reply_to_id="P")
    below = [theirs, ours("2", content="<p>@mara Sorry.<br>Soon</p>"), ours("3", "1")]
    instance.on("GET", CONTEXT, {"ancestors": [], "descendants": [*below, {"broken": True}]})
    (found,) = await instance.channel().find_own_replies(CONNECTION, "P")
    assert found.network_id == "2"
    assert same_text("Sorry.\nSoon", found.text)
    assert found.created_at == parse_rfc3339("2026-02-20T10:00:00Z")


async def test_under_a_parent_that_is_gone_our_latest_posts_are_searched(
    instance: FakeInstance,
) -> None:
    instance.on("GET", "/api/v1/accounts/01J0US/statuses", [ours("9"), ours("8", "Q")])
    (found,) = await instance.channel().find_own_replies(CONNECTION, "P")
    assert found.network_id == "9"


@pytest.mark.parametrize(
    ("code", "body"),
    [(500, b""), (429, b""), (401, {"error": "token"}), (200, b"<html>"), (200, []), (200, {})],
)
async def test_absence_is_not_concluded_from_a_failure(
    instance: FakeInstance, code: int, body: object
) -> None:
    instance.on("GET", CONTEXT, body, code=code)
    with pytest.raises(ChannelUnavailable):
        await instance.channel().find_own_replies(CONNECTION, "P")
