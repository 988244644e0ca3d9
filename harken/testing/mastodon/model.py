"""What a small instance knows: accounts, statuses, notifications. Ids grow; they print as text."""

from __future__ import annotations

from dataclasses import dataclass, field

from harken.domain.time import Instant


@dataclass(slots=True)
class Account:
    """``domain`` is "" for our own accounts, and a remote server's for others."""

    id: int
    username: str
    domain: str
    display_name: str
    followers: int
    token: str
    created_at: Instant
    following: set[int] = field(default_factory=set)

    @property
    def acct(self) -> str:
        return f"{self.username}@{self.domain}" if self.domain else self.username


@dataclass(slots=True)
class Status:
    id: int
    account: int
    text: str
    visibility: str
    in_reply_to: int | None
    spoiler: str
    language: str
    created_at: Instant
    key: str
    edited_at: Instant | None = None
    mentions: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    favourites: set[int] = field(default_factory=set)
    reblogs: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Notification:
    id: int
    kind: str
    account: int
    status: int
    created_at: Instant


class Rejected(Exception):
    """A request that the API answers with an error body."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


def not_found() -> Rejected:
    return Rejected(404, "Record not found")


class Snowflakes:
    """Ids of 64 bits: milliseconds since 1970, then a sequence; always greater than the last."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, now: Instant) -> int:
        self._last = max(self._last + 1, (now // 1_000) << 16)
        return self._last

    def seen(self, number: int) -> None:
        self._last = max(self._last, number)
