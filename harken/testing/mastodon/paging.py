"""Pages by id: ``max_id``, ``since_id``, ``min_id``, ``limit``, and the ``Link`` header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from harken.testing.mastodon.instance import number


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


T = TypeVar("T", bound=_Numbered)
_OWN = {"max_id", "since_id", "min_id", "limit"}


@dataclass(frozen=True, slots=True)
class Window:
    max_id: int
    since_id: int
    min_id: int
    limit: int


def window(query: Mapping[str, str], usual: int, most: int) -> Window:
    asked = number(query.get("limit", ""))
    return Window(
        number(query.get("max_id", "")),
        number(query.get("since_id", "")),
        number(query.get("min_id", "")),
        min(asked or usual, most),
    )


def page(items: Sequence[T], at: Window) -> list[T]:
    """Newest first, from ``items`` in order of their ids.

    ``since_id`` gives the newest page and skips what lies between; ``min_id`` gives the page that
    follows directly.
    """
    lower = max(at.since_id, at.min_id)
    found = [each for each in items if each.id > lower and (not at.max_id or each.id < at.max_id)]
    chosen = found[: at.limit] if at.min_id else found[-at.limit :]
    return chosen[::-1]


def link_header(address: str, query: QueryParams, found: Sequence[_Numbered]) -> dict[str, str]:
    """``next`` leads to older items, ``prev`` to newer ones; nothing for an empty page."""
    if not found:
        return {}
    kept = [(name, value) for name, value in query.multi_items() if name not in _OWN]
    if "limit" in query:
        kept.append(("limit", query["limit"]))

    def at(name: str, item: _Numbered) -> str:
        return f"<{address}?{urlencode([*kept, (name, str(item.id))])}>"

    older, newer = at("max_id", found[-1]), at("min_id", found[0])
    return {"Link": f'{older}; rel="next", {newer}; rel="prev"'}
