"""A batch on its way through a stage: its records, which of them are condemned, what failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from google.protobuf.message import Message

from harken.events.codec import Undecodable, parse
from harken.events.topics import Topic
from harken.log.port import Record
from harken.runtime.stage import Received
from harken.telemetry.tracing import RecordSpan


@dataclass(slots=True)
class Item:
    """One record. ``condemned`` is why it can never be handled, "" while it may be."""

    record: Record
    message: Message | None
    span: RecordSpan
    condemned: str = ""


def take(record: Record, topics: Mapping[str, Topic], group: str) -> Item:
    """Decodes the record as its topic declares; what is not that message is condemned."""
    span = RecordSpan(
        group,
        record.headers,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
    )
    try:
        return Item(record, parse(topics[record.topic].payload, record.value), span)
    except Undecodable as error:
        return Item(record, None, span, condemned=str(error))


@dataclass(slots=True)
class Batch:
    """Records in the order in which they were polled. The counts are of failures in a row.

    ``attempts``: something outside was away. ``conflicts``: somebody else changed a row first.
    ``failures``: its only record made the stage fail.
    """

    items: Sequence[Item]
    attempts: int = 0
    conflicts: int = 0
    failures: int = 0
    good: Sequence[Item] = field(init=False)

    def __post_init__(self) -> None:
        self.good = [item for item in self.items if not item.condemned]

    def received(self) -> list[Received]:
        return [Received(item.record, item.message) for item in self.good]

    def condemned(self) -> list[Item]:
        return [item for item in self.items if item.condemned]

    def parted(self, to_do: Callable[[Record], bool]) -> tuple[Batch, Sequence[Item]]:
        """The batch of what is still to do (itself if that is all), and the other items."""
        over = [item for item in self.items if not to_do(item.record)]
        if not over:
            return self, ()
        return Batch([item for item in self.items if to_do(item.record)]), over

    def find(self, record: Record) -> Item | None:
        return next((item for item in self.good if item.record == record), None)

    def condemn(self, item: Item, reason: str) -> Batch:
        item.condemned = reason
        return Batch(self.items)

    def halves(self) -> tuple[Batch, Batch]:
        """In order, cut in the middle of what may still be handled."""
        if len(self.good) > 1:
            middle = self.items.index(self.good[len(self.good) // 2])
        else:
            middle = len(self.items) // 2
        return Batch(self.items[:middle]), Batch(self.items[middle:])
