"""The `EventLog` port: partitioned, ordered within a partition, kept for a stated time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from harken.domain.time import Instant

Headers = tuple[tuple[str, bytes], ...]


class TopicPartition(NamedTuple):
    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to publish. Its partition is murmur2(key) modulo the topic's partition count."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Record:
    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: Headers
    published_at: Instant

    @property
    def place(self) -> TopicPartition:
        return TopicPartition(self.topic, self.partition)


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll brought.

    ``assigned`` partitions deliver nothing until `Consumer.seek` was called for each of them;
    work in hand for ``revoked`` ones must be dropped: another consumer may own them by now.
    """

    records: Sequence[Record] = ()
    assigned: Sequence[TopicPartition] = ()
    revoked: Sequence[TopicPartition] = ()


class LogUnavailable(Exception):
    """The log cannot take or give records now. ``retry_after`` is in seconds.

    After a failed publish it is unknown whether the records were stored: repeat with the same
    ids, consumers tolerate the double.
    """

    def __init__(self, why: str, retry_after: float = 1.0) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class PositionOutOfRange(Exception):
    """A stored position points before the first or after the last record kept: stop and say so."""


class Consumer(Protocol):
    """One member of a group. Records of a partition come in offset order, without gaps."""

    async def poll(self, max_records: int, timeout: float) -> Polled:
        """At most ``max_records``, at once if there are any, else after ``timeout`` seconds.

        Raises `LogUnavailable` (try again) and `PositionOutOfRange` (do not).
        """
        ...

    def seek(self, place: TopicPartition, offset: int | None) -> None:
        """Continue at ``offset``; None means at the beginning of what is kept."""
        ...

    def pause(self, places: Sequence[TopicPartition]) -> None: ...

    def resume(self, places: Sequence[TopicPartition]) -> None: ...

    async def close(self) -> None: ...


class EventLog(Protocol):
    async def publish(self, records: Sequence[NewRecord]) -> None:
        """Returns when every record is durable, in order per key. Raises `LogUnavailable`."""
        ...

    def consumer(self, group: str, topics: Sequence[str]) -> Consumer: ...

    async def ends(self, topics: Sequence[str]) -> Mapping[TopicPartition, int]:
        """The offset that the next record of each partition will get: for lag."""
        ...

    async def close(self) -> None: ...
