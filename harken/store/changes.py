"""A change set: everything that one decision changes, applied whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table
from sqlalchemy.sql.dml import Delete, Update

from harken.domain.ids import TenantId
from harken.log.port import Headers, TopicPartition

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Insert:
    """A row that must not exist yet; `AlreadyExists` where its primary or unique key does."""

    table: Table
    row: Row


@dataclass(frozen=True, slots=True)
class InsertOnce:
    """A row that may exist already; then the first one stays as it is."""

    table: Table
    row: Row


@dataclass(frozen=True, slots=True)
class Put:
    """The whole row under its primary key, whatever was there."""

    table: Table
    row: Row


@dataclass(frozen=True, slots=True)
class Replace:
    """Compare-and-set on the column ``revision``.

    The row under the primary key becomes ``row`` if its revision is ``expected``, else the
    change set fails with `RevisionConflict`. ``expected`` 0 means that it must not exist yet.
    """

    table: Table
    row: Row
    expected: int


@dataclass(frozen=True, slots=True)
class PutNewer:
    """The whole row if none is there or the one there has a smaller ``revision``."""

    table: Table
    row: Row


@dataclass(frozen=True, slots=True)
class Remove:
    """The row under this primary key, if there is one."""

    table: Table
    key: Row


@dataclass(frozen=True, slots=True)
class Statement:
    """Any other single UPDATE or DELETE. ``rows`` is how many it must touch; None for any."""

    statement: Update | Delete
    rows: int | None = None


Write = Insert | InsertOnce | Put | PutNewer | Replace | Remove | Statement


@dataclass(frozen=True, slots=True)
class Position:
    """A group's move along a partition: from ``expected`` (None: no row yet) to ``next``."""

    group: str
    place: TopicPartition
    expected: int | None
    next: int


@dataclass(frozen=True, slots=True)
class Fence:
    """A lease that must still be held under this epoch when the change set is applied."""

    lease: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row for the outbox, and so for the log, SSE and outgoing webhooks.

    Events carry (aggregate, revision): consumers apply only greater revisions. ``audience``
    names the least set of roles that may see it over SSE, comma separated ("" for none). Without
    a ``topic`` it is for SSE alone, and ``value`` is a JSON object.
    """

    service: str
    tenant: TenantId
    topic: str
    key: bytes
    aggregate: str
    revision: int
    value: bytes
    headers: Headers = ()
    kind: str = ""
    audience: str = ""


@dataclass(slots=True)
class ChangeSet:
    """Applied in this order: positions, fence, writes, outbox."""

    positions: list[Position] = field(default_factory=list)
    fence: Fence | None = None
    writes: list[Write] = field(default_factory=list)
    outbox: list[Outgoing] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.positions or self.writes or self.outbox)

    def add(self, *writes: Write) -> None:
        self.writes.extend(writes)

    def emit(self, *events: Outgoing) -> None:
        self.outbox.extend(events)


class ChangeRefused(Exception):
    """The change set was not applied, not even in part."""


class RevisionConflict(ChangeRefused):
    """Somebody else changed the row first: load again and decide again."""


class AlreadyExists(ChangeRefused):
    """A row with this key, or this unique value, is there."""

    def __init__(self, table: str, why: str) -> None:
        super().__init__(f"{table}: {why}")
        self.table = table


class PositionTaken(ChangeRefused):
    """Another consumer owns the partition by now: drop the work."""


class Fenced(ChangeRefused):
    """The lease is another's by now: drop all state held under it."""


class StoreUnavailable(Exception):
    """The store cannot be reached, or its disk is full. ``retry_after`` is in seconds."""

    def __init__(self, why: str, retry_after: float = 1.0) -> None:
        super().__init__(why)
        self.retry_after = retry_after
