"""What can happen to a reply. A worker's events carry the fence of its claim."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.time import NO_TIME, Duration, Instant


@dataclass(frozen=True, slots=True)
class Approved:
    by: str


@dataclass(frozen=True, slots=True)
class Rejected:
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A worker takes it, for as long as the lease."""


@dataclass(frozen=True, slots=True)
class Began:
    """From here on the text may be on the network. Must be durable before a byte is written."""

    fence: int


@dataclass(frozen=True, slots=True)
class Postponed:
    """This attempt surely posted nothing; the next may begin after ``pause``, at the earliest."""

    fence: int
    pause: Duration
    why: str


@dataclass(frozen=True, slots=True)
class Declined:
    """This attempt surely posted nothing, and the same text never will be."""

    fence: int
    why: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Overtaken by what happened (the customer edited, somebody else answered)."""

    why: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The request was, or may have been, written and no definite answer came."""

    fence: int
    why: str


@dataclass(frozen=True, slots=True)
class Lapsed:
    """Nobody ended within its time what was begun: its worker is gone."""


@dataclass(frozen=True, slots=True)
class Posted:
    """It is on the network: by the network's answer, by reading back, or by its echo.

    ``network_id`` is "" only where a person says so who does not know it. ``at`` is by the
    network's clock, None where it is not known. ``by``: the person who confirmed it.
    """

    network_id: str
    url: str = ""
    at: Instant | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class NotFound:
    """The thread was read back and it is not there.

    ``keys_kept`` is how long the network recognises an idempotency key that it has seen.
    """

    keys_kept: Duration = NO_TIME


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The thread could not be read back; the next look may come after ``pause``."""

    pause: Duration
    why: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Resent:
    """A person looked and says that it is not on the network: send it again."""

    by: str


Event = (
    Approved
    | Rejected
    | Claimed
    | Began
    | Postponed
    | Declined
    | Withdrawn
    | Lost
    | Lapsed
    | Posted
    | NotFound
    | Unreadable
    | Cancelled
    | Resent
)
