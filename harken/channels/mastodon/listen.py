"""Listening by asking: pages of notifications or of a hashtag, without a gap and without doubles.

The next page begins after the oldest item of the cursor's trail, and what is in the trail is
skipped, so that an item is heard even if it shows up a little behind later ones (a slower
transaction, a post that federated late). What shows up further behind is found by looking again,
see `harken.channels.mastodon.again`.

Ids are opaque (Mastodon's are numbers, GoToSocial's ULIDs, Pleroma's flake ids), so they are never
compared: order is the server's, and the ``Link`` header, where there is one, tells older pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harken.channels.exchange import Answer
from harken.channels.mastodon.api import MastodonApi, Missing
from harken.channels.mastodon.links import older_than
from harken.channels.mastodon.settings import Account
from harken.channels.patience import exhausted, patience, rate_limit
from harken.channels.port import ChannelUnavailable, ConnectionRefused, Gap, RateLimit
from harken.domain.time import Instant, parse_rfc3339

PAGE = 40
FIRST_PAGES = 10
"""How far the first fetch walks back at most."""

Query = tuple[str, tuple[tuple[str, str], ...]]
"""A path and its filters."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Items as they came, oldest first; their ids; seconds to wait, if any; the limits told."""

    items: Sequence[object]
    ids: Sequence[str]
    more: bool
    retry_after: float
    limits: RateLimit | None
    gap: Gap | None = None


async def after_trail(
    api: MastodonApi, account: Account, query: Query, trail: Sequence[str]
) -> Heard:
    """The page that follows the trail directly (``min_id``, not ``since_id``, which skips)."""
    answer = await page_at(api, account, query, ("min_id", trail[0]))
    items = read_items(answer)[::-1]
    fresh = [item for item in items if item_id(item) not in trail]
    ids = [trail[0], *(item_id(item) for item in items)]
    return Heard(fresh, ids, bool(fresh), _wait(api, answer), _limits(api, answer))


async def first_pages(api: MastodonApi, account: Account, query: Query, since: Instant) -> Heard:
    """The newest page, and those before it as far as they reach back to ``since``.

    So nothing is lost that came between connecting and the first poll; the rest of the oldest
    page is history. Where ``since`` is not known (0), the newest page alone.
    """
    answer = await page_at(api, account, query)
    found = oldest = read_items(answer)
    for _ in range(FIRST_PAGES - 1):
        if not (since and oldest) or written(oldest[-1]) < since:
            break
        older = older_than(answer.headers) or item_id(oldest[-1])
        answer = await page_at(api, account, query, ("max_id", older))
        oldest = read_items(answer)
        found = found + oldest
    gap = None
    if since and oldest and written(oldest[-1]) >= since:
        why = f"more than {FIRST_PAGES * PAGE} items waited at the beginning"
        gap = Gap(since, Instant(written(oldest[-1])), why)
    items = found[::-1]
    ids = [item_id(item) for item in items]
    return Heard(items, ids, False, _wait(api, answer), _limits(api, answer), gap)


async def page_at(
    api: MastodonApi, account: Account, query: Query, *where: tuple[str, str]
) -> Answer:
    path, filters = query
    try:
        return await api.read(account, path, (*filters, *where, ("limit", str(PAGE))))
    except Missing as missing:
        raise ConnectionRefused(f"{account.host} has no {path}") from missing


def read_items(answer: Answer) -> list[object]:
    """Newest first, as the API gives them."""
    try:
        body = answer.json()
    except ValueError as wrong:
        raise ChannelUnavailable(f"the answer is not JSON: {wrong}") from wrong
    if not isinstance(body, list):
        raise ChannelUnavailable("the answer is not a list")
    return body


def item_id(item: object) -> str:
    value = item.get("id") if isinstance(item, dict) else None
    return str(value) if isinstance(value, str | int) else ""


def written(item: object) -> int:
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
