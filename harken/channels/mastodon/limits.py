"""How long a status may be, by the instance's own word."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harken.channels.mastodon.counting import length
from harken.domain.mention import Counting, ReplyCapability, Visibility
from harken.domain.time import NO_TIME, Duration, hours

_MAJOR = re.compile(r"\A(\d+)\.")
_FIRST_MASTODON = 2
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Defaults are Mastodon's own, but for ``keys_kept``: how long idempotency keys are known."""

    max_characters: int = 500
    url_length: int = 23
    counting: Counting = Counting.MASTODON
    keys_kept: Duration = NO_TIME

    def length(self, text: str) -> int:
        return counted(text, self.counting, self.url_length)


def counted(text: str, counting: Counting, url_length: int) -> int:
    if counting is Counting.MASTODON:
        return length(text, url_length)
    if counting is Counting.UTF16_UNITS:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text)


def read_limits(body: object) -> Limits:
    """From ``/api/v2/instance`` or ``/api/v1/instance``; defaults for what is not told.

    Other servers of the API count every character in full (GoToSocial, Pleroma), so only what
    says that it is Mastodon is counted as Mastodon counts. Raises ``ValueError``.
    """
    if not isinstance(body, dict):
        raise ValueError("expected an instance")
    statuses = _mapping(_mapping(body, "configuration"), "statuses")
    most = statuses.get("max_characters", body.get("max_toot_chars"))
    url_length = statuses.get("characters_reserved_per_url")
    usual = Limits()
    counting = _counting(body.get("version"))
    return Limits(
        max_characters=_count(most, usual.max_characters),
        url_length=_count(url_length, usual.url_length),
        counting=counting,
        # Its documentation promises an hour; what else speaks its API promises nothing.
        keys_kept=hours(1) if counting is Counting.MASTODON else NO_TIME,
    )


def reply_capability(limits: Limits, acct: str, visibility: Visibility) -> ReplyCapability:
    """What we may answer ``acct`` (as the instance names it).

    An answer must name whom it answers, or they never see it: its handle is kept free.
    """
    handle = limits.length(f"@{acct} ")
    return ReplyCapability(
        public=visibility is Visibility.PUBLIC,
        private=True,
        max_length=max(limits.max_characters - handle, 1),
        counting=limits.counting,
        url_length=limits.url_length,
    )


def _mapping(body: dict[str, object], name: str) -> dict[str, object]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _count(value: object, usual: int) -> int:
    return value if isinstance(value, int) and 0 < value <= _MOST else usual


def _counting(version: object) -> Counting:
    """Mastodon says ``4.3.1``, forks ``4.3.1+glitch``, others ``2.7.2 (compatible; …)`` or 0.x."""
    if not isinstance(version, str) or "compatible" in version:
        return Counting.CODE_POINTS
    major = _MAJOR.match(version)
    is_mastodon = major is not None and int(major[1]) >= _FIRST_MASTODON
    return Counting.MASTODON if is_mastodon else Counting.CODE_POINTS
