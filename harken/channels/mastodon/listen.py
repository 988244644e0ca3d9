"""Listening by polling: pages of notifications or of a hashtag, without a gap and without doubles.

The cursor is the id of the newest item that was handed over. Ids are opaque (Mastodon's are
numbers that grow, GoToSocial's ULIDs, Pleroma's flake ids), so they are never compared; the
neighbouring pages come from the ``Link`` header, or from the ends of the page where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harken.channels.exchange import Answer
from harken.channels.mastodon.api import MastodonApi, Missing
from harken.channels.mastodon.links import Neighbours, neighbours
from harken.channels.mastodon.settings import Account
from harken.channels.patience import exhausted, patience
from harken.channels.port import ChannelUnavailable, ConnectionRefused
from harken.domain.time import Instant, parse_rfc3339

PAGE = 40
FIRST_PAGES = 10
"""How far the first fetch walks back at most."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Items as they came, oldest first; the id of the newest; and seconds to wait, if any."""

    items: Sequence[object]
    cursor: str
    retry_after: float


async def after_cursor(
    api: MastodonApi, account: Account, query: tuple[str, tuple[tuple[str, str], ...]], cursor: str
) -> Heard:
    """The page that follows ``cursor`` directly (``min_id``, not ``since_id``, which skips)."""
    path, filters = query
    answer = await _page(api, account, path, (*filters, ("min_id", cursor)))
    items = _items(answer)
    return Heard(items[::-1], _newest(answer, items) or cursor, _wait(api, answer))


async def first_pages(
    api: MastodonApi,
    account: Account,
    query: tuple[str, tuple[tuple[str, str], ...]],
    since: Instant,
) -> Heard:
    """The newest page, and those before it as far as they reach back to ``since``.

    So nothing is lost that came between connecting and the first poll; the rest of the oldest
    page is history. Where ``since`` is not known (0), the newest page alone.
    """
    path, filters = query
    answer = await _page(api, account, path, filters)
    found = _items(answer)
    cursor = _newest(answer, found)
    oldest = found
    for _ in range(FIRST_PAGES - 1):
        older = _older(answer, oldest)
        if not since or not older or _written(oldest[-1]) < since:
            break
        answer = await _page(api, account, path, (*filters, ("max_id", older)))
        oldest = _items(answer)
        found = found + oldest
    return Heard(found[::-1], cursor, _wait(api, answer))


async def _page(
    api: MastodonApi, account: Account, path: str, params: tuple[tuple[str, str], ...]
) -> Answer:
    try:
        return await api.read(account, path, (*params, ("limit", str(PAGE))))
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


def _newest(answer: Answer, items: Sequence[object]) -> str:
    if not items:
        return ""
    found = _neighbours(answer).newer or _id(items[0])
    if not found:
        raise ChannelUnavailable("the answer's items have no ids to continue from")
    return found


def _older(answer: Answer, items: Sequence[object]) -> str:
    return (_neighbours(answer).older or _id(items[-1])) if items else ""


def _neighbours(answer: Answer) -> Neighbours:
    return neighbours(answer.headers)


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
