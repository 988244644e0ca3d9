"""Listening by polling: pages of notifications or of a hashtag, without a gap and without doubles.

The cursor is the trail: the ids of the last few items handed over, oldest first. The next page
begins after the oldest of them, and what is in the trail is skipped, so that an item is heard even
if it shows up a little behind later ones (a slower transaction, a post that federated late).

Ids are opaque (Mastodon's are numbers, GoToSocial's ULIDs, Pleroma's flake ids), so they are never
compared: order is the server's, and the ``Link`` header, where there is one, tells older pages.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from harken.channels.exchange import Answer
from harken.channels.mastodon.api import MastodonApi, Missing
from harken.channels.mastodon.links import older_than
from harken.channels.mastodon.settings import Account
from harken.channels.patience import exhausted, patience, rate_limit
from harken.channels.port import ChannelUnavailable, ConnectionRefused, RateLimit
from harken.domain.time import Instant, parse_rfc3339

PAGE = 40
FIRST_PAGES = 10
"""How far the first fetch walks back at most."""


TRAIL = 10

Query = tuple[str, tuple[tuple[str, str], ...]]
"""A path and its filters."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Items as they came, oldest first; seconds to wait, if any; and the limits told."""

    items: Sequence[object]
    cursor: str
    more: bool
    retry_after: float
    limits: RateLimit | None


async def after_cursor(api: MastodonApi, account: Account, query: Query, cursor: str) -> Heard:
    """The page that follows ``cursor`` directly (``min_id``, not ``since_id``, which skips)."""
    trail = _read_trail(cursor)
    answer = await _page(api, account, query, ("min_id", trail[0]))
    items = _items(answer)[::-1]
    fresh = [item for item in items if _id(item) not in trail]
    ids = [trail[0], *(_id(item) for item in items)]
    return Heard(fresh, _write_trail(ids), bool(fresh), _wait(api, answer), _limits(api, answer))


async def first_pages(api: MastodonApi, account: Account, query: Query, since: Instant) -> Heard:
    """The newest page, and those before it as far as they reach back to ``since``.

    So nothing is lost that came between connecting and the first poll; the rest of the oldest
    page is history. Where ``since`` is not known (0), the newest page alone.
    """
    answer = await _page(api, account, query)
    found = oldest = _items(answer)
    for _ in range(FIRST_PAGES - 1):
        if not (since and oldest) or _written(oldest[-1]) < since:
            break
        older = older_than(answer.headers) or _id(oldest[-1])
        answer = await _page(api, account, query, ("max_id", older))
        oldest = _items(answer)
        found = found + oldest
    items = found[::-1]
    cursor = _write_trail([_id(item) for item in items])
    return Heard(items, cursor, False, _wait(api, answer), _limits(api, answer))


async def _page(
    api: MastodonApi, account: Account, query: Query, *where: tuple[str, str]
) -> Answer:
    path, filters = query
    try:
        return await api.read(account, path, (*filters, *where, ("limit", str(PAGE))))
    except Missing as missing:
        raise ConnectionRefused(f"{account.host} has no {path}") from missing


def _items(answer: Answer) -> list[object]:
    """Newest first, as the API gives them."""
    try:
        body = answer.json()
    except ValueError as wrong:
        raise ChannelUnavailable(f"the answer is not JSON: {wrong}") from wrong
    if not isinstance(body, list):
        raise ChannelUnavailable("the answer is not a list")
    return body


def _read_trail(cursor: str) -> list[str]:
    try:
        trail = json.loads(cursor)
    except ValueError:
        return [cursor]
    return [str(each) for each in trail] if isinstance(trail, list) and trail else [cursor]


def _write_trail(ids: Sequence[str]) -> str:
    trail = [each for each in ids if each][-TRAIL:]
    if ids and not trail:
        raise ChannelUnavailable("the answer's items have no ids to continue from")
    return json.dumps(trail) if trail else ""


def _id(item: object) -> str:
    value = item.get("id") if isinstance(item, dict) else None
    return str(value) if isinstance(value, str | int) else ""


def _written(item: object) -> int:
    """When a page reaches back to; the beginning of time where the item does not tell."""
    value = item.get("created_at") if isinstance(item, dict) else None
    try:
        return parse_rfc3339(value) if isinstance(value, str) else 0
    except (ValueError, OverflowError):
        return 0


def _wait(api: MastodonApi, answer: Answer) -> float:
    return patience(answer.headers, api.clock.now()) if exhausted(answer.headers) else 0.0


def _limits(api: MastodonApi, answer: Answer) -> RateLimit | None:
    return rate_limit(answer.headers, api.clock.now())
