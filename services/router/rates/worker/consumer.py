"""Faust's consumer, mended in two places."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer
from faust.types import TP
from mode.threads import WorkerThread


class _Thread(WorkerThread):
    """Of the consumer. With the broker away it may take minutes to end: nobody waits for it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.daemon = True


class _ConsumerThread(AIOKafkaConsumerThread):
    Worker = _Thread

    async def seek_to_committed(self) -> Mapping[TP, int]:
        committed: Mapping[TP, int] = await self.call_thread(self._to_committed)
        return committed

    async def _to_committed(self) -> Mapping[TP, int]:
        """Also where nothing was committed. What was fetched before partitions were shared out is
        thrown away, and aiokafka would go on behind it: the first records would never be seen."""
        consumer = self._ensure_consumer()
        committed: Mapping[TP, int] = await consumer.seek_to_committed()
        tables = self.app.tables.changelog_topics
        read = {at: to or 0 for at, to in committed.items() if at.topic not in tables}
        for at, first in (await consumer.beginning_offsets(list(read))).items():
            read[at] = max(read[at], first)
        assert isinstance(self.consumer, CountsConsumer)  # noqa: S101
        self.consumer.begun = {at.partition: to for at, to in read.items()}
        for at, to in read.items():
            # Not `seek_to_beginning`: Faust cannot bear a partition that for a moment is nowhere.
            consumer.seek(at, to)
        return committed


class CountsConsumer(Consumer):
    """``begun``: from which offset each partition is read, since Faust last went back to what was
    committed; another mapping each time."""

    begun: Mapping[int, int] = MappingProxyType({})

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)
